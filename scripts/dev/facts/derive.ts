import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findBinding, loadSchema } from "../../../lib/cli/simulator/bindings";
import { CHANGES, type Derived, type DerivedType } from "../../../lib/cli/simulator/facts/derived";
import type { Fact } from "../../../lib/cli/simulator/facts/facts";
import { cacheDirectory } from "../../../lib/cli/project";
import { fold, sensitiveIn } from "./fold";
import { readSource, type Source } from "./sources";

const LICENCE =
  "MPL-2.0. The facts in this file were read from the source of the module below, which is under the Mozilla Public License 2.0, " +
  "https://mozilla.org/MPL/2.0/; so is this file. See docs/facts.md.";

/** The types of a provider that are used, known of by hand, derived already, or asked for; without those of other providers. */
export function typesOf(
  { name }: Source,
  root: string,
  byHand: readonly Fact[],
  before: Derived | undefined,
  more: readonly string[],
): string[] {
  const lists = join(root, "__tests__/stacks/addresses");
  const used = readdirSync(lists)
    .flatMap((file) => readFileSync(join(lists, file), "utf8").split("\n"))
    .map((address) =>
      address
        .split(".")
        .slice(0, address.startsWith("data.") ? 2 : 1)
        .join("."),
    );
  const all = [...used, ...byHand.map(({ type }) => type), ...Object.keys(before?.types ?? {}), ...more];
  return [...new Set(all)].filter((type) => new RegExp(`^(data\\.)?${name}_`).test(type)).sort();
}

/** Reads the source of a provider, and keeps what its installed binding has. */
export async function derive(source: Source, root: string, types: readonly string[]): Promise<Derived> {
  const binding = findBinding(source.name, root);
  const schema = await loadSchema(binding, { cacheDir: cacheDirectory(process.env) });
  const { provider, read } = readSource(source, types);
  const derived: Record<string, DerivedType> = {};
  for (const type of types) {
    const isData = type.startsWith("data.");
    const block = isData ? schema.dataSources[type.slice("data.".length)] : schema.resources[type];
    if (!block) throw new Error(`${binding.packageName} ${binding.packageVersion} has no ${type}`);
    const one = read[type] ?? {};
    derived[type] = isData ? { source: one.source ?? "", ...sensitiveIn(one, block) } : fold(one, block);
  }
  return {
    licence: LICENCE,
    module: source.module,
    version: source.version,
    provider,
    date: new Date().toISOString().slice(0, 10),
    binding: `${binding.packageName} ${binding.packageVersion}`,
    bindingProvider: binding.providerVersion,
    types: derived,
  };
}

/** As a file: one line for each kind of fact and what says so. */
export function render({ types, ...head }: Derived): string {
  const lines = Object.entries(head).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},`,
  );
  const shown = Object.entries(types).map(
    ([type, known]) => `    ${JSON.stringify(type)}: {\n${facts(known)}\n    }`,
  );
  return ["{", ...lines, '  "types": {', shown.join(",\n"), "  }", "}", ""].join("\n");
}

function facts(known: DerivedType): string {
  const line = (key: string, value: unknown) => `      ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
  const changes = CHANGES.flatMap((change) => {
    const reasons = Object.entries(known[change] ?? {});
    const each = reasons.map(
      ([reason, paths]) => `        ${JSON.stringify(reason)}: ${JSON.stringify(paths)}`,
    );
    return each.length > 0 ? [`      ${JSON.stringify(change)}: {\n${each.join(",\n")}\n      }`] : [];
  });
  const sensitive = known.sensitive ? [line("sensitive", known.sensitive)] : [];
  return [line("source", known.source), ...changes, ...sensitive].join(",\n");
}

/** What is not as it was, a line each. */
export function changed(before: Derived | undefined, after: Derived): string[] {
  const heads = (["version", "provider", "binding", "bindingProvider"] as const)
    .filter((key) => before?.[key] !== after[key])
    .map((key) => `'${key}' was ${before?.[key] ?? "nothing"} and is ${after[key]}`);
  const [was, is] = [said(before?.types ?? {}), said(after.types)];
  const others = [...new Set([...was.keys(), ...is.keys()])]
    .filter((key) => was.get(key) !== is.get(key))
    .map((key) => `${key} was ${was.get(key) ?? "nothing"} and is ${is.get(key) ?? "nothing"}`);
  return [...heads, ...others];
}

/** What is said of each attribute, and the file of each type. */
function said(types: Derived["types"]): Map<string, string> {
  return new Map(
    Object.entries(types).flatMap(([type, known]) => [
      [type, `read from ${known.source}`] as const,
      ...(known.sensitive ?? []).map((name) => [`${type}.${name} (as a secret)`, "sensitive"] as const),
      ...CHANGES.flatMap((change) =>
        Object.entries(known[change] ?? {}).flatMap(([why, names]) =>
          names.map((name) => [`${type}.${name}`, `'${change}' (${why})`] as const),
        ),
      ),
    ]),
  );
}
