import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { downloadGoModule } from "../go-module";

/** A provider whose source is read. The version is one that Go's module proxy has: newer than the binding's provider. */
export interface Source {
  readonly name: string;
  readonly module: string;
  readonly version: string;
  /** Modules with helpers that its schemas are made with; their versions stand in its go.mod. */
  readonly helpers: readonly string[];
}

/** The kubernetes provider is small enough to be built: `scripts/dev/kubernetes-facts.ts`. */
export const SOURCES: readonly Source[] = [
  {
    name: "aws",
    module: "github.com/hashicorp/terraform-provider-aws",
    version: "v1.60.1-0.20260602190131-5f2286d6d836",
    helpers: [],
  },
  {
    name: "azurerm",
    module: "github.com/hashicorp/terraform-provider-azurerm",
    version: "v1.44.1-0.20260824201233-fae580791926",
    helpers: ["github.com/hashicorp/go-azure-helpers"],
  },
];

/** What the reader of the Go source says of one type. */
export interface Read {
  readonly source?: string;
  readonly problem?: string;
  readonly attributes?: Readonly<Record<string, ReadAttribute>>;
}

export interface ReadAttribute {
  readonly change: "replaces" | "in-place" | "may-replace";
  readonly why: string;
  readonly block?: true;
  /** Those of `Required`, `Optional` and `Computed` that are set, joined with `+`; `unknown` where one was not evaluated. */
  readonly flags?: string;
  readonly sensitive?: true;
}

/** Reads what the provider's source says of `types`. Needs Go; downloads modules into Go's own cache. */
export function readSource(
  source: Source,
  types: readonly string[],
): { readonly provider: string; readonly read: Readonly<Record<string, Read>> } {
  const directory = downloadGoModule(source.module, source.version);
  const helpers = source.helpers.map((helper) => {
    const version = new RegExp(`^\\s*${helper} (\\S+)`, "m").exec(
      readFileSync(join(directory, "go.mod"), "utf8"),
    )?.[1];
    if (!version) throw new Error(`${source.module} ${source.version} does not require ${helper}`);
    return `${helper}=${downloadGoModule(helper, version)}`;
  });
  return {
    provider: readFileSync(join(directory, "version/VERSION"), "utf8").trim(),
    read: runReader([`${source.module}=${directory}`, ...helpers], types),
  };
}

/** Runs the reader, `scripts/dev/tools/provider-facts`, on modules given as `<import path>=<folder>`. */
export function runReader(
  modules: readonly string[],
  types: readonly string[],
): Readonly<Record<string, Read>> {
  const output = execFileSync("go", ["run", ".", ...modules], {
    cwd: join(__dirname, "../tools/provider-facts"),
    env: { ...process.env, GOWORK: "off" },
    input: types.join("\n"),
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(output) as Record<string, Read>;
}
