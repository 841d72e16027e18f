import { spawnSync } from "node:child_process";
import * as path from "node:path";

export const ROOT = path.resolve(__dirname, "../..");

/** The sources as JavaScript, laid out as in the package; the repository itself where Jest was not told to build them. */
export const BUILT = process.env["KEELSON_TEST_BUILT"] ?? ROOT;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Node in a directory, with what is in `env` on top of a bare environment. */
export function runNode(
  args: readonly string[],
  cwd: string = ROOT,
  env: Record<string, string> = {},
): Ended {
  const { PATH = "", HOME = "" } = process.env;
  const ended = spawnSync(process.execPath, args, { cwd, env: { PATH, HOME, ...env }, encoding: "utf8" });
  return { code: ended.status, stdout: ended.stdout, stderr: ended.stderr };
}
