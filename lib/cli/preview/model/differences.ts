import { equal, isDeep, isObject, UNKNOWN, type Planned } from "./value";

/** One leaf in which a resource changes. */
export interface Difference {
  /** Names from the resource down, keys of maps included, indexes not. */
  readonly path: readonly string[];
  readonly before: Planned;
  readonly after: Planned;
}

/**
 * The leaves in which two values differ. Blocks in lists are paired by their place when equal ones are set aside, which
 * serves sets as well; what has come or gone in a list of plain values is one leaf each. JSON in strings is looked into.
 */
export function differences(before: Planned, after: Planned, path: readonly string[] = []): Difference[] {
  if (equal(before, after) || (isEmpty(before) && isEmpty(after))) return [];
  if (after === UNKNOWN) return [{ path, before, after }];
  const one = parsed(before);
  const other = parsed(after);
  if (one !== null && other !== null) {
    const inside = differences(one, other, path);
    return inside.length > 0 ? inside : [{ path, before, after }];
  }
  if (isObject(before) || isObject(after)) {
    const [one, other] = [isObject(before) ? before : {}, isObject(after) ? after : {}];
    const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
    const inside = keys.flatMap((key) => differences(one[key] ?? null, other[key] ?? null, [...path, key]));
    return inside.length > 0 ? inside : [{ path, before, after }];
  }
  if (Array.isArray(before) || Array.isArray(after)) {
    return inLists(items(before), items(after), path);
  }
  return [{ path, before, after }];
}

function inLists(
  before: readonly Planned[],
  after: readonly Planned[],
  path: readonly string[],
): Difference[] {
  const missingFrom = (others: readonly Planned[]) => (item: Planned) =>
    !others.some((other) => equal(other, item));
  const [gone, come] = [before.filter(missingFrom(after)), after.filter(missingFrom(before))];
  const found = Array.from({ length: Math.max(gone.length, come.length) }, (_, i): Difference[] => {
    const one: Planned = gone[i] ?? null;
    const other: Planned = come[i] ?? null;
    return isObject(one) || isObject(other)
      ? differences(one, other, path)
      : [{ path, before: one, after: other }];
  }).flat();
  // The same in another order, which is a change of a list.
  return found.length > 0 ? found : [{ path, before, after }];
}

/** What JSON in a string, such as a policy, says; null for any other string. */
export function parsed(value: unknown): Planned {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value) || isDeep(value)) return null;
  try {
    return JSON.parse(value) as Planned;
  } catch {
    return null;
  }
}

function items(value: Planned): readonly Planned[] {
  if (Array.isArray(value)) return value as readonly Planned[];
  return value === null ? [] : [value];
}

/** Nothing, in each of the ways in which providers write it: blocks that are not there are empty lists. */
function isEmpty(value: Planned): boolean {
  if (value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.values(value).every(isEmpty);
}
