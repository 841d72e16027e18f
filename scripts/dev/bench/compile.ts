import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

const ROOT = path.join(__dirname, "../../..");
const SOURCES = ["lib/core", "lib/aws", "lib/addons", "stacks", "scripts/dev/bench"];

/**
 * Compiles the sources into a folder, so that what is measured is what an installed package costs: a compiler that
 * runs along, as in a clone, would slow all that is loaded, the barrel most.
 */
export function compile(to: string): void {
  for (const folder of SOURCES) {
    for (const name of readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })) {
      if (!name.endsWith(".ts")) continue;
      const { outputText } = ts.transpileModule(readFileSync(path.join(ROOT, folder, name), "utf8"), {
        compilerOptions: {
          module: ts.ModuleKind.CommonJS,
          target: ts.ScriptTarget.ES2022,
          esModuleInterop: true,
        },
      });
      const file = path.join(to, folder, name.replace(/\.ts$/, ".js"));
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, outputText);
    }
  }
  cpSync(path.join(ROOT, "scripts/node"), path.join(to, "scripts/node"), { recursive: true });
  symlinkSync(path.join(ROOT, "node_modules"), path.join(to, "node_modules"));
}
