// Derives from the providers' Go source what a change of each attribute does and which are sensitive, and compares that
// with the facts written by hand. Needs Go. See docs/facts.md.
// Run: npm run facts -- [--check] [type...]
//   --check  writes nothing, and ends with 1 where a file is not what would be written, too
//   type     taken up beside the types that are known already
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHANGES, rowsOf, type Derived } from "../../lib/cli/simulator/facts/derived";
import type { Fact } from "../../lib/cli/simulator/facts/facts";
import { compare, type Comparison } from "./facts/compare";
import { changed, derive, render, typesOf } from "./facts/derive";
import { SOURCES } from "./facts/sources";

const ROOT = join(__dirname, "../..");
const FACTS = join(ROOT, "lib/cli/simulator/facts");

async function main(args: readonly string[]): Promise<void> {
  const isCheck = args.includes("--check");
  const more = args.filter((arg) => !arg.startsWith("-"));
  const problems: string[] = [];
  for (const source of SOURCES) {
    const file = join(FACTS, `${source.name}.derived.json`);
    const before = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Derived) : undefined;
    const byHand = JSON.parse(readFileSync(join(FACTS, `${source.name}.json`), "utf8")) as Fact[];
    const derived = await derive(source, ROOT, typesOf(source, ROOT, byHand, before, more));

    const differences = changed(before, derived);
    if (isCheck) problems.push(...differences.map((line) => `${line}: npm run facts`));
    // Without a difference the date stays, too.
    else if (differences.length > 0) writeFileSync(file, render(derived));

    const comparison = compare(byHand, rowsOf(derived));
    problems.push(...comparison.problems);
    console.log(summary(source.name, derived, comparison));
  }
  for (const problem of problems) console.error(`facts: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
}

function summary(name: string, derived: Derived, { problems, beyond, overriding }: Comparison): string {
  const rows = rowsOf(derived);
  const counts = [...CHANGES, "sensitive"].map(
    (kind) => `${rows.filter(({ fact }) => fact === kind).length} ${kind}`,
  );
  const open = rows.filter(({ value }) => String(value).startsWith("not derivable")).length;
  return (
    `${name}: ${Object.keys(derived.types).length} types of ${derived.binding} (${derived.bindingProvider}), read from ` +
    `${derived.provider}: ${counts.join(", ")}, of them ${open} not derivable; by hand ${beyond} more telling, ` +
    `${overriding} overriding, ${problems.length} to mend`
  );
}

void main(process.argv.slice(2));
