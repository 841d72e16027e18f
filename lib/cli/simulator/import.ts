import type { Facts } from "./facts/facts";
import { Unknown, type ObjectValue } from "./protocol/value";
import type { Block } from "./schema";

/**
 * The state of a resource that is being imported, still with unknowns: its id, the attribute that takes the import
 * id, and whatever is computed or has a known default. What a real account holds cannot be known, so the rest is null.
 */
export function imported(block: Block, type: string, facts: Facts, id: string): ObjectValue {
  const names = facts.of(type, "import-id").map((row) => row.attribute);
  const attributes = Object.entries(block.attributes).map(([name, attribute]) => {
    if (name === "id" || names.includes(name)) return [name, id];
    const known = attribute.computed && (!attribute.optional || facts.find(type, name, "default"));
    return [name, known ? new Unknown() : null];
  });
  const blocks = Object.entries(block.blocks).map(([name, { nesting }]) => [
    name,
    nesting === "single" ? null : nesting === "map" ? {} : [],
  ]);
  return Object.fromEntries([...attributes, ...blocks]) as ObjectValue;
}

/** State as it was written, in the shape of the schema that is served now: new names are null, old ones are gone. */
export function conform(block: Block, state: ObjectValue): ObjectValue {
  const conformed: ObjectValue = {};
  for (const name of Object.keys(block.attributes)) conformed[name] = state[name] ?? null;
  for (const [name, nested] of Object.entries(block.blocks)) {
    const value = state[name] ?? null;
    const one = (item: typeof value) =>
      item !== null && typeof item === "object" && !Array.isArray(item)
        ? conform(nested.block, item as ObjectValue)
        : item;
    if (nested.nesting === "single") conformed[name] = one(value);
    else if (nested.nesting === "map") {
      const entries = Object.entries((value ?? {}) as ObjectValue).map(([key, item]) => [key, one(item)]);
      conformed[name] = Object.fromEntries(entries) as ObjectValue;
    } else conformed[name] = Array.isArray(value) ? value.map(one) : [];
  }
  return conformed;
}
