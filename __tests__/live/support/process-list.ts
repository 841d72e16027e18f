import { readFileSync } from "node:fs";
import * as path from "node:path";
import { Server } from "./servers";

/** Writes down each argument list that it sees, once. */
const WATCHER = `
const { appendFileSync, readdirSync, readFileSync } = require("node:fs");
const seen = new Set();
setInterval(() => {
  for (const pid of readdirSync("/proc").filter((name) => /^\\d+$/.test(name))) {
    try {
      const line = readFileSync("/proc/" + pid + "/cmdline", "utf8").replaceAll("\\0", " ");
      if (seen.has(line)) continue;
      seen.add(line);
      appendFileSync(process.argv[1], line + "\\n");
    } catch {}
  }
}, 20);`;

/**
 * The beginning of a command line that has strace write down, with arguments and environment, all that the rest of it executes: what is
 * over within milliseconds is in no list of processes that somebody happens to look at.
 *
 * @param file ends with ".executed"
 */
export function recorder(file: string): string[] {
  const kept = ["--seccomp-bpf", "-e", "trace=execve", "--no-abbrev", "--string-limit=100000"];
  return ["strace", "-f", "-qq", ...kept, "--output-append-mode", `--output=${file}`];
}

/** What anybody on the machine could have seen in the list of processes, since it was started. */
export class ProcessList {
  private constructor(
    private readonly file: string,
    private readonly watcher: Server,
  ) {}

  static async watch(directory: string): Promise<ProcessList> {
    const file = path.join(directory, "processes");
    const args = ["--eval", WATCHER, file];
    const watcher = await Server.start(
      directory,
      { name: "process-list", file: process.execPath, args },
      () => Promise.resolve(readFileSync(file, "utf8") !== ""),
    );
    return new ProcessList(file, watcher);
  }

  get seen(): string {
    return readFileSync(this.file, "utf8");
  }

  stop(): Promise<void> {
    return this.watcher.end("SIGKILL");
  }
}
