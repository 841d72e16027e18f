import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { buildSync } from "esbuild";
import { ROOT } from "./run";

/**
 * Jest's globalSetup: the sources as JavaScript, laid out as in the package, for the tests' own processes. Each that ran the
 * TypeScript itself would spend as much time again on that. Types are not checked here. Beside them lies what the run calls its
 * temporary directory, since each app of cdktf's leaves one there. The names are short for the sake of sockets, whose paths have a limit.
 */
export default function build(): void {
  const run = mkdtempSync(path.join(tmpdir(), "kt-"));
  const directory = path.join(run, "built");
  process.env["KEELSON_TEST_BUILT"] = directory;
  process.env["TMPDIR"] = path.join(run, "t");
  for (const each of ["built", "t"]) {
    mkdirSync(path.join(run, each));
  }
  process.once("exit", () => rmSync(run, { recursive: true, force: true }));

  const dist = path.join(directory, "dist");
  buildSync({
    absWorkingDir: ROOT,
    entryPoints: ["main.ts", "lib/**/*.ts", "stacks/**/*.ts"],
    outbase: ROOT,
    outdir: dist,
    platform: "node",
    target: "node20",
    format: "cjs",
  });
  // What the code reads at run time.
  for (const part of ["lib", "scripts/node", "scripts/pod"]) {
    const filter = (file: string) => !/\.(ts|md)$/.test(file);
    cpSync(path.join(ROOT, part), path.join(dist, part), { recursive: true, filter });
  }
  for (const part of ["bin", "package.json"]) {
    cpSync(path.join(ROOT, part), path.join(directory, part), { recursive: true });
  }
  symlinkSync(path.join(ROOT, "node_modules"), path.join(directory, "node_modules"));
}
