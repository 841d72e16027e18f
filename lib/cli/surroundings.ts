import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "./project";
import { quote } from "./simulator/run/shell";
import { which, type TerraformBinary } from "./terraform-binary";

const FRONT = path.join(packageRoot(), "bin/terraform-front.js");

export interface SimulationPaths {
  readonly runDir: string;
  readonly socket: string;
  readonly project: string;
}

/** The environment of a simulated command: with a `terraform` of ours in front of each that is installed. */
export function simulatedEnvironment(
  { runDir, socket, project }: SimulationPaths,
  terraform: TerraformBinary,
  env: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const directory = path.join(runDir, "bin");
  mkdirSync(directory);
  for (const name of ["terraform", "tofu"]) {
    const real = name === terraform.name ? terraform.path : which(name, env);
    if (real) writeFront(path.join(directory, name), socket, real);
  }
  const settings = env["TF_CLI_CONFIG_FILE"];
  return {
    ...env,
    // The project's own cdktf is what is meant, whether npm started this or not; then the one that came with us.
    PATH: [
      directory,
      ...[project, packageRoot()].map((root) => path.join(root, "node_modules/.bin")),
      env["PATH"],
    ].join(path.delimiter),
    TERRAFORM_BINARY_NAME: path.join(directory, terraform.name),
    KEELSON_FRONTS: directory,
    KEELSON_SIMULATED: "1",
    CHECKPOINT_DISABLE: "1",
    // cdktf redraws its status for a terminal; with CI set it prints each line once.
    ...(!process.stdout.isTTY && { CI: env["CI"] ?? "1" }),
    ...(isPlain(env) && { NO_COLOR: "1", FORCE_COLOR: "0" }),
    // Terraform warns with every command of a settings file that is not there.
    ...(settings && !existsSync(settings) && { TF_CLI_CONFIG_FILE: undefined }),
  };
}

/** Whether output should be without colour: it goes into a log, and nobody asked for colour all the same. */
export function isPlain(env: NodeJS.ProcessEnv): boolean {
  return !process.stdout.isTTY && env["FORCE_COLOR"] === undefined;
}

/** A simulation inside a simulation works on the real Terraform, not on the outer one's front. */
export function withoutOuterSimulation(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
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

/** What asks for the version alone needs no simulator: cdktf does so several times before each of its commands. */
const VERSION = "version | -v | -version | --version";

/**
 * The shell becomes Terraform, so that signals, terminal and exit code are Terraform's own. It ignores a hang-up:
 * cdktf drops the terminal that it gave to Terraform when it is interrupted itself.
 */
function writeFront(file: string, socket: string, real: string): void {
  const words = [process.execPath, FRONT, socket].map(quote).join(" ");
  writeFileSync(
    file,
    [
      "#!/bin/sh",
      "trap '' HUP",
      `case \${1-} in ${VERSION}) exec ${quote(real)} "$@" ;; esac`,
      `answer=$(${words} $$ ${quote(real)} "$@") || exit $?`,
      `eval "$answer"`,
      "",
    ].join("\n"),
  );
  chmodSync(file, 0o755);
}
