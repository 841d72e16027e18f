import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** How many there are of each type, data sources as `data.<type>`, by the stack that they are in. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

type Blocks = Readonly<Record<string, object>>;

/** Counts what was synthesized into a folder. */
export function countSynthesized(outdir: string): Counts {
  const stacks = path.join(outdir, "stacks");
  return Object.fromEntries(
    readdirSync(stacks).map((id) => {
      const json = readFileSync(path.join(stacks, id, "cdk.tf.json"), "utf8");
      const { resource = {}, data = {} } = JSON.parse(json) as { resource?: Blocks; data?: Blocks };
      return [id, { ...countByType(resource, ""), ...countByType(data, "data.") }];
    }),
  );
}

/** @returns what one has more or fewer of than the other, one line each */
export function differences(one: Counts, other: Counts): string[] {
  const of = (counts: Counts, id: string, type: string) => counts[id]?.[type] ?? 0;
  const places = [one, other].flatMap((counts) =>
    Object.entries(counts).flatMap(([id, byType]) => Object.keys(byType).map((type) => `${id} ${type}`)),
  );
  return [...new Set(places)].flatMap((place) => {
    const [id = "", type = ""] = place.split(" ");
    const [a, b] = [of(one, id, type), of(other, id, type)];
    return a === b ? [] : [`${id}: ${a} against ${b} ${type}`];
  });
}

/** How many in all: resources, data sources and stacks. */
export function totals(counts: Counts) {
  const all = Object.values(counts).flatMap((byType) => Object.entries(byType));
  const sum = (isData: boolean) =>
    all
      .filter(([type]) => type.startsWith("data.") === isData)
      .reduce((total, [, count]) => total + count, 0);
  return { resources: sum(false), dataSources: sum(true), stacks: Object.keys(counts).length };
}

function countByType(blocks: Blocks, prefix: string): Record<string, number> {
  return Object.fromEntries(
    Object.entries(blocks).map(([type, byId]) => [`${prefix}${type}`, Object.keys(byId).length]),
  );
}
