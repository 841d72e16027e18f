import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { readJson } from "../../json-file";
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
  readonly ephemerals: readonly TypeUse[];
  /** Whether these are all the types in it: of native syntax and of rarer blocks not all are known. */
  readonly complete: boolean;
  /** The sources of the modules that it calls, as they stand there. */
  readonly modules: readonly string[];
}

/** That a type is used, and the source of the provider that it belongs to. */
export interface TypeUse {
  readonly type: string;
  readonly source: string;
}

/** The blocks that name no types but those in `resource`, `data` and `ephemeral`. */
const PLAIN = new Set([
  ...["//", "terraform", "provider", "resource", "data", "ephemeral", "output"],
  ...["variable", "locals", "module", "moved", "removed"],
]);

type Body = Readonly<Record<string, unknown>>;

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
    .map((name) => readJson(path.join(directory, name)) as Body);
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

  const settings = json.flatMap((file) => blocks(file["terraform"]));
  const named = new Map<string, { source: string; version?: string }>();
  for (const block of settings.flatMap((one) => blocks(one["required_providers"]))) {
    for (const [name, value] of Object.entries(block)) {
      const { source = `hashicorp/${name}`, version } = value as { source?: string; version?: string };
      named.set(name, version === undefined ? { source } : { source, version });
    }
  }
  for (const { text } of native) {
    const declared = text.matchAll(/^\s*(\w[\w-]*)\s*=\s*\{[^{}]*?source\s*=\s*"([^"]+)"/gms);
    for (const [, name = "", source = ""] of declared) named.set(name, { source });
  }

  const sourceOf = (type: string, provider: unknown) => {
    const reference = typeof provider === "string" ? provider.replace(/^\$\{(.*)\}$/, "$1") : type;
    const local = reference.split(typeof provider === "string" ? "." : "_")[0] ?? type;
    return named.get(local)?.source ?? (local === "terraform" ? BUILT_IN : `hashicorp/${local}`);
  };
  const uses = (kind: "resource" | "data" | "ephemeral"): TypeUse[] =>
    json
      .flatMap((file) => labelled(file[kind]))
      .flatMap(([type, instances]) =>
        labelled(instances).map(([, body]) => ({ type, source: sourceOf(type, body["provider"]) })),
      )
      .filter(({ source }) => source !== BUILT_IN);
  const nativeTypes = native.flatMap(({ text }) => [
    ...text.matchAll(/^\s*(?:resource|data|ephemeral)\s+"(\w+)"/gm),
  ]);
  const [resources, dataSources, ephemerals] = [uses("resource"), uses("data"), uses("ephemeral")];
  const implied = [
    ...[...resources, ...dataSources, ...ephemerals].map(({ source }) => ({ source })),
    ...nativeTypes.map(([, type = ""]) => ({ source: sourceOf(type, undefined) })),
  ];
  const backend = settings.flatMap((block) => labelled(block["backend"])).at(0);
  const cloud = settings.flatMap((block) => blocks(block["cloud"])).at(0);
  const remoteStates = json
    .flatMap((file) => labelled(file["data"]))
    .filter(([type]) => type === "terraform_remote_state")
    .flatMap(([, instances]) => labelled(instances));

  return {
    ...(backend && { backend: { type: backend[0], config: backend[1] } }),
    ...(cloud && { backend: { type: "cloud", config: cloud } }),
    remoteStates: Object.fromEntries(
      remoteStates.map(([name, { backend: type = "local", config = {} }]) => [
        name,
        { type: String(type), config: config as Body },
      ]),
    ),
    providers: distinct([...named.values(), ...implied].filter(({ source }) => source !== BUILT_IN)),
    resources,
    dataSources,
    ephemerals,
    complete:
      !names.some((name) => /\.(tf|tofu|tofu\.json)$/.test(name)) &&
      json.every((file) => Object.keys(file).every((block) => PLAIN.has(block))),
    modules: [
      ...json.flatMap((file) => labelled(file["module"])).map(([, body]) => String(body["source"])),
      ...native
        .flatMap(({ text }) => [...text.matchAll(/^\s*module\s+"[^"]*"\s*\{[^}]*?source\s*=\s*"([^"]+)"/gms)])
        .map(([, source = ""]) => source),
    ],
  };
}

function distinct<T extends { readonly source: string }>(providers: readonly T[]): T[] {
  return providers.filter((one, i) => providers.findIndex(({ source }) => source === one.source) === i);
}

/** A block in JSON is one object or a list of them. */
function blocks(value: unknown): Body[] {
  return [value].flat().filter((one): one is Body => typeof one === "object" && one !== null);
}

/** The blocks below their labels, each of which may be written as one object or as a list. */
function labelled(value: unknown): (readonly [string, Body])[] {
  return blocks(value).flatMap((block) =>
    Object.entries(block).flatMap(([label, bodies]) => blocks(bodies).map((body) => [label, body] as const)),
  );
}
