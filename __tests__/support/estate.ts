import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import * as path from "node:path";
import { BUILT, ROOT } from "./run";
import { readStacks, type Terraform } from "./synth";

const PROGRAM = `
  const [outdir, dist] = process.argv.slice(1);
  const { App } = require("cdktf");
  const { addStacks } = require(dist + "/stacks");
  const { environments } = require(dist + "/stacks/environments");
  const app = new App({ outdir });
  for (const environment of environments) addStacks(app, environment);
  app.synth();`;

/** Every stack of the reference estate, by its id, as main.ts makes them: synthesized once for all files of a run. */
export function estate(): Record<string, Terraform> {
  if (BUILT === ROOT) throw new Error("only a Jest whose globalSetup is support/build.ts has the estate");
  const made = path.join(BUILT, "estate");
  if (!existsSync(made)) {
    const own = mkdtempSync(path.join(BUILT, "estate-"));
    const args = ["--eval", PROGRAM, own, path.join(BUILT, "dist")];
    execFileSync(process.execPath, args, { cwd: ROOT, stdio: "pipe" });
    try {
      renameSync(own, made);
    } catch (error) {
      // Another worker may have been first.
      if (!existsSync(made)) throw error;
      rmSync(own, { recursive: true });
    }
  }
  return readStacks(made);
}
