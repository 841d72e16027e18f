import { existsSync, readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import { readJson } from "../../json-file";
import type { Children } from "../children";

/** The lock files, and how what they name is installed without changing them. */
const INSTALLS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  "package-lock.json": ["npm", "ci", "--no-audit", "--no-fund"],
  "yarn.lock": ["yarn", "install", "--frozen-lockfile"],
  "pnpm-lock.yaml": ["pnpm", "install", "--frozen-lockfile"],
};

interface Installing {
  readonly say: (text: string) => void;
  readonly env: NodeJS.ProcessEnv;
  readonly children: Children;
}

/**
 * Gives the base what its code imports: a link to what the working tree has where both have the same lock file, and
 * an installation of its own otherwise.
 *
 * @throws Error with what the installation said.
 */
export async function provideDependencies(
  head: string,
  base: string,
  { say, env, children }: Installing,
): Promise<void> {
  const lock = Object.keys(INSTALLS).find((name) => existsSync(path.join(base, name)));
  const install = lock === undefined ? undefined : INSTALLS[lock];
  if (lock && install && (!sameFile(head, base, lock) || hasWorkspaces(base))) {
    say(`the base has another ${lock}: ${install.join(" ")} ...`);
    await run(install, base, { env, children });
  } else link(head, base, "node_modules");

  // What 'cdktf get' generates from cdktf.json is in no repository.
  if (existsSync(path.join(head, ".gen")) && !existsSync(path.join(base, ".gen"))) {
    if (generatedFrom(head) === generatedFrom(base)) link(head, base, ".gen");
    else {
      say("the base names other providers or modules in its cdktf.json: cdktf get ...");
      await run(["npx", "--no-install", "cdktf", "get"], base, { env, children });
    }
  }
}

function link(from: string, to: string, name: string): void {
  const [target, place] = [path.join(from, name), path.join(to, name)];
  if (existsSync(target) && !existsSync(place)) symlinkSync(target, place);
}

function sameFile(one: string, other: string, name: string): boolean {
  const [first, second] = [path.join(one, name), path.join(other, name)];
  return existsSync(first) && existsSync(second) && readFileSync(first).equals(readFileSync(second));
}

/** Whether node_modules would lead back into the working tree's own packages. */
function hasWorkspaces(project: string): boolean {
  const manifest = path.join(project, "package.json");
  return existsSync(manifest) && "workspaces" in (readJson(manifest) as object);
}

function generatedFrom(project: string): string {
  const { terraformProviders, terraformModules } = readJson(path.join(project, "cdktf.json")) as Record<
    string,
    unknown
  >;
  return JSON.stringify([terraformProviders, terraformModules]);
}

async function run(
  [file, ...args]: readonly [string, ...string[]],
  cwd: string,
  { env, children }: Omit<Installing, "say">,
): Promise<void> {
  const command = [file, ...args].join(" ");
  let ended;
  try {
    ended = await children.run(file, args, { cwd, env });
  } catch (error) {
    throw new Error(`${command} failed in the base: ${(error as Error).message}`, { cause: error });
  }
  if (ended.code === 0) return;
  const said = ended.stderr.trim().split("\n").slice(-5).join("\n") || `it ended with ${ended.code}`;
  throw new Error(`${command} failed in the base: ${said}`);
}
