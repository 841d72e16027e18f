import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * Makes a stack that was synthesized in one folder look as if it had been in another: paths of the project stand in
 * it where code made them absolute, as cdktf does for a local back end. Expressions keep theirs, since Terraform reads
 * the files that they name.
 */
export function relocate(stack: string, from: string, to: string): void {
  const file = path.join(stack, "cdk.tf.json");
  const text = readFileSync(file, "utf8");
  const moved = text.replace(/"(?:[^"\\]|\\.)*"/g, (word) =>
    word.includes("${") ? word : word.replaceAll(from, to),
  );
  if (moved !== text) writeFileSync(file, moved);
}

/** Whether two stacks have the same files with the same bytes. */
export function sameBytes(one: string, other: string): boolean {
  const [first, second] = [filesIn(one), filesIn(other)];
  return (
    first.length === second.length &&
    first.every(
      (name, i) =>
        name === second[i] && readFileSync(path.join(one, name)).equals(readFileSync(path.join(other, name))),
    )
  );
}

function filesIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(path.join(directory, name)).isFile())
    .sort();
}
