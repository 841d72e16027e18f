import type { Action, AttributeChange, Change } from "../model/preview";

/** Changes that are told together. */
export interface Group {
  readonly action: Action;
  readonly changes: readonly Change[];
  /** What changes in each of them; empty where their attributes are not compared. */
  readonly attributes: readonly AttributeChange[];
  /** Whether the attributes change from the same to the same in all of them. */
  readonly isSame: boolean;
}

/** Up to so many are told one by one: of what goes more, since each of them may be missed. */
const ONE_BY_ONE: Readonly<Record<Action, number>> = {
  ...{ create: 3, import: 3, move: 3, forget: 3, update: 3, replace: 3 },
  destroy: 10,
};

/** Those among `changes` that can be told together; the rest is in no group. */
export function alike(changes: readonly Change[]): Group[] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const key = keyOf(change);
    const known = groups.get(key);
    if (known) known.push(change);
    else groups.set(key, [change]);
  }
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined || members.length <= ONE_BY_ONE[first.action]) return [];
    const { action } = first;
    const attributes = isCompared(action) ? first.attributes : [];
    const values = new Set(members.map((one) => JSON.stringify(one.attributes.map(valuesOf))));
    return [{ action, changes: members, attributes, isSame: values.size === 1 }];
  });
}

/** An attribute without who says what a change of it does: that is another one for each type. */
function valuesOf({ path, before, after, effect }: AttributeChange): unknown {
  return [path, before, after, effect];
}

function isCompared(action: Action): boolean {
  return action === "update" || action === "replace";
}

/** Of replacements only what forces them counts, and each type is told of by itself. */
function keyOf({ action, type, certainty, attributes, disruption, notes }: Change): string {
  if (!isCompared(action)) return JSON.stringify([action, notes]);
  const counting = attributes.filter(({ effect }) => action === "update" || effect === "replaces");
  const paths = counting.map(({ path, effect }) => `${path} ${effect}`);
  return JSON.stringify([action, certainty, action === "replace" ? type : "", paths, disruption, notes]);
}
