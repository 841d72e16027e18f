import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";

/**
 * The values that Terraform itself works out, of a stack with no resources in it.
 *
 * @param look at the stack's directory, while it is there
 */
export function applied<T extends Readonly<Record<string, string>>>(
  build: (stack: TerraformStack) => T,
  look?: (directory: string) => void,
): T {
  const outdir = mkdtempSync(path.join(tmpdir(), "keelson-applied-"));
  try {
    const app = new App({ outdir });
    const stack = new TerraformStack(app, "prod");
    new LocalBackend(stack, { path: path.join(outdir, "terraform.tfstate") });
    for (const [name, value] of Object.entries(build(stack))) {
      new TerraformOutput(stack, name, { value });
    }
    app.synth();
    const cwd = path.join(outdir, "stacks/prod");
    const terraform = (...args: string[]) =>
      execFileSync("terraform", args, { cwd, encoding: "utf8", stdio: "pipe" });
    terraform("init", "-input=false");
    terraform("apply", "-input=false", "-auto-approve");
    look?.(cwd);
    const outputs = JSON.parse(terraform("output", "-json")) as Record<string, { value: string }>;
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { value }]) => [name, value]),
    ) as unknown as T;
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
