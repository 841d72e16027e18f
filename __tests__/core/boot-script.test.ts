import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { App, LocalBackend, TerraformOutput, TerraformStack, TerraformVariable } from "cdktf";
import { BootScript } from "../../lib/core";
import { ROOT } from "../support/run";
import { has, testWith } from "../support/tools";

const withTerraform = testWith({ terraform: has("terraform") }, "install Terraform 1.10 or newer");

withTerraform("what a machine gets is the script as it is, after its values exported as they are", () => {
  const value = "o'brien \"at\" $HOME `id` \\ 'end'";
  const text = applied((stack) => {
    const { stringValue } = new TerraformVariable(stack, "range", { type: "string", default: value });
    return new BootScript(stack, "boot", "nat.sh", { NETWORK_RANGE: stringValue, OTHER: "plain" }).text;
  });

  const script = readFileSync(path.join(ROOT, "scripts/node/nat.sh"), "utf8");
  expect(text.endsWith(`\n${script}`)).toBe(true);
  expect(text.startsWith("#!/bin/bash\n")).toBe(true);

  const before = text.slice(0, -script.length);
  const seen = execFileSync("bash", ["-c", `${before}\nenv -0`], { encoding: "utf8" }).split("\0");
  expect(seen).toEqual(expect.arrayContaining([`NETWORK_RANGE=${value}`, "OTHER=plain"]));
});

/** The value that Terraform itself works out. */
function applied(build: (stack: TerraformStack) => string): string {
  const outdir = mkdtempSync(path.join(tmpdir(), "keelson-boot-"));
  try {
    const app = new App({ outdir });
    const stack = new TerraformStack(app, "boot");
    new LocalBackend(stack, { path: path.join(outdir, "terraform.tfstate") });
    new TerraformOutput(stack, "text", { value: build(stack) });
    app.synth();
    const terraform = (...args: string[]) =>
      execFileSync("terraform", args, {
        cwd: path.join(outdir, "stacks/boot"),
        encoding: "utf8",
        stdio: "pipe",
      });
    terraform("init", "-input=false");
    terraform("apply", "-input=false", "-auto-approve");
    return terraform("output", "-raw", "text");
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
