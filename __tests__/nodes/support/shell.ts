import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { cacheDirectory } from "../../../lib/cli/project";
import { ROOT } from "../../support/run";

export const LIB = path.join(ROOT, "scripts/node/lib");
/** Where `scripts/dev/setup.sh nodes` puts what it builds. */
export const TOOLS = path.join(cacheDirectory(process.env), "tools/bin");

export interface ShellEnded {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs bash on the node's own libraries, each run a process of its own, in a directory that `dispose` removes. */
export class Shell {
  readonly directory = mkdtempSync(path.join(tmpdir(), "keelson-nodes-"));

  constructor(
    private readonly libraries: readonly string[],
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** @param env on top of the shell's own */
  run(script: string, env: Readonly<Record<string, string>> = {}): Promise<ShellEnded> {
    return ended(this.start(script, env));
  }

  start(script: string, env: Readonly<Record<string, string>> = {}): ChildProcess {
    const sources = this.libraries.map((library) => `. ${path.join(LIB, library)}`);
    return spawn("bash", ["-c", ["set -euo pipefail", ...sources, script].join("\n")], {
      cwd: this.directory,
      env: {
        PATH: process.env["PATH"] ?? "",
        LANG: "C.UTF-8",
        KEELSON_ROOT: this.directory,
        ...this.env,
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  dispose(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export function ended(child: ChildProcess): Promise<ShellEnded> {
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}

/** A port of the loopback that nothing listened on a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Asks until `ready` is true. Stops the server and throws where half a minute was not enough, or its process has ended. */
export async function untilReady(child: ChildProcess, ready: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await ready().catch(() => false))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop(child);
      throw new Error(`${child.spawnfile} did not start: exit code ${child.exitCode}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const closed = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await closed;
  }
}
