import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { TerraformStack, Testing } from "cdktf";
import { BootBundle } from "../../lib/core";
import { type Outcome, run } from "../support/project";
import { ROOT } from "../support/run";
import { type Attributes, readStacks, resources } from "../support/synth";
import { install, MANIFEST, pack, succeeds } from "./consumer";

const EXAMPLES = ["network-in-your-own-stack", "your-own-estate"];

let unpacked: string;
let project: string;

beforeAll(async () => {
  unpacked = await pack();
  project = install(unpacked);
});

afterAll(() => {
  rmSync(path.dirname(unpacked), { recursive: true, force: true });
});

test("the package holds the built code, what that reads, and nothing else", () => {
  expect(readdirSync(unpacked).sort()).toEqual([
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "bin",
    "dist",
    "package.json",
  ]);
  expect(readdirSync(path.join(unpacked, "dist")).sort()).toEqual(["lib", "scripts", "stacks"]);
  const compiled = /^dist\/(lib|stacks)\/.*\.(js|d\.ts)$/;
  const others = filesOf(unpacked).filter((file) => file.includes("/") && !compiled.test(file));
  expect(new Set(others.map((file) => `${path.dirname(file)}/*${path.extname(file)}`))).toEqual(
    new Set([
      "bin/*.js",
      "dist/lib/cli/simulator/facts/*.json",
      "dist/lib/cli/simulator/protocol/*.proto",
      "dist/scripts/node/*.sh",
      "dist/scripts/node/addons/*.tsv",
      "dist/scripts/node/addons/*.yaml",
      "dist/scripts/node/lib/*.sh",
      "dist/scripts/node/lib/aws/*.sh",
      "dist/scripts/node/lib/azure/*.sh",
      "dist/scripts/ops/*",
      "dist/scripts/ops/lib/*.sh",
      "dist/scripts/pod/*.sh",
      "dist/scripts/node/units/both/kubelet.service.d/*.conf",
      "dist/scripts/node/units/control-plane/*.service",
      "dist/scripts/node/units/control-plane/*.socket",
      "dist/scripts/node/units/control-plane/*.timer",
      "dist/scripts/node/units/node/*.service",
    ]),
  );
});

test("the package holds no test, nothing of the reference estate, and no path of the machine that built it", () => {
  const files = filesOf(unpacked);
  expect(files.filter((file) => /test|environments\/(index|dev|prod)/.test(file))).toEqual([]);
  const machine = [ROOT, path.dirname(unpacked), "sourceMappingURL"];
  const telling = files.filter((file) => {
    const text = readFileSync(path.join(unpacked, file), "utf8");
    return machine.some((trace) => text.includes(trace));
  });
  // The parser looks for the maps of the bindings that it reads.
  expect(telling).toEqual(["dist/lib/cli/simulator/bindings/source.js"]);
});

test.each(["CommonJS", "Node16"])(
  "the examples compile against the package and synthesize, with cdktf's own compiler options and module %s",
  async (module) => {
    const built = path.join(project, module);
    // Who has tried an example has these in it.
    const filter = (file: string) => !["cdktf.out", ".keelson"].includes(path.basename(file));
    for (const example of EXAMPLES) {
      cpSync(path.join(ROOT, "examples", example), path.join(built, example), { recursive: true, filter });
    }
    const compilerOptions = { ...templateOptions(), module };
    writeFileSync(path.join(built, "tsconfig.json"), JSON.stringify({ compilerOptions }));

    await succeeds(run(process.execPath, [require.resolve("typescript/bin/tsc")], built));
    expect(await networks(path.join(built, "network-in-your-own-stack"))).toEqual({
      ledger: ["10.40.0.0/16"],
    });
    expect(await networks(path.join(built, "your-own-estate"))).toEqual({
      "prod-eu-west-1": ["10.20.0.0/16"],
      "prod-eu-west-1-state": [],
      "prod-eu-west-1-store": [],
    });
  },
);

test("machines get the same boot bundle from the package as from the sources", async () => {
  const program = `
    const { App, TerraformStack } = require("cdktf");
    const { BootBundle } = require("keelson/core");
    const stack = new TerraformStack(new App({ outdir: "bundle" }), "prod");
    console.log(new BootBundle(stack, "boot", { cloud: "aws", role: "control-plane" }).key);`;
  const { stdout } = await succeeds(run(process.execPath, ["--eval", program], project));
  const sources = new BootBundle(new TerraformStack(Testing.app(), "prod"), "boot", {
    cloud: "aws",
    role: "control-plane",
  });
  expect(stdout.trim()).toBe(sources.key);
});

test("the packed command tells its version", async () => {
  const { stdout } = await succeeds(keelson("--version"));
  expect(stdout.trim()).toBe(MANIFEST.version);
});

test.each(["etcd", "vault-init"])("what operators run is packed, and runs: %s", async (name) => {
  const { stdout } = await succeeds(run(path.join(unpacked, "dist/scripts/ops", name), ["--help"], project));
  expect(stdout).toContain(`Usage: scripts/ops/${name} `);
});

test("the packed command simulates a deploy", async () => {
  const required_providers = { aws: { source: "hashicorp/aws", version: "6.25.0" } };
  const configuration = {
    terraform: { required_providers },
    provider: { aws: [{ region: "eu-west-1" }] },
    resource: { aws_vpc: { one: { cidr_block: "10.0.0.0/16" } } },
    output: { arn: { value: "${aws_vpc.one.arn}" } },
  };
  writeFileSync(path.join(project, "cdk.tf.json"), JSON.stringify(configuration));
  const deploy = "terraform init -no-color && terraform apply -auto-approve -no-color";
  const { stdout } = await succeeds(keelson("simulate", "--", "sh", "-c", deploy));
  expect(stdout).toContain("Apply complete! Resources: 1 added, 0 changed, 0 destroyed.");
  // The shape comes from the facts.
  expect(stdout).toMatch(/arn = "arn:aws:ec2:eu-west-1:\d{12}:vpc\/vpc-[0-9a-f]{17}"/);
});

/** The compiler options of cdktf's template, which resolve modules in the old way that knows no `exports`. */
function templateOptions(): Attributes {
  const file = path.join(ROOT, "node_modules/@cdktf/cli-core/templates/typescript/tsconfig.json");
  const { compilerOptions } = JSON.parse(readFileSync(file, "utf8")) as { compilerOptions: Attributes };
  expect(compilerOptions).toMatchObject({ module: "CommonJS" });
  expect(compilerOptions).not.toHaveProperty("moduleResolution");
  return compilerOptions;
}

/** Synthesizes what was compiled in a folder: the ranges of each stack's VPCs. */
async function networks(folder: string): Promise<Record<string, unknown[]>> {
  await succeeds(run(process.execPath, ["main.js"], folder, { KEELSON_SIMULATED: "1" }));
  return Object.fromEntries(
    Object.entries(readStacks(path.join(folder, "cdktf.out"))).map(([id, stack]) => [
      id,
      Object.values(resources(stack, "aws_vpc")).map((vpc) => vpc["cidr_block"]),
    ]),
  );
}

/** Runs the command in the project as it is installed there. */
function keelson(...args: string[]): Promise<Outcome> {
  return run(process.execPath, ["node_modules/keelson/bin/keelson.js", ...args], project);
}

/** All files below a folder, as paths from there. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}
