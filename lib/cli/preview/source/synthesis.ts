import { spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { readJson } from "../../json-file";

/** One stack as it was synthesized. */
export interface SynthesizedStack {
  readonly name: string;
  /** The folder with its `cdk.tf.json` and assets. */
  readonly directory: string;
  /** The names of the stacks that are deployed before it. */
  readonly dependencies: readonly string[];
}

export type Synthesis = ReadonlyMap<string, SynthesizedStack>;

/** That the project's own code refused, or failed, to synthesize; with what it said. */
export class SynthesisError extends Error {}

interface Manifest {
  readonly stacks: Readonly<
    Record<
      string,
      {
        readonly workingDirectory: string;
        readonly dependencies?: readonly string[];
        readonly annotations?: readonly {
          readonly level: string;
          readonly message: string;
          readonly constructPath: string;
        }[];
      }
    >
  >;
}

/**
 * Runs the project's app as `cdktf synth` does, without the seconds that cdktf takes itself.
 *
 * @param outdir where it writes, relative to the project: the same for base and head, since Terraform may see paths
 * @throws SynthesisError with what the app said.
 */
export async function synthesize(
  project: string,
  outdir: string,
  env: NodeJS.ProcessEnv,
): Promise<Synthesis> {
  const file = path.join(project, "cdktf.json");
  if (!existsSync(file)) throw new SynthesisError(`there is no cdktf.json in ${project}`);
  const { app, context = {} } = readJson(file) as { app?: string; context?: object };
  if (typeof app !== "string") throw new SynthesisError(`${file} names no 'app'`);

  const directory = path.join(project, outdir);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(path.dirname(directory), { recursive: true });
  const { code, said } = await shell(app, project, {
    ...env,
    CDKTF_OUTDIR: outdir,
    CDKTF_CONTEXT_JSON: JSON.stringify(context),
    KEELSON_SIMULATED: "1",
  });
  if (code !== 0) throw new SynthesisError(said.trim() || `'${app}' ended with code ${code}`);
  const manifest = path.join(directory, "manifest.json");
  if (!existsSync(manifest)) throw new SynthesisError(`'${app}' synthesized nothing into ${outdir}`);
  return stacksOf(readJson(manifest) as Manifest, directory);
}

function stacksOf({ stacks }: Manifest, directory: string): Synthesis {
  const entries = Object.entries(stacks);
  const errors = entries.flatMap(([, { annotations = [] }]) =>
    annotations.filter(({ level }) => level === "@cdktf/error"),
  );
  if (errors.length > 0) {
    const lines = errors.map(({ constructPath, message }) => `[${constructPath}] ${message}`);
    throw new SynthesisError(lines.join("\n"));
  }
  return new Map(
    entries.map(([name, { workingDirectory, dependencies = [] }]) => [
      name,
      { name, directory: path.join(directory, workingDirectory), dependencies },
    ]),
  );
}

function shell(
  command: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; said: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, { cwd, env, shell: true, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text: string) => (said = (said + text).slice(-100_000)));
    }
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code: code ?? 1, said });
    });
  });
}
