import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { ended, type ShellEnded } from "./shell";

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
}

/** A command that runs in a machine. */
export class MachineProcess {
  readonly ended: Promise<ShellEnded>;
  stdout = "";
  stderr = "";

  /** @param child `nsenter`, whose child in the machine is the leader of a session of its own, as a unit's process is */
  constructor(private readonly child: ChildProcess) {
    this.ended = ended(child);
    child.stdout?.on("data", (text: string) => (this.stdout += text));
    child.stderr?.on("data", (text: string) => (this.stderr += text));
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Sends a signal to all processes that the command has started, parents first; waits for the end after SIGKILL. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    do {
      const all = processes();
      const leader = all.find(({ parent }) => parent === this.child.pid)?.pid;
      for (const { pid, session } of all) {
        if (session === leader) send(pid, signal);
      }
      if (signal !== "SIGKILL") return;
      await new Promise((resolve) => setTimeout(resolve, 5));
    } while (this.running);
    await this.ended;
  }
}

/** All of the host, by age. */
function processes(): readonly Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b)
    .flatMap((pid) => {
      try {
        const text = readFileSync(`/proc/${pid}/stat`, "utf8");
        const [, parent, , session] = text.slice(text.lastIndexOf(")") + 2).split(" ");
        return [{ pid, parent: Number(parent), session: Number(session) }];
      } catch {
        return []; // it has ended
      }
    });
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended
  }
}
