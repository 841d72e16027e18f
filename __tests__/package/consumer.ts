import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { type Outcome, run } from "../support/project";
import { ROOT } from "../support/run";

interface Manifest {
  readonly version: string;
  readonly dependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
}

export const MANIFEST = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as Manifest;

/** What a project that follows cdktf's template has, besides what it installs with Keelson. */
const OF_THE_PROJECT = ["@types/node", "typescript"];

/**
 * Packs a copy of the repository, so that nothing is built in the tree itself.
 *
 * @returns the package, unpacked
 */
export async function pack(): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), "keelson-package-"));
  const copy = path.join(folder, "repository");
  const parts = [
    "package.json",
    "tsconfig.json",
    "tsconfig.build.json",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
  ];
  for (const part of [...parts, "bin", "lib", "stacks", "scripts", "__tests__", "examples"]) {
    cpSync(path.join(ROOT, part), path.join(copy, part), { recursive: true });
  }
  symlinkSync(path.join(ROOT, "node_modules"), path.join(copy, "node_modules"));
  // What an earlier build left must not get into the package.
  mkdirSync(path.join(copy, "dist/stale"), { recursive: true });
  writeFileSync(path.join(copy, "dist/stale/left.js"), "");

  // The notifier would ask a registry for a newer npm.
  const env = { npm_config_update_notifier: "false" };
  await succeeds(run("npm", ["pack", "--pack-destination", folder], copy, env));
  await succeeds(run("tar", ["-xzf", `keelson-${MANIFEST.version}.tgz`], folder));
  return path.join(folder, "package");
}

/** A project that has the package installed, together with what it declares and nothing else of ours. */
export function install(unpacked: string): string {
  const project = path.join(path.dirname(unpacked), "project");
  const keelson = path.join(project, "node_modules/keelson");
  cpSync(unpacked, keelson, { recursive: true });
  for (const name of Object.keys(MANIFEST.dependencies)) link(name, keelson);
  for (const name of [...Object.keys(MANIFEST.peerDependencies), ...OF_THE_PROJECT]) link(name, project);
  return project;
}

function link(name: string, folder: string): void {
  const place = path.join(folder, "node_modules", name);
  mkdirSync(path.dirname(place), { recursive: true });
  symlinkSync(path.join(ROOT, "node_modules", name), place);
}

export async function succeeds(running: Promise<Outcome>): Promise<Outcome> {
  const outcome = await running;
  if (outcome.code !== 0) throw new Error(`exit ${outcome.code}\n${outcome.stdout}${outcome.stderr}`);
  return outcome;
}
