import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as path from "node:path";

/** Absolute, since cdktf takes a relative path from the consumer's cdktf.json. The same from lib and from dist/lib. */
const SCRIPTS = path.resolve(__dirname, "../../scripts/pod");

/** Documents by the names of their files. */
export type Documents = Readonly<Record<string, string>>;

/** The scripts of these names, which run in pods. */
export function podScripts(...names: readonly string[]): Documents {
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(SCRIPTS, name), "utf8")]));
}

/** The documents as they stand, for Terraform, to which `${` and `%{` begin an expression. */
export function verbatim(documents: Documents): Record<string, string> {
  return Object.fromEntries(
    Object.entries(documents).map(([name, text]) => [
      name,
      text.replace(/[$%]\{/g, (begin) => begin.slice(0, 1) + begin),
    ]),
  );
}

/**
 * The first ten digits of the documents' sha256. On a pod's template it makes a change of what the pod reads a change of the pod. A
 * preview hides what is longer and looks as random, since that could be a secret; people shall see this one change.
 */
export function checksum(documents: Documents): string {
  const hash = createHash("sha256");
  for (const [name, text] of Object.entries(documents).sort(([one], [other]) => (one < other ? -1 : 1))) {
    hash.update(`${name}\0${text}\0`);
  }
  return hash.digest("hex").slice(0, 10);
}

/** JSON as people read it. */
export function asJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
