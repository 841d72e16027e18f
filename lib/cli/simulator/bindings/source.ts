import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The TypeScript that cdktf generated for one resource, data source or provider. */
export interface GeneratedModule {
  /** The module's file, for messages. */
  readonly file: string;
  readonly text: string;
}

/** The names of the directories under `directory` that hold a generated module, sorted. */
export function listModules(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && mainFile(join(directory, entry.name)) !== undefined)
    .map((entry) => entry.name)
    .sort();
}

/**
 * Reads a module together with the structs that the generator moves out of resources with many of them
 * (`index-structs/structs*.ts`).
 *
 * @throws Error when a compiled file carries no source
 * @see https://github.com/hashicorp/terraform-cdk/blob/v0.21.0/packages/@cdktf/provider-generator/lib/get/generator/emitter/struct-emitter.ts
 */
export function readModule(directory: string): GeneratedModule {
  const file = mainFile(directory);
  if (file === undefined) throw new Error(`${directory}: has neither index.ts nor index.js`);
  const structs = join(directory, "index-structs");
  const extension = file.slice(-3);
  const parts = existsSync(structs)
    ? readdirSync(structs).filter((name) => name.startsWith("structs") && isSource(name, extension))
    : [];
  return {
    file,
    text: [file, ...parts.sort().map((name) => join(structs, name))].map(readSource).join("\n"),
  };
}

function isSource(name: string, extension: string): boolean {
  return name.endsWith(extension) && !name.endsWith(".d.ts");
}

/** `index.ts` comes first: a project's own `.gen` may have been compiled beside its sources, without source maps. */
function mainFile(directory: string): string | undefined {
  return ["index.ts", "index.js"].map((name) => join(directory, name)).find((file) => existsSync(file));
}

const INLINE_SOURCE_MAP = "//# sourceMappingURL=data:application/json;";

/** The compiler drops the comments that the schema is read from; the inline source map keeps the whole source. */
function readSource(file: string): string {
  const text = readFileSync(file, "utf8");
  if (file.endsWith(".ts")) return text;
  const start = text.lastIndexOf(INLINE_SOURCE_MAP);
  const data = start < 0 ? -1 : text.indexOf("base64,", start);
  if (data < 0) throw new Error(`${file}: has no inline source map, so its generated source cannot be read`);
  const map = JSON.parse(Buffer.from(text.slice(data + "base64,".length), "base64").toString("utf8")) as {
    sourcesContent?: (string | null)[];
  };
  const sources = map.sourcesContent ?? [];
  if (sources.length === 0 || sources.includes(null)) {
    throw new Error(`${file}: its source map has no sourcesContent, so its generated source cannot be read`);
  }
  return sources.join("\n");
}
