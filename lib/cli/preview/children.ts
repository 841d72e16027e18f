import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** That somebody wants the work to end; nothing is wrong. */
export class Interrupted extends Error {
  constructor(readonly signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
  }
}

/** What a process printed, and how it ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface StartOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** How long processes may take to end, in milliseconds, before they are killed. */
const GRACE_MS = 5_000;

/**
 * The processes that a preview starts. Each leads a group of its own, so that what it has started in turn ends with it,
 * and none outlives the preview.
 */
export class Children {
  private readonly running = new Set<ChildProcess>();
  private interruption: Interrupted | undefined;
  private over = false;

  /**
   * Runs a program to its end.
   *
   * @throws Interrupted when no more is to be started; Error when there is no such program.
   */
  async run(file: string, args: readonly string[], { cwd, env }: StartOptions): Promise<Ended> {
    if (this.interruption) throw this.interruption;
    if (this.over) throw new Error(`${file} was not started, since the preview has failed already`);
    const child = spawn(file, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    this.running.add(child);
    const [stdout, stderr]: [string[], string[]] = [[], []];
    child.stdout.setEncoding("utf8").on("data", (text: string) => stdout.push(text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => stderr.push(text));
    try {
      const [code] = (await once(child, "close")) as [number | null];
      return { code: code ?? 1, stdout: stdout.join(""), stderr: stderr.join("") };
    } finally {
      this.running.delete(child);
    }
  }

  /**
   * Does `work` and ends its processes when this one is interrupted. What it had to clean away is gone by then.
   *
   * @throws Interrupted after an interruption, whatever came of the work.
   */
  async during<T>(work: () => Promise<T>, say: (text: string) => void): Promise<T> {
    const interrupt = (signal: NodeJS.Signals) => {
      if (!this.interruption) say("interrupted: ending what runs");
      this.interruption ??= new Interrupted(signal);
      this.signal("SIGTERM");
    };
    for (const signal of SIGNALS) process.on(signal, interrupt);
    try {
      const result = await work();
      if (this.interruption) throw this.interruption;
      return result;
    } catch (error) {
      throw this.interruption ?? error;
    } finally {
      for (const signal of SIGNALS) process.off(signal, interrupt);
    }
  }

  /** Ends what still runs, and starts nothing more. */
  async end(): Promise<void> {
    this.over = true;
    // What has left its group may hold a pipe open for ever; it is not waited for.
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      this.signal(signal);
      for (const start = Date.now(); this.running.size > 0 && Date.now() - start < GRACE_MS;) await sleep(20);
    }
  }

  private signal(signal: NodeJS.Signals): void {
    for (const { pid } of this.running) {
      try {
        if (pid !== undefined) process.kill(-pid, signal);
      } catch {
        // Its group has ended by itself.
      }
    }
  }
}
