import type { Binding } from "./bindings";
import { EPHEMERAL_TYPES } from "./ephemeral-types";
import { invent, type Invention } from "./invent";
import { Unknown, type ObjectValue, type Value } from "./protocol/value";
import { Seeded } from "./random";
import type { Block, ProviderSchema } from "./schema";

/** The ephemeral types of a provider that are simulated. Bindings have none, so those worth having stand in a table. */
export function ephemeralTypesOf(source: string): Readonly<Record<string, Block>> {
  return EPHEMERAL_TYPES[source] ?? {};
}

/** Providers that can be served without a binding, for their ephemeral types alone: they have nothing to configure. */
const BARE: Readonly<Record<string, string>> = { "hashicorp/random": "3.9.0" };

/** What stands for the binding of a provider of which only ephemeral types are used; undefined where that can't be. */
export function withoutBinding(source: string): Binding | undefined {
  const name = source.toLowerCase().split("/").slice(-2).join("/");
  const known = name.includes("/") ? name : `hashicorp/${name}`;
  const version = BARE[known];
  if (version === undefined) return undefined;
  return { source: known, packageName: "", packageVersion: "", providerVersion: version, directory: "" };
}

/** The schema of what `withoutBinding` gave. */
export function schemaWithoutBinding({
  source,
  packageName,
  providerVersion,
}: Binding): ProviderSchema | undefined {
  const nothing = { attributes: {}, blocks: {} };
  return packageName === ""
    ? { source, version: providerVersion, provider: nothing, resources: {}, dataSources: {} }
    : undefined;
}

/** What the providers fill in where the configuration leaves it open. */
const DEFAULTS: ObjectValue = {
  ...{ special: true, upper: true, lower: true, numeric: true },
  ...{ min_numeric: 0, min_upper: 0, min_lower: 0, min_special: 0 },
  ...{ with_decryption: true, version_stage: "AWSCURRENT", version_stages: ["AWSCURRENT"] },
};

/** What an ephemeral resource holds while it is open: always the same for the same configuration. */
export function open(invention: Invention, config: ObjectValue): ObjectValue {
  const { block, type, seed } = invention;
  const asked = { ...config };
  for (const [name, { computed }] of Object.entries(block.attributes))
    if (computed && (config[name] ?? null) === null) asked[name] = DEFAULTS[name] ?? new Unknown();
  if ("region" in asked) asked["region"] = config["region"] ?? invention.cloud.region;
  if (type === "ephemeral.random_password") asked["result"] = password(config, new Seeded(seed));
  return invent(invention, asked);
}

/**
 * A password of the length and the characters that are asked for.
 *
 * @see https://registry.terraform.io/providers/hashicorp/random/latest/docs/ephemeral-resources/password
 */
function password(config: ObjectValue, random: Seeded): Value {
  const kinds = [
    { name: "lower", characters: "abcdefghijklmnopqrstuvwxyz" },
    { name: "upper", characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
    { name: "numeric", characters: "0123456789" },
    { name: "special", characters: String(config["override_special"] ?? "!@#$%&*()-_=+[]{}<>:?") },
  ].filter(({ name, characters }) => config[name] !== false && characters !== "");
  const all = kinds.map(({ characters }) => characters).join("");
  const draw = (characters: string, i: number) =>
    characters[random.number(characters.length, `password ${i}`)];
  const least = kinds.flatMap(({ name, characters }) =>
    Array.from({ length: Number(config[`min_${name}`] ?? 0) }, () => characters),
  );
  const length = Number(config["length"] ?? 0);
  return Array.from({ length }, (_, i) => draw(least[i] ?? all, i) ?? "").join("");
}
