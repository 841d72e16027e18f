import { existsSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { readJson } from "./json-file";

/** The nearest folder at or above `directory` that holds a `cdktf.json`; `directory` itself where none does. */
export function projectRoot(directory: string): string {
  for (let at = directory; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, "cdktf.json"))) return at;
    if (path.dirname(at) === at) return directory;
  }
}

/** The user's cache folder. The XDG base directory specification says to ignore a path that is not absolute. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  const configured = env["XDG_CACHE_HOME"] ?? "";
  return path.join(path.isAbsolute(configured) ? configured : path.join(os.homedir(), ".cache"), "keelson");
}

/** The names of the pre-built providers in the project's package.json: `aws` of `@cdktf/provider-aws`. */
export function configuredBindings(project: string): string[] {
  const file = path.join(project, "package.json");
  if (!existsSync(file)) return [];
  const manifest = readJson(file) as Record<string, object | undefined> | null;
  const names = ["dependencies", "devDependencies", "peerDependencies"].flatMap((kind) =>
    Object.keys(manifest?.[kind] ?? {}),
  );
  const bindings = names.filter((name) => /^@cdkt[fn]\/provider-/.test(name));
  return [...new Set(bindings.map((name) => name.replace(/^.*\/provider-/, "")))];
}

/** This package's own root, from the sources as from what is built of them. */
export function packageRoot(): string {
  for (let at = __dirname; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, "bin/terraform-front.js"))) return at;
    if (path.dirname(at) === at) throw new Error(`keelson is not whole: bin/ is missing above ${__dirname}`);
  }
}
