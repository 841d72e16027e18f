import type { Facts } from "./facts/facts";
import { isObject, same, Unknown, type ObjectValue, type Value } from "./protocol/value";
import { mergeDefaultTags } from "./default-tags";
import { renewed } from "./renewal";
import type { Block, NestedBlock } from "./schema";

/** A resource type as the simulator serves it. */
export interface ResourceType {
  readonly name: string;
  readonly block: Block;
  readonly facts: Facts;
  /** The provider's own tags, which every resource that takes tags gets too. */
  readonly defaultTags: ObjectValue;
}

export interface PlanRequest {
  /** Null when the resource is to be created. */
  readonly prior: ObjectValue | null;
  /** Core's merge of configuration and prior state; null when the resource is to be destroyed. */
  readonly proposed: ObjectValue | null;
  readonly config: ObjectValue | null;
}

export interface Plan {
  readonly planned: ObjectValue | null;
  /** The attributes or blocks whose change forces a replacement: names and, in lists of blocks, indexes. */
  readonly requiresReplace: readonly Steps[];
  /** Attribute paths whose change may force one: no fact says. */
  readonly mayReplace: readonly { readonly path: string; readonly reason?: string }[];
}

export type Steps = readonly (string | number)[];

/**
 * Plans one change as the provider would, so far as the facts tell. A pure function: core calls it again during
 * apply, with more of the values known, and must get the same answer.
 */
export function plan(type: ResourceType, { prior, proposed, config }: PlanRequest): Plan {
  if (!proposed) return { planned: null, requiresReplace: [], mayReplace: [] };

  const planned = complete(type, type.block, "", { prior, proposed, config });
  mergeDefaultTags(type, planned, config);
  if (!prior) return { planned, requiresReplace: [], mayReplace: [] };

  const changed = changes(type.block, prior, planned);
  const paths = [...new Set(changed.map(({ path }) => path))];
  for (const attribute of renewed(type, paths, planned)) planned[attribute] = new Unknown();
  const forcing = changed.filter(({ path }) => replaces(type, path, prior)).map(({ steps }) => steps);
  return {
    planned,
    requiresReplace: [...new Map(forcing.map((steps) => [JSON.stringify(steps), steps])).values()],
    mayReplace: paths.flatMap((path) => {
      const fact = type.facts.onChange(type.name, path);
      if (fact && fact.fact !== "may-replace") return [];
      return [typeof fact?.value === "string" ? { path, reason: fact.value } : { path }];
    }),
  };
}

function replaces({ name, facts }: ResourceType, path: string, prior: ObjectValue): boolean {
  const condition = facts.find(name, path, "replaces-while");
  if (condition && prior[String(condition.value as string)] === true) return true;
  return facts.onChange(name, path)?.fact === "replaces";
}

/** Fills what the configuration leaves open: defaults that the facts know, and unknowns for what is computed. */
function complete(
  type: ResourceType,
  block: Block,
  prefix: string,
  { prior, proposed, config }: PlanRequest,
): ObjectValue {
  const planned: ObjectValue = {};
  for (const [name, attribute] of Object.entries(block.attributes)) {
    const value = proposed?.[name] ?? null;
    if (attribute.writeOnly) planned[name] = null;
    else if (!attribute.computed || (config?.[name] ?? null) !== null) planned[name] = value;
    else {
      const known = type.facts.find(type.name, prefix + name, "default");
      if (known) planned[name] = known.value ?? null;
      else planned[name] = value === null && !prior ? new Unknown() : value;
    }
  }
  for (const [name, nested] of Object.entries(block.blocks)) {
    planned[name] = completeNested(type, nested, `${prefix}${name}.`, {
      prior: prior?.[name] ?? null,
      proposed: proposed?.[name] ?? null,
      config: config?.[name] ?? null,
    });
  }
  return planned;
}

function completeNested(
  type: ResourceType,
  { nesting, block }: NestedBlock,
  prefix: string,
  { prior, proposed, config }: { prior: Value; proposed: Value; config: Value },
): Value {
  const one = (priorItem: Value | undefined, item: Value, configItem: Value | undefined): Value =>
    isObject(item)
      ? complete(type, block, prefix, {
          prior: isObject(priorItem) ? priorItem : null,
          proposed: item,
          config: isObject(configItem) ? configItem : null,
        })
      : item;

  if (nesting === "set" && Array.isArray(proposed)) {
    // Elements of a set have no identity: core has carried the prior values into those that are still there.
    const before = Array.isArray(prior) ? prior : [];
    const configured = Array.isArray(config) ? config : [];
    return proposed.map((item) =>
      one(
        before.find((candidate) => same(candidate, item)),
        item,
        configured.find((candidate) => agrees(block, candidate, item)),
      ),
    );
  }
  if (Array.isArray(proposed)) {
    return proposed.map((item, i) =>
      one(Array.isArray(prior) ? prior[i] : null, item, Array.isArray(config) ? config[i] : null),
    );
  }
  if (nesting === "map" && isObject(proposed)) {
    return Object.fromEntries(
      Object.entries(proposed).map(([key, item]) => [
        key,
        one(isObject(prior) ? prior[key] : null, item, isObject(config) ? config[key] : null),
      ]),
    );
  }
  return one(prior, proposed, config);
}

/** Whether a proposed set element can have come from this element of the configuration. */
function agrees(block: Block, configured: Value, item: Value): boolean {
  if (!isObject(configured) || !isObject(item)) return false;
  return Object.keys(block.attributes).every((name) => {
    const value = configured[name] ?? null;
    return value === null || value instanceof Unknown || same(value, item[name]);
  });
}

/** Something that differs and that a user can set. */
interface Difference {
  /** Where it is, with dots and without indexes. */
  readonly path: string;
  /** The same for Terraform, which counts the blocks of a list; in a set none has a number, so that is where it ends. */
  readonly steps: Steps;
}

/** All that differs between two objects of one block. */
function changes(block: Block, prior: ObjectValue, planned: ObjectValue): Difference[] {
  const own = Object.entries(block.attributes)
    .filter(([name, { optional, required }]) => (optional || required) && name !== "tags_all")
    .map(([name]) => name)
    .filter((name) => !same(prior[name] ?? null, planned[name] ?? null))
    // What a new block leaves to the provider is no change that anybody asked for.
    .filter(
      (name) => !(block.attributes[name]?.computed && !(name in prior) && planned[name] instanceof Unknown),
    )
    .map((name) => ({ path: name, steps: [name] }));
  const nested = Object.entries(block.blocks).flatMap(([name, { block: inner, nesting }]) => {
    const [before, after] = [items(prior[name] ?? null), items(planned[name] ?? null)];
    return pairs(before, after, nesting).flatMap(([one, other], i): Difference[] => {
      const inside = changes(inner, one ?? {}, other ?? {});
      // A block that comes or goes with nothing set in it is a change of its own.
      if (inside.length === 0) return one && other ? [] : [{ path: name, steps: [name] }];
      return inside.map(({ path, steps }) => ({
        path: `${name}.${path}`,
        steps: nesting === "list" ? [name, i, ...steps] : nesting === "single" ? [name, ...steps] : [name],
      }));
    });
  });
  return [...own, ...nested];
}

/** Which block of before became which of after: by position, but in a set by what is in it. */
function pairs(
  before: readonly ObjectValue[],
  after: readonly ObjectValue[],
  nesting: NestedBlock["nesting"],
): (readonly [ObjectValue | undefined, ObjectValue | undefined])[] {
  const missingFrom = (others: readonly ObjectValue[]) => (item: ObjectValue) =>
    !others.some((other) => same(other, item));
  const [gone, come] =
    nesting === "set"
      ? [before.filter(missingFrom(after)), after.filter(missingFrom(before))]
      : [before, after];
  return Array.from({ length: Math.max(gone.length, come.length) }, (_, i) => [gone[i], come[i]] as const);
}

function items(value: Value): ObjectValue[] {
  if (Array.isArray(value)) return value.filter(isObject);
  return isObject(value) ? [value] : [];
}
