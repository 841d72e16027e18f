import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { once } from "./once";

/** What a worker has to know of a server that another one may have started. */
export interface SharedServer {
  readonly url: string;
  /** Where its files are, the ones that a client needs too. */
  readonly directory: string;
}

const PID = ".pid";

/** Whether Jest runs, with what its workers share. */
export const inRun = (): boolean => process.env["KEELSON_TEST_RUN"] !== undefined;

/**
 * The server of that name that all workers of a run share. Whichever worker needs it first starts it; it outlives that
 * worker, until the run calls `endShared`.
 *
 * @param launch starts it, with a directory for its files inside the one that it is given
 */
export async function shared(
  name: string,
  launch: (parent: string) => Promise<SharedServer & { readonly child: ChildProcess }>,
): Promise<SharedServer> {
  const known = await once(name, async (part) => {
    const run = path.dirname(part);
    const { child, url, directory } = await launch(run);
    child.unref();
    writeFileSync(path.join(run, `${name}${PID}`), String(child.pid));
    writeFileSync(path.join(part, "server.json"), JSON.stringify({ url, directory }));
  });
  return JSON.parse(readFileSync(path.join(known, "server.json"), "utf8")) as SharedServer;
}

/** Ends the servers that a run has started. One that has ended by itself has failed tests enough. */
export function endShared(run: string): void {
  for (const file of readdirSync(run).filter((name) => name.endsWith(PID))) {
    try {
      process.kill(Number(readFileSync(path.join(run, file), "utf8")), "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
