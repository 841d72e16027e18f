import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { findBinding, loadSchema } from "../../../lib/cli/simulator/bindings";
import {
  isChange,
  rowsOf,
  UNREAD,
  withDerived,
  type Derived,
} from "../../../lib/cli/simulator/facts/derived";
import { Facts, type Fact } from "../../../lib/cli/simulator/facts/facts";
import { invent } from "../../../lib/cli/simulator/invent";
import { Unknown } from "../../../lib/cli/simulator/protocol/value";
import type { Attribute, Block, ProviderSchema } from "../../../lib/cli/simulator/schema";
import { World } from "../../../lib/cli/simulator/world";
import { cacheDirectory } from "../../../lib/cli/project";
import { compare } from "../../../scripts/dev/facts/compare";
import { visit } from "../../../scripts/dev/facts/fold";
import { ROOT } from "../../support/run";

const shown = ({ type, attribute, fact }: Fact) => `${type}.${attribute ?? ""} ${fact}`;

describe.each([
  ["aws", 10],
  ["azurerm", 10],
])("what is known of %s", (provider, lookups) => {
  const read = (name: string) =>
    JSON.parse(readFileSync(path.join(ROOT, "lib/cli/simulator/facts", name), "utf8")) as unknown;
  const refusals = read("refusals.json") as Fact[];
  const byHand = [
    ...(read(`${provider}.json`) as Fact[]),
    ...refusals.filter(({ type }) => type.startsWith(`${provider}_`)),
  ];
  const derived = read(`${provider}.derived.json`) as Derived;
  const rows = withDerived(byHand, rowsOf(derived));

  let schema: ProviderSchema;
  beforeAll(async () => {
    schema = await loadSchema(findBinding(provider, ROOT), { cacheDir: cacheDirectory(process.env) });
  });

  const blockOf = (type: string) =>
    type.startsWith("data.") ? schema.dataSources[type.slice("data.".length)] : schema.resources[type];

  function attributeAt(block: Block | undefined, names: readonly string[]): Attribute | undefined {
    const [name = "", ...rest] = names;
    return rest.length === 0 ? block?.attributes[name] : attributeAt(block?.blocks[name]?.block, rest);
  }
  const attributeOf = ({ type, attribute = "" }: Fact) => attributeAt(blockOf(type), attribute.split("."));

  /** Whether an attribute, a block, or a member of an attribute's objects stands at the path. */
  function isThere(block: Block | undefined, [name = "", ...rest]: readonly string[]): boolean {
    const attribute = block?.attributes[name];
    if (attribute) return rest.every((member) => JSON.stringify(attribute.type).includes(`"${member}":`));
    const nested = block?.blocks[name];
    return nested !== undefined && (rest.length === 0 || isThere(nested.block, rest));
  }

  test("every fact is about an attribute or a block that is there", () => {
    const wrong = rows.filter(
      ({ type, attribute }) => attribute && !isThere(blockOf(type), attribute.split(".")),
    );
    expect(wrong.map(shown)).toEqual([]);
  });

  test("whatever else a fact names is there, too", () => {
    const split = (way: string) => [way.slice(0, way.indexOf(".")), way.slice(way.indexOf(".") + 1)] as const;
    const named = (row: Fact): (readonly [string, string])[] => [
      ...(row.through ? [split(row.through)] : []),
      ...(row.by ? [[String(row.value), row.by] as const] : []),
      ...(row.from ? [[row.type, row.from.attribute] as const] : []),
      ...(row.from?.type ? [[row.from.type, row.from.take ?? ""] as const] : []),
      ...(row.within ? [[row.type, row.within] as const] : []),
      ...(row.fact === "keeps-name" ? [[row.type, String(row.value)] as const] : []),
      ...Object.keys(row.except ?? {}).map((attribute) => [row.type, attribute] as const),
      ...(row.unless
        ? [[row.fact === "blocks-destroy" ? String(row.value) : row.type, row.unless] as const]
        : []),
      ...(row.fact === "renews"
        ? (row.value as string[]).map((attribute) => [row.type, attribute] as const)
        : []),
    ];
    const wrong = rows.filter((row) =>
      named(row).some(([type, attribute]) => !isThere(blockOf(type), attribute.split("."))),
    );
    expect(wrong.map(shown)).toEqual([]);
    expect(rows.filter((row) => named(row).length > 0).length).toBeGreaterThanOrEqual(lookups);
  });

  test("every fact has a source", () => {
    expect(rows.filter(({ source }) => !source.trim()).map(shown)).toEqual([]);
  });

  test("a default is known only for what is optional and not computed", () => {
    const wrong = rows.filter(
      (row) => row.fact === "default" && (!attributeOf(row)?.optional || attributeOf(row)?.computed),
    );
    expect(wrong.map(shown)).toEqual([]);
  });

  test("a computed value is known only for what is computed", () => {
    expect(rows.filter((row) => row.fact === "computed" && !attributeOf(row)?.computed).map(shown)).toEqual(
      [],
    );
  });

  test("each attribute that can be set, and each block, has exactly one fact about its change", () => {
    const kinds = ["replaces", "in-place", "may-replace"];
    const known = new Map<string, number>();
    for (const { type, attribute = "" } of rows.filter(({ fact }) => kinds.includes(fact)))
      known.set(`${type}.${attribute}`, (known.get(`${type}.${attribute}`) ?? 0) + 1);
    const types = [...new Set(rows.map(({ type }) => type))].filter((type) => !type.startsWith("data."));
    const wrong: string[] = [];
    for (const type of types) {
      visit(blockOf(type) as Block, "", (name) => {
        const found = known.get(`${type}.${name}`) ?? 0;
        if (found !== 1) wrong.push(`${type}.${name} has ${found} facts: npm run facts`);
      });
    }
    expect(wrong).toEqual([]);
  });

  test("the derived ones are of the binding that is installed", () => {
    const { packageName, packageVersion, providerVersion } = findBinding(provider, ROOT);
    expect({
      ...{ binding: derived.binding, provider: derived.bindingProvider },
      otherwise: "npm run facts, and read what has changed",
    }).toEqual({
      ...{ binding: `${packageName} ${packageVersion}`, provider: providerVersion },
      otherwise: "npm run facts, and read what has changed",
    });
  });

  test("those by hand say what could not be derived, or why they hold all the same", () => {
    expect(compare(byHand, rowsOf(derived)).problems).toEqual([]);
  });

  test("what a change in place does to what runs is said in words, and of no change that replaces", () => {
    const disrupting = rows.filter(({ fact }) => fact === "disrupts");
    const facts = new Facts(rows);
    const wrong = disrupting.filter(
      ({ type, attribute = "", value }) =>
        typeof value !== "string" || facts.find(type, attribute, "replaces") !== undefined,
    );
    expect(wrong.map(shown)).toEqual([]);
    expect(disrupting.length > 0).toBe(provider === "azurerm");
  });

  test("no row names a partition", () => {
    expect(rows.filter((row) => JSON.stringify(row).includes("arn:aws")).map(shown)).toEqual([]);
  });

  test("every placeholder is one that is known, for every type", () => {
    const cloud = {
      region: "us-east-1",
      account: "123456789012",
      partition: "aws",
      dnsSuffix: "amazonaws.com",
    };
    for (const type of new Set(rows.map((row) => row.type))) {
      const block = blockOf(type) as Block;
      const unknowns = Object.fromEntries(Object.keys(block.attributes).map((name) => [name, new Unknown()]));
      invent({ type, block, facts: new Facts(rows), world: new World(), cloud, seed: "s" }, unknowns);
    }
  });

  test("every resource type of the stacks has its facts, and the secrets of every data source were looked for", () => {
    const lists = path.join(ROOT, "__tests__/stacks/addresses");
    const used = readdirSync(lists)
      .flatMap((name) => readFileSync(path.join(lists, name), "utf8").split("\n"))
      .flatMap((address) => new RegExp(`^(data\\.)?${provider}_\\w+`).exec(address)?.[0] ?? []);
    const changes = rows.filter(({ fact }) => isChange(fact));
    const dataSources = Object.keys(derived.types).filter((type) => type.startsWith("data."));
    const known = new Set([...changes.map(({ type }) => type), ...dataSources]);
    for (const { type, source } of changes) if (source.includes(UNREAD)) known.delete(type);
    const missing = [...new Set(used)].filter((type) => !known.has(type ?? ""));
    expect(
      missing.map(
        (type) => `${type ?? ""} has no facts: npm run facts, and rows by hand where it reads nothing`,
      ),
    ).toEqual([]);
  });
});
