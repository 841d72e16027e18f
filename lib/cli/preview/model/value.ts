import type { Json } from "./terraform-plan";

/** In place of what is known after the apply only. */
export const UNKNOWN = Symbol("known after apply");

/** A planned value: JSON with holes. */
export type Planned =
  | string
  | number
  | boolean
  | null
  | typeof UNKNOWN
  | readonly Planned[]
  | { readonly [key: string]: Planned };

/** Puts the holes of `after_unknown` into `after`, which leaves them out. */
export function withUnknowns(after: Json | undefined, unknown: Json | undefined): Planned {
  if (unknown === true) return UNKNOWN;
  if (Array.isArray(unknown)) {
    const known = Array.isArray(after) ? (after as readonly Json[]) : [];
    const holes = unknown as readonly Json[];
    return Array.from({ length: Math.max(known.length, holes.length) }, (_, i) =>
      withUnknowns(known[i], holes[i]),
    );
  }
  if (isObject(unknown)) {
    const known = isObject(after) ? after : {};
    const keys = new Set([...Object.keys(known), ...Object.keys(unknown)]);
    if (keys.size === 0) return after ?? null;
    return Object.fromEntries([...keys].map((key) => [key, withUnknowns(known[key], unknown[key])]));
  }
  return after ?? null;
}

/** How deep JSON may be nested: no plan comes near it, and what is looked at step by step has an end. */
export const DEPTH_MAX = 1_000;

/** Whether JSON is nested deeper than {@link DEPTH_MAX}. */
export function isDeep(json: string): boolean {
  let [depth, inString] = [0, false];
  for (let i = 0; i < json.length; i++) {
    const one = json.charAt(i);
    if (inString && one === "\\") i++;
    else if (one === '"') inString = !inString;
    else if (inString) continue;
    else if (one === "{" || one === "[") {
      if (++depth > DEPTH_MAX) return true;
    } else if (one === "}" || one === "]") depth--;
  }
  return false;
}

export function isObject<T>(value: T): value is T & Readonly<Record<string, never>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function equal(one: Planned, other: Planned): boolean {
  if (one === other) return one !== UNKNOWN;
  if (Array.isArray(one) && Array.isArray(other)) {
    const [first, second] = [one as readonly Planned[], other as readonly Planned[]];
    return first.length === second.length && first.every((item, i) => equal(item, second[i] ?? null));
  }
  if (!isObject(one) || !isObject(other)) return false;
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return keys.every((key) => equal(one[key] ?? null, other[key] ?? null));
}

/** All strings in a value, keys of maps not included. */
export function stringsIn(value: Planned): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return (value as readonly Planned[]).flatMap(stringsIn);
  return isObject(value) ? Object.values(value).flatMap(stringsIn) : [];
}
