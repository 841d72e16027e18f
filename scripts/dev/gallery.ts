// Previews a series of edits of the reference estate, each in a clone of this repository, and writes docs/preview-gallery.md.
// With --check it ends with an error where the page is not what comes out. See --help.
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Command } from "commander";
import { countsOf, isChanged } from "../../lib/cli/preview/model/counts";
import type { Preview } from "../../lib/cli/preview/model/preview";
import { edits, type Edit } from "./gallery/edits";

const ROOT = path.resolve(__dirname, "../..");
const PAGE = path.join(ROOT, "docs/preview-gallery.md");

const { check = false, only } = new Command("npm run gallery --")
  .description(
    "Previews a series of edits and writes docs/preview-gallery.md. What is not committed is not part of it.",
  )
  .option("--check", "compare the page with what comes out instead")
  .option("--only <text>", "run the edits with this text in their titles, and write nothing")
  .parse()
  .opts<{ check?: boolean; only?: string }>();

const clone = path.join(realpathSync(mkdtempSync(path.join(tmpdir(), "keelson-gallery-"))), "keelson");
const problems: string[] = [];
try {
  execFileSync("git", ["clone", "--quiet", ROOT, clone]);
  symlinkSync(path.join(ROOT, "node_modules"), path.join(clone, "node_modules"));
  const earlier = new Map<string, Preview>();
  let page = introduction();
  for (const edit of edits.filter(({ title }) => only === undefined || title.includes(only))) {
    page += `\n${section(edit, earlier)}`;
    if (!check && only === undefined) writeFileSync(PAGE, page);
  }
  if (only !== undefined) console.log(page);
  else if (check && (!existsSync(PAGE) || readFileSync(PAGE, "utf8") !== page))
    problems.push("docs/preview-gallery.md is not what comes out: npm run gallery");
} finally {
  rmSync(path.dirname(clone), { recursive: true, force: true });
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

function introduction(): string {
  return [
    "# Previews of edits",
    "",
    "What `keelson preview --guard` says of edits of this repository's own estate. `npm run gallery` writes this page, and",
    "`scripts/dev/gallery/edits.ts` says what each preview must hold. [previews.md](previews.md) says how to read one.",
    "",
  ].join("\n");
}

function section(edit: Edit, earlier: Map<string, Preview>): string {
  console.error(edit.title);
  git("checkout", "--quiet", "--", ".");
  git("clean", "-fdq", "--exclude=node_modules");
  for (const [name, replacements] of Object.entries(edit.files)) {
    const file = path.join(clone, name);
    let text = readFileSync(file, "utf8");
    for (const [from, to] of replacements) {
      if (!text.includes(from)) throw new Error(`${edit.title}: ${name} has no ${from}`);
      text = text.replace(from, () => to);
    }
    writeFileSync(file, text);
  }
  const difference = git("diff", "--unified=0")
    .split("\n")
    .filter((line) => /^[-+]/.test(line) && !/^(---|\+\+\+) /.test(line));
  for (const [name, text] of Object.entries(edit.more?.(earlier) ?? {}))
    writeFileSync(path.join(clone, name), text);

  const [json, markdown] = [path.join(clone, "../preview.json"), path.join(clone, "../preview.md")];
  for (const file of [json, markdown]) rmSync(file, { force: true });
  const args = ["preview", "--base", "HEAD", "--guard", "--quiet", "--format", "json", "--out", json];
  const ended = spawnSync(
    process.execPath,
    [path.join(clone, "bin/keelson.js"), ...args, "--format", "markdown", "--out", markdown],
    { cwd: clone, encoding: "utf8" },
  );
  if (ended.status !== edit.code)
    problems.push(`${edit.title}: ends with ${ended.status}, not ${edit.code}: ${ended.stderr}`);
  const said = existsSync(markdown)
    ? readFileSync(markdown, "utf8")
    : `\`\`\`\n${ended.stderr.replaceAll(path.dirname(clone), "").trim()}\n\`\`\`\n`;
  if (existsSync(json)) {
    const preview = JSON.parse(readFileSync(json, "utf8")) as Preview;
    earlier.set(edit.title, preview);
    verify(edit, preview);
  }
  return [
    `## ${edit.title}`,
    "",
    edit.shows,
    "",
    "```diff",
    ...difference,
    "```",
    "",
    `It ends with exit code ${ended.status}.`,
    "",
    // Commits are others each time; the headings are those of a comment of its own.
    said
      .replace(/`[0-9a-f]{9}` → `[0-9a-f]{9}`/, "`0123456` → `0123456`")
      .replace("<!-- keelson:preview -->\n", "")
      .replace(/^(#+) /gm, "$1# "),
  ].join("\n");
}

function verify({ title, has, counts }: Edit, { stacks }: Preview): void {
  for (const [stack, at, action] of has) {
    const changes = stacks.find(({ name }) => name === stack)?.changes ?? [];
    if (!changes.some((one) => one.path === at && one.action === action))
      problems.push(`${title}: ${at} of ${stack} is not to ${action}`);
  }
  const found = Object.fromEntries(
    stacks
      .filter(isChanged)
      .map(({ name, changes }) => [
        name,
        Object.fromEntries(
          Object.entries(countsOf(changes)).filter(([kind, count]) => kind !== "mayReplace" && count > 0),
        ),
      ]),
  );
  if (counts && JSON.stringify(sorted(found)) !== JSON.stringify(sorted(counts)))
    problems.push(`${title}: counts are ${JSON.stringify(found)}, not ${JSON.stringify(counts)}`);
}

function sorted(counts: Readonly<Record<string, object>>): unknown {
  const sort = (one: object) => Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1));
  return sort(Object.fromEntries(Object.entries(counts).map(([name, kinds]) => [name, sort(kinds)])));
}

function git(...args: readonly string[]): string {
  return execFileSync("git", [...args], { cwd: clone, encoding: "utf8" });
}
