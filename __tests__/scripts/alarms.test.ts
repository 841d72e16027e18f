import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { ROOT } from "../support/run";

const NODE = path.join(ROOT, "scripts/node");
const all = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, code = ""]) => code);

test("every alarm that a master's scripts raise is in docs/alarms.md, and no other", () => {
  const shell = readdirSync(NODE, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".sh"))
    .map((file) => readFileSync(path.join(NODE, file), "utf8"))
    .join("\n");
  const raised = new Set([
    ...all(shell, /\balarm ([a-z]+-[a-z-]+|[a-z]+(?= "))/g),
    // What the decision prints becomes an alarm's code, and so does an action that ends without one.
    ...all(shell, /echo "(?:hold|retry) ([a-z-]+)"/g),
    ...["start", "found", "rebuild"].map((action) => `${action}-failed`),
  ]);
  const page = readFileSync(path.join(ROOT, "docs/alarms.md"), "utf8");
  const explained = page
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .flatMap((line) => all(line.split("|")[1] ?? "", /`([a-z-]+)`/g));
  expect([...raised].sort()).toEqual([...explained].sort());
});
