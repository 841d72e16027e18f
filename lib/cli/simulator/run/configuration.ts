import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { BackendConfig } from "./backend";

/** What the simulator needs to know of one folder of Terraform configuration. */
export interface Configuration {
  /** Undefined where the configuration names no back end: Terraform then keeps the state beside it. */
  readonly backend?: BackendConfig;
  /** The `terraform_remote_state` data sources, by name. */
  readonly remoteStates: Readonly<Record<string, BackendConfig>>;
  /** Provider sources, such as `hashicorp/aws` or `aws`, with the version constraint that stands with them. */
  readonly providers: readonly { readonly source: string; readonly version?: string }[];
  readonly resources: readonly TypeUse[];
  readonly dataSources: readonly TypeUse[];
}

/** That a type is used, and the source of the provider that it belongs to. */
export interface TypeUse {
  readonly type: string;
  readonly source: string;
}

interface Json {
  readonly terraform?: unknown;
  readonly data?: Record<string, Record<string, { provider?: string; backend?: string; config?: object }>>;
  readonly resource?: Record<string, Record<string, { provider?: string }>>;
}

/** Providers that Terraform has built in. */
const BUILT_IN = "terraform.io/builtin/terraform";

/**
 * Reads the configuration in `directory`. JSON, which cdktf writes, is read whole; of native syntax only the
 * `required_providers` are.
 *
 * @throws Error when there is none, or when native syntax holds a remote state, which could not be made local.
 */
export function readConfiguration(directory: string): Configuration {
  const names = existsSync(directory) ? readdirSync(directory) : [];
  const json = names
    .filter((name) => name.endsWith(".tf.json"))
    .map((name) => read(path.join(directory, name)));
  const native = names
    .filter((name) => name.endsWith(".tf") || name.endsWith(".tofu"))
    .map((name) => ({ name, text: readFileSync(path.join(directory, name), "utf8") }));

  for (const { name, text } of native) {
    if (/^\s*data\s+"terraform_remote_state"/m.test(text)) {
      throw new Error(
        `${path.join(directory, name)} reads a remote state in native syntax, which cannot be simulated; ` +
          "synthesize to JSON (cdktf's default)",
      );
    }
  }

  const settings = json.flatMap(({ terraform }) => list(terraform));
  const required = settings.flatMap((block) => list(block["required_providers"]));
  const named = new Map<string, { source: string; version?: string }>();
  for (const block of required) {
    for (const [name, value] of Object.entries(block)) {
      const { source = `hashicorp/${name}`, version } = value as { source?: string; version?: string };
      named.set(name, version === undefined ? { source } : { source, version });
    }
  }
  for (const { text } of native) {
    for (const [, name = "", source = ""] of text.matchAll(
      /^\s*(\w[\w-]*)\s*=\s*\{[^{}]*?source\s*=\s*"([^"]+)"/gms,
    )) {
      named.set(name, { source });
    }
  }

  const sourceOf = (type: string, provider?: string) => {
    const local = provider?.replace(/^\$\{(.*)\}$/, "$1").split(".")[0] ?? type.split("_")[0] ?? type;
    return named.get(local)?.source ?? (local === "terraform" ? BUILT_IN : `hashicorp/${local}`);
  };
  const uses = (kind: "resource" | "data"): TypeUse[] =>
    json.flatMap((file) =>
      Object.entries(file[kind] ?? {}).flatMap(([type, instances]) =>
        Object.values(instances).map(({ provider }) => ({ type, source: sourceOf(type, provider) })),
      ),
    );
  const resources = uses("resource").filter(({ source }) => source !== BUILT_IN);
  const dataSources = uses("data").filter(({ source }) => source !== BUILT_IN);
  const implied = [...resources, ...dataSources].map(({ source }) => ({ source }));
  const backends = settings.flatMap((block) =>
    Object.entries((block["backend"] ?? {}) as Record<string, object>),
  );
  const cloud = settings.find((block) => block["cloud"])?.["cloud"];

  return {
    ...(backends[0] && { backend: { type: backends[0][0], config: { ...backends[0][1] } } }),
    ...(cloud ? { backend: { type: "cloud", config: cloud as Record<string, unknown> } } : {}),
    remoteStates: Object.fromEntries(
      json.flatMap(({ data }) =>
        Object.entries(data?.["terraform_remote_state"] ?? {}).map(
          ([name, { backend = "local", config = {} }]) => [name, { type: backend, config: { ...config } }],
        ),
      ),
    ),
    providers: distinct([...named.values(), ...implied].filter(({ source }) => source !== BUILT_IN)),
    resources,
    dataSources,
  };
}

function distinct<T extends { readonly source: string }>(providers: readonly T[]): T[] {
  return providers.filter((one, i) => providers.findIndex(({ source }) => source === one.source) === i);
}

/** A block in JSON is one object or a list of them. */
function list(value: unknown): Record<string, unknown>[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]) as Record<string, unknown>[];
}

function read(file: string): Json {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Json;
  } catch (error) {
    throw new Error(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
