import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { ROOT } from "../support/run";

const run = (script: string, ...args: readonly string[]) =>
  spawnSync("bash", [path.join(ROOT, "scripts/node", script), ...args], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"] },
  });

describe.each(["control-plane.sh", "hand-over.sh"])("%s, where nothing is set", (script) => {
  test("tells what it does to whoever asks", () => {
    expect(run(script, "--help")).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(`^Usage: ${script}`) as string,
      stderr: "",
    });
  });

  test("ends with 2 for an argument that it does not know, and does nothing", () => {
    const { status, stdout, stderr } = run(script, "--force");
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(script);
  });
});
