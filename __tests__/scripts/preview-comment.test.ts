import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { ROOT } from "../support/run";

const MARKER = "<!-- keelson:preview -->";
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), "keelson-test-"));
  // Stands in for GitHub's command line, which is on its runners only: it answers from files, and keeps what is written.
  const gh = path.join(directory, "gh");
  writeFileSync(
    gh,
    '#!/bin/sh\ncase "$*" in\n*PATCH*|*POST*) echo "$*" >>"$HERE/written" ;;\n*comments*) cat "$HERE/comments.json" ;;\n' +
      '*artifacts/*/zip*) cat "$HERE/artifact.zip" ;;\n*artifacts*) cat "$HERE/ids" ;;\n*pulls*) cat "$HERE/pulls.json" ;;\nesac\n',
  );
  chmodSync(gh, 0o755);
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const file = (name: string, content: unknown) => {
  writeFileSync(path.join(directory, name), typeof content === "string" ? content : JSON.stringify(content));
};

function run(script: string, env: Record<string, string>) {
  const { status, stderr } = spawnSync(path.join(ROOT, "scripts/dev", script), {
    env: {
      ...{ PATH: `${directory}:${process.env["PATH"] ?? ""}`, HERE: directory },
      ...{ GH_TOKEN: "t", GITHUB_REPOSITORY: "o/r", ...env },
    },
    encoding: "utf8",
  });
  const written = path.join(directory, "written");
  return { status, stderr, written: existsSync(written) ? readFileSync(written, "utf8") : "" };
}

const comment = () =>
  run("preview-comment.sh", { HEAD_OWNER: "f", HEAD_BRANCH: "b", HEAD_SHA: "new", COMMENT: "c.md" });

test("a pull request's first preview is a comment of its own", () => {
  file("pulls.json", [{ number: 7, head: { sha: "new" } }]);
  file("comments.json", []);
  expect(comment().written).toMatch(/POST repos\/o\/r\/issues\/7\/comments -F body=@c\.md/);
});

test("the next one is written over it, and not over what a stranger has marked the same way", () => {
  file("pulls.json", [{ number: 7, head: { sha: "new" } }]);
  file("comments.json", [
    { id: 1, user: { login: "stranger" }, body: `${MARKER}\nforged` },
    { id: 2, user: { login: "github-actions[bot]" }, body: "of another workflow" },
    { id: 3, user: { login: "github-actions[bot]" }, body: `${MARKER}\nthe last one` },
  ]);
  expect(comment().written).toContain("PATCH repos/o/r/issues/comments/3 ");
});

test("a preview of what the branch is no longer at is not told", () => {
  file("pulls.json", [{ number: 7, head: { sha: "newer" } }]);
  const { status, stderr, written } = comment();
  expect(written).toBe("");
  expect(stderr).toContain("a newer preview will come");
  expect(status).toBe(0);
});

test("of an artifact one file is read, and of that no more than is allowed", () => {
  file("preview.json", "x".repeat(20_000_500));
  file("other", "y");
  // Python is there wherever Node is tested; of zip only the unpacking half is.
  const zip =
    'import zipfile;z=zipfile.ZipFile("artifact.zip","w",8);z.write("preview.json");z.write("other","../escaped")';
  expect(spawnSync("python3", ["-c", zip], { cwd: directory }).status).toBe(0);
  file("ids", "11\n12\n");
  const out = path.join(directory, "out.json");
  expect(run("preview-artifact.sh", { RUN_ID: "1", OUT: out }).status).toBe(0);
  expect(readFileSync(out, "utf8")).toHaveLength(20_000_001);
  expect(existsSync(path.join(directory, "../escaped"))).toBe(false);
});

test("a run without a preview is an error", () => {
  file("ids", "");
  const { status, stderr } = run("preview-artifact.sh", { RUN_ID: "5", OUT: "out.json" });
  expect(stderr).toContain("run 5 has no preview, or one that is too big");
  expect(status).toBe(1);
});
