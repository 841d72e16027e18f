import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProviderSchema } from "../schema";
import { isGenerated, type Binding } from "./binding";

/**
 * The file that keeps a binding's schema. Its name changes with the binding and with this parser, so that a schema is
 * never served that another binding or another parser made.
 *
 * @param parserDir the directory whose files are the parser; its own by default
 */
export function cacheFile(cacheDir: string, binding: Binding, parserDir = __dirname): string {
  const digest = createHash("sha256").update(digestOfParser(parserDir));
  if (isGenerated(binding)) digest.update(fingerprint(binding.directory));
  const name = `${binding.packageName}-${binding.packageVersion}`
    .replace(/[^\w.-]+/g, "-")
    .replace(/^[.-]+/, "");
  return join(cacheDir, `${name}-${digest.digest("hex").slice(0, 16)}.json`);
}

/** What `writeCache` wrote; undefined when there is nothing, or when it is not whole. */
export function readCache(file: string): ProviderSchema | undefined {
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const end = content.indexOf("\n");
  const json = content.slice(end + 1);
  return content.slice(0, end) === checksum(json) ? (JSON.parse(json) as ProviderSchema) : undefined;
}

/** Writes beside the file and renames, so that another process sees the old content or the new one, and nothing between. */
export function writeCache(file: string, schema: ProviderSchema): void {
  const json = JSON.stringify(schema);
  mkdirSync(join(file, ".."), { recursive: true });
  const temporary = `${file}.${randomUUID()}`;
  try {
    writeFileSync(temporary, `${checksum(json)}\n${json}`);
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function checksum(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function digestOfParser(directory: string): string {
  const digest = createHash("sha256");
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    digest.update(`${entry.name}\n`).update(readFileSync(join(directory, entry.name)));
  }
  return digest.digest("hex");
}

/** The names, sizes and times of change of all files under a directory: `cdktf get` rewrites them in place. */
function fingerprint(directory: string): string {
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" }).sort();
  return files
    .map((file) => [file, statSync(join(directory, file))] as const)
    .filter(([, stats]) => stats.isFile())
    .map(([file, stats]) => `${file} ${String(stats.size)} ${String(stats.mtimeMs)}\n`)
    .join("");
}
