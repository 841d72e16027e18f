import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Children } from "../../lib/cli/preview/children";
import { describeSimulated } from "../../lib/cli/preview/model/stack";
import { simulateChange } from "../../lib/cli/preview/simulation/simulation";
import { synthesize, type Synthesis } from "../../lib/cli/preview/source/synthesis";
import { makeRunDirectory } from "../../lib/cli/run-directory";
import { Facts } from "../../lib/cli/simulator/facts/facts";
import { findTerraform } from "../../lib/cli/terraform-binary";
import { ROOT } from "../support/run";

let directory: string;
let base: Synthesis;
let head: Synthesis;
const project = (name: string) => path.join(directory, name);

beforeAll(async () => {
  directory = mkdtempSync(path.join(os.tmpdir(), "keelson-test-"));
  for (const name of ["base", "head"]) {
    mkdirSync(project(name));
    symlinkSync(path.join(ROOT, "node_modules"), path.join(project(name), "node_modules"));
    const settings = { app: `node --import tsx ${ROOT}/main.ts`, language: "typescript" };
    writeFileSync(path.join(project(name), "cdktf.json"), JSON.stringify(settings));
  }
  base = await synthesize(project("base"), "out", { env: process.env, children: new Children() });
  cpSync(project("base/out"), project("head/out"), { recursive: true });
  head = new Map(
    [...base].map(([name, stack]) => [
      name,
      { ...stack, directory: stack.directory.replace(project("base"), project("head")) },
    ]),
  );
  for (const stack of head.values()) {
    const file = path.join(stack.directory, "cdk.tf.json");
    // Other bytes, of which Terraform reads nothing: an edit without a meaning.
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace('"version":', '"edited": true,\n      "version":'));
  }
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

test("an edit without a meaning changes no stack of any environment", async () => {
  const runDirectory = makeRunDirectory();
  const found = await simulateChange(
    { project: project("base"), stacks: base },
    { project: project("head"), stacks: head },
    {
      ...{ directory: runDirectory, terraform: findTerraform(process.env), env: process.env, only: [] },
      ...{ say: () => undefined, children: new Children() },
    },
  );
  rmSync(runDirectory, { recursive: true, force: true });
  const facts = Facts.shipped();
  const said = found.map((stack) => ({
    planned: stack.plan !== undefined,
    ...describeSimulated(stack, facts),
  }));
  expect(said.map(({ name }) => name)).toEqual([...base.keys()].sort());
  for (const stack of said) {
    expect(stack).toMatchObject({
      planned: true,
      changes: [],
      outputs: [],
      errors: [],
      refusals: [],
      notes: [],
    });
  }
});
