import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { ALARM_CODES } from "../../lib/core/alarm-codes";
import { ROOT } from "../support/run";

const NODE = path.join(ROOT, "scripts/node");
const all = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, code = ""]) => code);
const page = readFileSync(path.join(ROOT, "docs/alarms.md"), "utf8");
/** The page's rows: the codes, as the first cell has them and as links find them, and what they mean. */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| <a "))
  .map((line) => {
    const [, codes = "", meaning = ""] = line.split("|");
    return {
      codes: all(codes, /`([a-z-]+)`/g),
      links: all(codes, /<a id="([a-z-]+)"><\/a>/g),
      meaning: meaning.trim().replaceAll("`", ""),
    };
  });

test("every alarm that a master's scripts raise is in the list of codes, and no other", () => {
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
  expect([...raised].sort()).toEqual(Object.keys(ALARM_CODES).sort());
});

test("docs/alarms.md explains each code, in the list's own words", () => {
  const explained = rows.flatMap(({ codes, meaning }) => codes.map((code) => [code, meaning] as const));
  expect(explained).toHaveLength(Object.keys(ALARM_CODES).length);
  expect(Object.fromEntries(explained)).toEqual(ALARM_CODES);
});

test("a link to each alarm finds its place on the page", () => {
  for (const { codes, links } of rows) expect(links).toEqual(codes);
  expect(all(page, /<a id="([a-z-]+)">/g)).toContain("snapshot-age");
});
