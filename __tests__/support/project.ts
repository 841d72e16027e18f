import { execFile, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { BUILT, ROOT } from "./run";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of its own with Terraform JSON in it, and the real Terraform run there through `keelson simulate`. */
export class Project {
  readonly directory = mkdtempSync(path.join(os.tmpdir(), "keelson-test-"));

  constructor(configuration?: object) {
    symlinkSync(path.join(ROOT, "node_modules"), path.join(this.directory, "node_modules"));
    this.write("cdktf.json", { app: "true", language: "typescript" });
    if (configuration) this.write("cdk.tf.json", configuration);
  }

  /** Another project with the same files and simulated state, where Terraform has to be initialised anew. */
  copy(): Project {
    const copy = new Project();
    const filter = (source: string) => !/node_modules$|\.keelson\/(shadow|running)/.test(source);
    cpSync(this.directory, copy.directory, { recursive: true, filter });
    return copy;
  }

  path(...names: string[]): string {
    return path.join(this.directory, ...names);
  }

  write(name: string, content: object | string): void {
    mkdirSync(path.dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), typeof content === "string" ? content : JSON.stringify(content));
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  exists(name: string): boolean {
    return existsSync(this.path(name));
  }

  /** Runs `keelson simulate [options] -- command` here. */
  simulate(
    command: readonly string[],
    options: readonly string[] = [],
    env: NodeJS.ProcessEnv = {},
  ): Promise<Outcome> {
    return keelson(["simulate", ...options, "--", ...command], this.directory, env);
  }

  /** `terraform init` and then `command`, in one simulation. */
  terraform(command: string, options: readonly string[] = []): Promise<Outcome> {
    return this.simulate(
      ["sh", "-c", `terraform init -no-color >init.log 2>&1 || { cat init.log >&2; exit 9; }; ${command}`],
      options,
    );
  }

  /** The managed resources in a simulated state, as `type.name`. */
  resources(state: string): string[] {
    const file = path.join(".keelson/state", state);
    if (!this.exists(file)) return [];
    const { resources } = JSON.parse(this.read(file)) as {
      resources: { type: string; name: string; mode: string }[];
    };
    return resources.filter(({ mode }) => mode === "managed").map(({ type, name }) => `${type}.${name}`);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Runs the command line that this repository's sources make. */
export function keelson(args: readonly string[], cwd = ROOT, env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  return run(process.execPath, [path.join(BUILT, "bin/keelson.js"), ...args], cwd, env);
}

export function run(
  file: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 1 << 26, timeout: 600_000 };
    execFile(file, args, options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? 255 : 0, stdout, stderr });
    });
  });
}

/** Starts the command line as the leader of a process group, so that a test can interrupt it as a terminal does. */
export function start(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}) {
  return spawn(process.execPath, [path.join(BUILT, "bin/keelson.js"), ...args], {
    ...{ cwd, detached: true },
    env: { ...process.env, ...env },
  });
}
