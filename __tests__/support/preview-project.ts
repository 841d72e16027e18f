import { execFileSync } from "node:child_process";
import type { Preview } from "../../lib/cli/preview/model/preview";
import { keelson, Project, type Outcome } from "./project";

/** A stack as a test writes it: what stands in its cdk.tf.json, and the stacks that it depends on. */
export interface TestStack {
  readonly config: object;
  readonly dependencies?: readonly string[];
}

/** Does what a cdktf app does, from a file instead of constructs: a cdktf project in a language that costs no time. */
const APP = `
const { mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const stacks = JSON.parse(readFileSync("stacks.json", "utf8"));
const out = process.env.CDKTF_OUTDIR;
const manifest = { version: "0.21.0", stacks: {} };
for (const [name, { config, dependencies = [] }] of Object.entries(stacks)) {
  const workingDirectory = "stacks/" + name;
  mkdirSync(out + "/" + workingDirectory, { recursive: true });
  writeFileSync(out + "/" + workingDirectory + "/cdk.tf.json", JSON.stringify(config));
  manifest.stacks[name] = { name, workingDirectory, dependencies, annotations: [] };
}
writeFileSync(out + "/manifest.json", JSON.stringify(manifest));
`;

/** A git repository with a cdktf project in it. */
export class PreviewProject extends Project {
  constructor(base: Readonly<Record<string, TestStack>>) {
    super();
    this.write("cdktf.json", { app: "node app.js", language: "typescript" });
    this.write("app.js", APP);
    this.write(".gitignore", "node_modules\n.keelson\n");
    this.git("init", "--quiet", "--initial-branch=main");
    this.commit(base);
  }

  git(...args: readonly string[]): string {
    const identity = [
      "-c",
      "user.name=test",
      "-c",
      "user.email=test@example.com",
      "-c",
      "commit.gpgsign=false",
    ];
    return execFileSync("git", [...identity, ...args], { cwd: this.directory, encoding: "utf8" }).trim();
  }

  /** Makes `stacks` the project's, and commits that. */
  commit(stacks: Readonly<Record<string, TestStack>>): void {
    this.edit(stacks);
    this.git("add", "-A");
    this.git("commit", "--quiet", "-m", "change");
  }

  edit(stacks: Readonly<Record<string, TestStack>>): void {
    this.write("stacks.json", stacks);
  }

  /** Runs `keelson preview`; the document is read from a file beside the text on stdout. */
  async preview(...args: readonly string[]): Promise<Outcome & { readonly document: Preview }> {
    const files = ["--out", "-", "--out", this.path(".keelson/preview.json")];
    const formats = ["--format", "terminal", "--format", "json"];
    const outcome = await keelson(["preview", ...formats, ...files, ...args], this.directory);
    const document = this.exists(".keelson/preview.json")
      ? (JSON.parse(this.read(".keelson/preview.json")) as Preview)
      : ({ stacks: [] } as unknown as Preview);
    return { ...outcome, document };
  }
}
