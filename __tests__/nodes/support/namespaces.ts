import { type ChildProcess, spawn } from "node:child_process";
import { stop } from "./shell";

/** The PATH of commands in a machine, and of its own scripts. */
export const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Linux' namespaces, held by a script until its standard input ends, so that they and all processes in them end with the
 * process that runs the tests, however that ends.
 */
export class Namespaces {
  private constructor(
    private readonly holder: ChildProcess,
    /** The script's number as the host counts. */
    readonly pid: number,
  ) {}

  /** @param script bash, which prints its number as the host counts once it is ready */
  static async start(
    [file = "", ...args]: readonly string[],
    script: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Namespaces> {
    // --norc: bash takes a standard input that is a socket for a remote shell's, and reads the user's settings.
    const holder = spawn(file, [...args, "bash", "--norc", "-c", script], {
      env: { PATH, ...env },
      stdio: "pipe",
    });
    let said = "";
    holder.stderr.setEncoding("utf8").on("data", (part: string) => (said += part));
    const pid = await new Promise<number>((resolve, reject) => {
      holder.stdout.once("data", (first: Buffer) => resolve(Number(first)));
      holder.once("error", reject);
      holder.once("close", (code) => reject(new Error(`no machine (${code}): ${said}`)));
    });
    return new Namespaces(holder, pid);
  }

  get areHeld(): boolean {
    return this.holder.exitCode === null && this.holder.signalCode === null;
  }

  /** The command that runs a command in them. */
  enter(...command: readonly string[]): string[] {
    // The number of a process that has ended may be another one's by now.
    if (!this.areHeld) throw new Error("the machine is halted, or has been destroyed");
    const kinds = ["--mount", "--net", "--uts", "--pid", "--root", "--wd"];
    return ["nsenter", "--target", `${this.pid}`, ...kinds, "--", ...command];
  }

  /**
   * Where the host sees the files that are there, without a process: tests ask many times a second. A link in a path must
   * not be absolute, since it would lead into the host's files.
   */
  get root(): string {
    if (!this.areHeld) throw new Error("the machine is halted, or has been destroyed");
    return `/proc/${this.pid}/root`;
  }

  /** The kernel ends all processes of a PID namespace with its first, and that one only after them. */
  async end(): Promise<void> {
    if (!this.areHeld) return;
    const exited = new Promise((resolve) => this.holder.once("exit", resolve));
    try {
      process.kill(this.pid, "SIGKILL");
    } catch {
      // it has just ended
    }
    await exited;
    await stop(this.holder);
  }
}
