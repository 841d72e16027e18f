import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { TerraformStack } from "cdktf";
// Not in cdktf's index, but what TerraformAsset itself is made with.
import { addCustomSynthesis } from "cdktf/lib/synthesize/synthesizer";
import { Construct } from "constructs";

/**
 * A file that Terraform reads, with bytes that were made here. It is what TerraformAsset is for files that lie somewhere
 * already, and lies in the same place.
 */
export class GeneratedFile extends Construct {
  /** From the stack's directory, in which Terraform runs. Other bytes, another path. */
  readonly path: string;

  constructor(scope: Construct, id: string, name: string, content: Buffer) {
    super(scope, id);
    const stack = TerraformStack.of(this);
    const folder = path.posix.join("assets", stack.getLogicalId(this.node));
    this.path = path.posix.join(folder, createHash("sha256").update(content).digest("hex"), name);

    addCustomSynthesis(this, {
      onSynthesize: ({ outdir, manifest }) => {
        const directory = path.join(outdir, manifest.forStack(stack).workingDirectory);
        const file = path.join(directory, this.path);
        rmSync(path.join(directory, folder), { recursive: true, force: true });
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, content);
      },
    });
  }
}
