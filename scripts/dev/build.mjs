// Compiles what the package brings into dist/, and copies there what the compiled code reads.
import { spawnSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Folders with files that are read at run time, or run by operators; their places in dist/ are those in the sources. */
const AS_THEY_ARE = [
  "scripts/node",
  "scripts/ops",
  "scripts/pod",
  "lib/cli/simulator/facts",
  "lib/cli/simulator/protocol",
];

process.chdir(fileURLToPath(new URL("../..", import.meta.url)));
// Nothing that the sources have no more may be packed.
rmSync("dist", { recursive: true, force: true });

const tsc = fileURLToPath(import.meta.resolve("typescript/bin/tsc"));
const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);

for (const folder of AS_THEY_ARE) {
  cpSync(folder, `dist/${folder}`, { recursive: true, filter: (file) => !/\.(ts|md)$/.test(file) });
}
