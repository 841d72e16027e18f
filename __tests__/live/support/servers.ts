import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import * as path from "node:path";

export interface Command {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** How long anything may take until it has come true, on two cores that many others use too. It takes no longer than it does. */
const PATIENCE_MS = 240_000;

/** A real server of a test. The kernel ends it with the test's process, however that ends. */
export class Server {
  private constructor(
    private readonly child: ChildProcess,
    readonly name: string,
    private readonly logFile: string,
  ) {}

  /**
   * @param directory gets what it prints, as `<name>.log`; a server of the same name goes on in that file
   * @param ready asked until it is true
   * @throws Error with the end of its log, where it ends before it is ready or is not ready in time
   */
  static async start(
    directory: string,
    { name, file, args, env = {} }: Command,
    ready: () => Promise<boolean>,
  ): Promise<Server> {
    const logFile = path.join(directory, `${name}.log`);
    const log = openSync(logFile, "a");
    const { PATH = "", HOME = "" } = process.env;
    const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", file, ...args], {
      cwd: directory,
      env: { PATH, HOME, LANG: "C.UTF-8", ...env },
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    const server = new Server(child, name, logFile);
    try {
      await until(`${name} answers`, ready, { alive: () => server.running });
    } catch (error) {
      await server.end("SIGKILL");
      throw new Error(`${(error as Error).message}\n${server.log.slice(-3000)}`, { cause: error });
    }
    return server;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.name} was not started`);
    return this.child.pid;
  }

  /** Its exit code, once it has ended; null where a signal ended it. */
  get ended(): Promise<number | null> {
    if (!this.running) return Promise.resolve(this.child.exitCode);
    return new Promise((resolve) => this.child.once("exit", resolve));
  }

  get log(): string {
    return readFileSync(this.logFile, "utf8");
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.running) this.child.kill(signal);
    await this.ended;
  }
}

/**
 * Asks until `holds` is true; an error counts as false.
 *
 * @throws Error that names what did not come true, with the last error
 */
export async function until(
  what: string,
  holds: () => Promise<boolean>,
  { alive = () => true }: { alive?: () => boolean } = {},
): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  let last: unknown = "not yet";
  for (;;) {
    try {
      if (await holds()) return;
    } catch (error) {
      last = error;
    }
    if (!alive()) throw new Error(`${what}: the process ended before`);
    if (Date.now() > deadline) {
      throw new Error(`${what}: not within ${PATIENCE_MS / 1000} s`, { cause: last });
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}
