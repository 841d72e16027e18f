import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { ROOT, runNode } from "../support/run";

/** Checks a project whose package.json has these scripts. */
function check(scripts: { readonly lint: string; readonly typecheck: string }) {
  const project = mkdtempSync(path.join(tmpdir(), "keelson-check-"));
  try {
    writeFileSync(path.join(project, "package.json"), JSON.stringify({ scripts }));
    const ended = runNode([path.join(ROOT, "scripts/dev/check.mjs")], project);
    return { ...ended, reached: existsSync(path.join(project, "reached")) };
  } finally {
    rmSync(project, { recursive: true });
  }
}

test("each part of npm test's checks runs", () => {
  const { code, stdout, stderr } = check({ lint: "echo one && echo two", typecheck: "echo three" });
  expect(stdout.trim().split("\n").sort()).toEqual(["one", "three", "two"]);
  expect([code, stderr]).toEqual([0, ""]);
});

test.each([
  [{ lint: "exit 3 && true", typecheck: "touch reached" }, "exit 3"],
  [{ lint: "touch reached && exit 3", typecheck: "true" }, "exit 3"],
  [{ lint: "touch reached && true", typecheck: "kill -9 $$" }, "kill -9 $$"],
])("one part that fails is named, fails the whole and keeps no other from running: %j", (scripts, named) => {
  const { code, stderr, reached } = check(scripts);
  expect(stderr).toContain(`failed: ${named}\n`);
  expect([code, reached]).toEqual([1, true]);
});
