import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { outlive, runForeground } from "./processes";
import { cacheDirectory, configuredBindings, projectRoot } from "./project";
import { makeRunDirectory, markRunning, othersRunning, unmarkRunning } from "./run-directory";
import { parseFailure } from "./simulator/provider/failure";
import { control } from "./simulator/run/control";
import { Session } from "./simulator/run/session";
import { isPlain, simulatedEnvironment, withoutOuterSimulation } from "./surroundings";
import { findTerraform } from "./terraform-binary";

export interface SimulateOptions {
  /** Forget what earlier simulations made in this project. */
  readonly reset?: boolean;
  /**
   * The names of providers to leave alone, such as `kubernetes`: Terraform fetches and runs the real ones, which act on what they are
   * configured for. A simulation that forgets its state forgets what they made.
   */
  readonly real?: readonly string[];
  /** Failures to be had on purpose, each `<step>:<resource type>[=<message>]`. */
  readonly fail?: readonly string[];
  /** How long each create, update and destroy takes, in milliseconds. @default 0 */
  readonly latency?: number;
  readonly quiet?: boolean;
}

/** How long a Terraform that outlives its command may take to stop, in milliseconds, before it is made to. */
const GRACE_MS = 15_000;

/**
 * Runs `command` with simulated providers in place of the clouds.
 *
 * @returns the command's exit code, 128 plus the signal's number where a signal ended it.
 * @throws Error before anything is started when Terraform is missing, an option is wrong, or another simulation
 *   still needs what --reset would forget.
 */
export async function simulate(command: readonly string[], options: SimulateOptions = {}): Promise<number> {
  const { reset = false, real = [], fail = [], latency: latencyMs = 0, quiet = false } = options;
  const say = (text: string) => {
    if (!quiet) process.stderr.write(`simulated: ${text}\n`);
  };
  // A terminal that was closed takes no last words, and a run must not end on them.
  process.stderr.on("error", () => undefined);
  const env = withoutOuterSimulation(process.env);
  const failures = fail.map(parseFailure);
  const terraform = findTerraform(env);

  const project = projectRoot(process.cwd());
  const home = path.join(project, ".keelson");
  prepareHome(home, reset);
  const runDir = makeRunDirectory();
  try {
    const session = new Session({
      project,
      home,
      cacheDir: cacheDirectory(env),
      runDir,
      real,
      failures,
      latencyMs,
      plain: isPlain(env),
      say,
    });
    await session.providers.warmUp(configuredBindings(project));

    const socket = path.join(runDir, "control.sock");
    const server = await control(socket, (question) => session.answer(question));
    try {
      say(`providers stand in for the clouds; ${terraform.name} ${terraform.version} is the real one`);
      for (const name of real)
        say(`the provider ${name} is the real one too: what it makes is not simulated`);
      return await runForeground(command, simulatedEnvironment({ runDir, socket, project }, terraform, env));
    } finally {
      await outlive(session.pids, GRACE_MS);
      server.close();
      await session.providers.close();
      for (const { step, type } of failures.filter(({ used }) => !used)) {
        say(`the failure ${step}:${type} was asked for, but nothing of the kind was done`);
      }
      const states = path.relative(process.cwd(), path.join(home, "state"));
      say(`${session.tally}; no cloud was asked. State: ${states}`);
    }
  } finally {
    unmarkRunning(home);
    rmSync(runDir, { recursive: true, force: true });
  }
}

function prepareHome(home: string, reset: boolean): void {
  try {
    mkdirSync(home, { recursive: true });
    const others = othersRunning(home);
    if (reset && others.length > 0) {
      throw new Error(
        `--reset would take the state from under another simulation here (process ${others.join(", ")})`,
      );
    }
    if (reset)
      for (const name of ["state", "shadow"]) rmSync(path.join(home, name), { recursive: true, force: true });
    markRunning(home);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Error(`simulated state is kept in ${home}, which cannot be written (${code})`, {
      cause: error,
    });
  }
}
