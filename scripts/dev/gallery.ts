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
import type { Preview } from "../../lib/cli/preview/model/preview";
import type { Edit, Replacements } from "./gallery/edit";
import { edits } from "./gallery/edits";
import { pageOf, type Shown } from "./gallery/page";
import { differencesFrom } from "./gallery/verify";

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
  const start = git("rev-parse", "HEAD").trim();
  const earlier = new Map<string, Preview>();
  const wanted = edits.filter(({ title }) => only === undefined || title.includes(only));
  const page = pageOf(wanted.map((edit) => show(edit, start, earlier)));
  if (only !== undefined) console.log(page);
  else if (!check) writeFileSync(PAGE, page);
  else if (!existsSync(PAGE) || readFileSync(PAGE, "utf8") !== page) {
    problems.push(`docs/preview-gallery.md is not what comes out, so run npm run gallery:\n${unlike(page)}`);
  }
} finally {
  rmSync(path.dirname(clone), { recursive: true, force: true });
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

function show(edit: Edit, start: string, earlier: Map<string, Preview>): Shown {
  const began = Date.now();
  git("reset", "--quiet", "--hard", start);
  git("clean", "-fdq", "--exclude=node_modules");
  if (edit.given) {
    replace(edit, edit.given);
    git("-c", "user.name=gallery", "-c", "user.email=gallery@localhost", "commit", "--quiet", "-am", "given");
  }
  replace(edit, edit.files);
  const diff = git("diff", "--unified=0")
    .split("\n")
    .filter((line) => /^[-+]/.test(line) && !/^(---|\+\+\+) /.test(line));
  for (const [name, text] of Object.entries(edit.more?.(earlier) ?? {}))
    writeFileSync(path.join(clone, name), text);

  const [json, markdown] = [path.join(clone, "../preview.json"), path.join(clone, "../preview.md")];
  for (const file of [json, markdown]) rmSync(file, { force: true });
  const args = ["preview", "--base", "HEAD", "--guard", "--quiet", "--format", "json", "--out", json];
  const { status, stderr } = spawnSync(
    process.execPath,
    [path.join(clone, "bin/keelson.js"), ...args, "--format", "markdown", "--out", markdown],
    { cwd: clone, encoding: "utf8" },
  );
  console.error(`${edit.title}: ${Math.round((Date.now() - began) / 1000)} s`);
  const wrong = (what: string) => problems.push(`${edit.title}: ${what}`);
  if (status !== edit.expected.code) wrong(`ends with ${status}, not ${edit.expected.code}: ${stderr}`);
  if (existsSync(json)) {
    const preview = JSON.parse(readFileSync(json, "utf8")) as Preview;
    earlier.set(edit.title, preview);
    differencesFrom(edit.expected, preview).forEach(wrong);
  } else if (edit.says === undefined || !stderr.includes(edit.says)) wrong(`says ${stderr}`);
  const said = `\`\`\`\n${stderr.replaceAll(path.dirname(clone), "").trim()}\n\`\`\`\n`;
  const comment = existsSync(markdown) ? readFileSync(markdown, "utf8") : said;
  return { edit, diff, code: status, comment };
}

function replace({ title }: Edit, files: Replacements): void {
  for (const [name, replacements] of Object.entries(files)) {
    const file = path.join(clone, name);
    let text = readFileSync(file, "utf8");
    for (const [from, to] of replacements) {
      if (!text.includes(from)) throw new Error(`${title}: ${name} has no ${from}`);
      text = text.replace(from, () => to);
    }
    writeFileSync(file, text);
  }
}

/** The first lines in which the page is another one. */
function unlike(page: string): string {
  const there = existsSync(PAGE) ? readFileSync(PAGE, "utf8").split("\n") : [];
  const lines = page.split("\n");
  const at = lines.findIndex((line, i) => line !== there[i]);
  return [`- ${there[at] ?? "(nothing)"}`, `+ ${lines[at] ?? "(nothing)"}`].join("\n");
}

function git(...args: readonly string[]): string {
  return execFileSync("git", [...args], { cwd: clone, encoding: "utf8" });
}
