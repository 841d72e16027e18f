import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import * as path from "node:path";
import { cacheDirectory } from "../../../lib/cli/project";
import { has, testWith } from "../../support/tools";

/** Where `scripts/dev/setup.sh live` puts what it builds. */
export const TOOLS = path.join(cacheDirectory(process.env), "tools/bin");

export const tool = (name: string) => path.join(TOOLS, name);

/** What it takes to run the pods of a platform's jobs and of Consul. */
export const POD_TOOLS = [
  ...["kube-apiserver", "terraform-provider-kubernetes", "consul"],
  ...["busybox", "jq", "curl", "strace"],
];

/** `test` where these are there: names of what setup.sh builds, or of Debian's commands. */
export function liveTest(...names: readonly string[]): jest.It {
  const all = ["setpriv", "openssl", ...names];
  const needs = Object.fromEntries(all.map((name) => [name, existsSync(tool(name)) || has(name)]));
  return testWith(needs, "scripts/dev/setup.sh live");
}

/** What a command prints. Its standard error is in the error that it throws. */
export function output(
  file: string,
  args: readonly string[],
  options: { cwd?: string; input?: string; env?: Readonly<Record<string, string>> } = {},
): string {
  return execFileSync(file, args, {
    ...options,
    env: { ...process.env, ...options.env },
    encoding: "utf8",
    stdio: "pipe",
    maxBuffer: 1 << 26,
  });
}
