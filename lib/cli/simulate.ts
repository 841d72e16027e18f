import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { outlive } from "./processes";
import { cacheDirectory, configuredBindings, packageRoot, projectRoot } from "./project";
import { parseFailure } from "./simulator/provider/failure";
import { control } from "./simulator/run/control";
import { Session } from "./simulator/run/session";
import { findTerraform, which, type TerraformBinary } from "./terraform-binary";

export interface SimulateOptions {
  /** Forget what earlier simulations made in this project. */
  readonly reset?: boolean;
  /** Failures to be had on purpose, each `<step>:<resource type>[=<message>]`. */
  readonly fail?: readonly string[];
  /** How long each create, update and destroy takes, in milliseconds. @default 0 */
  readonly latency?: number;
  readonly quiet?: boolean;
}

/** How long a Terraform that outlives its command may take to stop, in milliseconds, before it is made to. */
const GRACE_MS = 15_000;
const FRONT = path.join(packageRoot(), "bin/terraform-front.js");

/**
 * Runs `command` with simulated providers in place of the clouds.
 *
 * @returns the command's exit code, 128 plus the signal's number where a signal ended it.
 * @throws Error before anything is started when Terraform is missing or an option is wrong.
 */
export async function simulate(command: readonly string[], options: SimulateOptions = {}): Promise<number> {
  const { reset = false, fail = [], latency: latencyMs = 0, quiet = false } = options;
  const say = (text: string) => {
    if (!quiet) process.stderr.write(`simulated: ${text}\n`);
  };
  const env = withoutOuterSimulation(process.env);
  const failures = fail.map(parseFailure);
  const terraform = findTerraform(env);

  const project = projectRoot(process.cwd());
  const home = path.join(project, ".keelson");
  if (reset)
    for (const name of ["state", "shadow"]) rmSync(path.join(home, name), { recursive: true, force: true });
  mkdirSync(home, { recursive: true });

  const runDir = mkdtempSync(path.join(os.tmpdir(), "keelson-"));
  try {
    const session = new Session({
      project,
      home,
      cacheDir: cacheDirectory(env),
      runDir,
      failures,
      latencyMs,
      onParse: ({ packageName, packageVersion }) => {
        say(`deriving the provider's schema from ${packageName} ${packageVersion}, once: some seconds ...`);
      },
    });
    await session.warmUp(configuredBindings(project));

    const socket = path.join(runDir, "control.sock");
    const server = await control(socket, (question) => session.answer(question));
    try {
      say(`providers stand in for the clouds; ${terraform.name} ${terraform.version} is the real one`);
      const fronted = fronts({ runDir, socket, project, terraform }, env);
      return await run(command, { ...env, ...fronted, ...readable(env), KEELSON_SIMULATED: "1" });
    } finally {
      await outlive(session.pids, GRACE_MS);
      server.close();
      await session.close();
      say(
        `${session.tally}; no cloud was asked. State: ${path.relative(process.cwd(), path.join(home, "state"))}`,
      );
    }
  } finally {
    rmSync(runDir, { recursive: true, force: true });
  }
}

/** Puts a `terraform` and a `tofu` of ours first on the PATH, each in front of the one that is installed. */
function fronts(
  {
    runDir,
    socket,
    project,
    terraform,
  }: { runDir: string; socket: string; project: string; terraform: TerraformBinary },
  env: NodeJS.ProcessEnv,
) {
  const directory = path.join(runDir, "bin");
  mkdirSync(directory);
  const front = (name: string, real: string) => {
    const file = path.join(directory, name);
    // The shell becomes Terraform, so that signals, terminal and exit code are Terraform's own. It ignores a
    // hang-up: cdktf drops the terminal that it gave to Terraform when it is interrupted itself.
    const words = [process.execPath, FRONT, socket].map((word) => JSON.stringify(word)).join(" ");
    writeFileSync(
      file,
      `#!/bin/sh\ntrap '' HUP\nanswer=$(${words} $$ ${JSON.stringify(real)} "$@") || exit $?\neval "$answer"\n`,
    );
    chmodSync(file, 0o755);
    return file;
  };
  for (const name of ["terraform", "tofu"]) {
    const real = name === terraform.name ? terraform.path : which(name, env);
    if (real) front(name, real);
  }
  return {
    // The project's own cdktf is what is meant, whether npm started this or not; then the one that came with us.
    PATH: [
      directory,
      ...[project, packageRoot()].map((root) => path.join(root, "node_modules/.bin")),
      env["PATH"],
    ].join(path.delimiter),
    TERRAFORM_BINARY_NAME: path.join(directory, terraform.name),
    KEELSON_FRONTS: directory,
    CHECKPOINT_DISABLE: "1",
  };
}

/** Settings under which a log gets plain lines, and no complaint that has nothing to do with the simulation. */
function readable(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const settings = env["TF_CLI_CONFIG_FILE"];
  return {
    // cdktf redraws its status for a terminal; with CI set it prints each line once.
    ...(!process.stdout.isTTY && { CI: env["CI"] ?? "1" }),
    // Terraform warns with every command of a settings file that is not there.
    ...(settings && !existsSync(settings) && { TF_CLI_CONFIG_FILE: undefined }),
  };
}

/** A simulation inside a simulation works on the real Terraform, not on the outer one's front. */
function withoutOuterSimulation(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const outer = env["KEELSON_FRONTS"];
  if (outer === undefined) return env;
  const directories = (env["PATH"] ?? "").split(path.delimiter).filter((directory) => directory !== outer);
  return {
    ...env,
    PATH: directories.join(path.delimiter),
    TERRAFORM_BINARY_NAME: undefined,
    KEELSON_FRONTS: undefined,
  };
}

/** Runs the command in the foreground; an interrupt reaches it too, and it decides when it is done. */
function run([file = "", ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: "inherit", env });
    // A terminal interrupts the whole group, the command included; a second interrupt would make Terraform give up
    // without writing its state.
    const interrupt = () => process.stdin.isTTY || child.kill("SIGINT");
    const terminate = () => child.kill("SIGTERM");
    process.on("SIGINT", interrupt).on("SIGTERM", terminate);
    child.on("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "ENOENT" ? new Error(`command not found: ${file}`) : error);
    });
    child.on("exit", (code, signal) => {
      process.off("SIGINT", interrupt).off("SIGTERM", terminate);
      resolve(code ?? 128 + os.constants.signals[signal ?? "SIGTERM"]);
    });
  });
}
