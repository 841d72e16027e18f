import { existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { readJson } from "../../json-file";
import type { Children } from "../children";

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

/** How many characters of what an app prints are kept. */
const SAID_MAX = 50_000;

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
  { env, children }: { readonly env: NodeJS.ProcessEnv; readonly children: Children },
): Promise<Synthesis> {
  const file = path.join(project, "cdktf.json");
  if (!existsSync(file)) throw new SynthesisError(`there is no cdktf.json in ${project}`);
  const { app, context = {} } = readJson(file) as { app?: string; context?: object };
  if (typeof app !== "string") throw new SynthesisError(`${file} names no 'app'`);

  const directory = path.join(project, outdir);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(path.dirname(directory), { recursive: true });
  const settings = {
    ...env,
    CDKTF_OUTDIR: outdir,
    CDKTF_CONTEXT_JSON: JSON.stringify(context),
    KEELSON_SIMULATED: "1",
  };
  const { code, stdout, stderr } = await children.run("/bin/sh", ["-c", app], {
    cwd: project,
    env: settings,
  });
  const said = `${stdout.slice(-SAID_MAX)}${stderr.slice(-SAID_MAX)}`;
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
