import type { Attribute, Block, CtyType, NestedBlock } from "../../../lib/cli/simulator/schema";

/** A fact that both sides have and that is not the same. */
export interface Difference {
  /** `aws_lb.access_logs.bucket` or, of a data source, `data.aws_lb.access_logs`. */
  readonly path: string;
  readonly fact: Fact;
  readonly derived: string;
  readonly published: string;
}

export type Fact = "kind" | "type" | "flags" | "write-only" | "nesting" | "min items" | "max items";

/** What only the published side can know, counted. */
export interface Lacking {
  sensitive: number;
  minItems: number;
  maxItems: number;
}

export interface Comparison {
  readonly types: number;
  readonly onlyDerived: readonly string[];
  readonly onlyPublished: readonly string[];
  readonly attributes: number;
  readonly blocks: number;
  readonly differences: readonly Difference[];
  readonly lacking: Lacking;
}

type Types = Readonly<Record<string, Block>>;

/** Compares all types that both sides have; `only` limits them. What one side lacks altogether is listed by its path. */
export function compare(
  derived: { readonly resources: Types; readonly dataSources: Types },
  published: { readonly resources: Types; readonly dataSources: Types },
  only?: ReadonlySet<string>,
): Comparison {
  const run = new Run();
  const compareAll = (ours: Types, theirs: Types, prefix: string) => {
    for (const type of union(ours, theirs)) {
      const path = `${prefix}${type}`;
      if (!only || only.has(path)) run.type(path, ours[type], theirs[type]);
    }
  };
  compareAll(derived.resources, published.resources, "");
  compareAll(derived.dataSources, published.dataSources, "data.");
  return run;
}

class Run implements Comparison {
  types = 0;
  attributes = 0;
  blocks = 0;
  readonly onlyDerived: string[] = [];
  readonly onlyPublished: string[] = [];
  readonly differences: Difference[] = [];
  readonly lacking: Lacking = { sensitive: 0, minItems: 0, maxItems: 0 };

  type(path: string, ours: Block | undefined, theirs: Block | undefined): void {
    if (!this.bothHave(path, ours, theirs)) return;
    this.types++;
    this.block(path, ours as Block, theirs as Block);
  }

  private block(path: string, ours: Block, theirs: Block): void {
    const mine = { ...ours.attributes, ...ours.blocks };
    const others = { ...theirs.attributes, ...theirs.blocks };
    for (const name of union(mine, others)) {
      const [a, b] = [mine[name], others[name]];
      const here = `${path}.${name}`;
      if (!this.bothHave(here, a, b) || a === undefined || b === undefined) continue;
      if ("nesting" in a && "nesting" in b) this.nestedBlock(here, a, b);
      else if ("type" in a && "type" in b) this.attribute(here, a, b);
      else this.different(here, "kind", describe(a), describe(b));
    }
  }

  private attribute(path: string, ours: Attribute, theirs: Attribute): void {
    this.attributes++;
    this.different(path, "type", typeText(ours.type), typeText(theirs.type));
    this.different(path, "flags", flags(ours), flags(theirs));
    this.different(path, "write-only", String(ours.writeOnly ?? false), String(theirs.writeOnly ?? false));
    if (theirs.sensitive) this.lacking.sensitive++;
  }

  private nestedBlock(path: string, ours: NestedBlock, theirs: NestedBlock): void {
    this.blocks++;
    this.different(path, "nesting", ours.nesting, theirs.nesting);
    const { minItems = 0, maxItems = 0 } = theirs;
    // The bindings tell none, one and more apart, not how many more.
    if (minItems > 1) this.lacking.minItems++;
    if (maxItems > 1) this.lacking.maxItems++;
    this.different(path, "min items", String(ours.minItems ?? 0), String(Math.min(minItems, 1)));
    this.different(path, "max items", String(ours.maxItems ?? 0), String(maxItems > 1 ? 0 : maxItems));
    this.block(path, ours.block, theirs.block);
  }

  private bothHave(path: string, ours: unknown, theirs: unknown): boolean {
    if (theirs === undefined) this.onlyDerived.push(path);
    if (ours === undefined) this.onlyPublished.push(path);
    return ours !== undefined && theirs !== undefined;
  }

  private different(path: string, fact: Fact, derived: string, published: string): void {
    if (derived !== published) this.differences.push({ path, fact, derived, published });
  }
}

function union(a: object, b: object): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
}

function describe(value: Attribute | NestedBlock): string {
  return "nesting" in value ? `${value.nesting} block` : `attribute of type ${typeText(value.type)}`;
}

function flags({ required, optional, computed }: Attribute): string {
  return [required && "required", optional && "optional", computed && "computed"].filter(Boolean).join(", ");
}

function typeText(type: CtyType): string {
  if (typeof type === "string") return type;
  if (type[0] !== "object") return `${type[0]}(${typeText(type[1])})`;
  const members = Object.entries(type[1]).sort(([a], [b]) => (a < b ? -1 : 1));
  return `object({${members.map(([name, member]) => `${name}=${typeText(member)}`).join(", ")}})`;
}
