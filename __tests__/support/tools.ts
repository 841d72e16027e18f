import { spawnSync } from "node:child_process";

/**
 * `test`, or `test.skip` with a message where a tool is missing. Under CI a missing tool is a failure, so that no
 * suite goes quiet there.
 */
export function testWith(needs: Readonly<Record<string, boolean>>, how: string): jest.It {
  const missing = Object.keys(needs).filter((need) => needs[need] !== true);
  if (missing.length === 0) {
    return test;
  }
  const message = `needs ${missing.join(", ")}: ${how}`;
  if (process.env["CI"]) {
    throw new Error(message);
  }
  console.warn(`skipped: ${message}`);
  return test.skip;
}

export function has(command: string): boolean {
  return spawnSync("sh", ["-c", `command -v "$1"`, "sh", command]).status === 0;
}
