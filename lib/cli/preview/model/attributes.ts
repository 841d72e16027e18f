import type { Facts } from "../../simulator/facts/facts";
import { differences, type Difference } from "./differences";
import { holdsInvented, named, type Inventions } from "./invented";
import { DETAILS_MAX, type AttributeChange, type Shown } from "./preview";
import { isSecretPath, type Secrets } from "./secrets";
import { isSet } from "./synthesized";
import { isObject, UNKNOWN, type Planned } from "./value";

/** What is known around a change, beside the plan's own entry for it. */
export interface Surroundings {
  readonly facts: Facts;
  readonly secrets: Secrets;
  readonly invented: Inventions;
  readonly simulated: boolean;
}

export interface Changed {
  readonly type: string;
  readonly before: Planned;
  readonly after: Planned;
  readonly marks: { readonly before: unknown; readonly after: unknown };
  /** What the base, and the head, set; undefined where that is not known. */
  readonly base: object | undefined;
  readonly head: object | undefined;
  /** Whether to a list, which an attribute is, something is added, and what stood in it stays as it is. */
  readonly onlyAdds: (attribute: string) => boolean;
  /** The attributes that force a replacement, as the plan says. */
  readonly forcing: ReadonlySet<string>;
}

/** The attributes that change by somebody's doing: what the cloud computes by itself is left out. */
export function attributeChanges(changed: Changed, surroundings: Surroundings): AttributeChange[] {
  const found = new Map<string, AttributeChange>();
  for (const difference of differences(changed.before, changed.after)) {
    if (isNoise(difference, changed)) continue;
    const one = describe(difference, changed, surroundings);
    // Elements of one list look alike where their values are hidden.
    found.set(JSON.stringify([one.path, one.before, one.after]), one);
  }
  // A value that is computed, or looks the same, forces all the same.
  for (const forced of changed.forcing) {
    if ([...found.values()].some(({ effect, path }) => effect === "replaces" && isAt(path, forced))) continue;
    const path = forced.split(".");
    const one = describe(
      { path, before: at(changed.before, path), after: at(changed.after, path) },
      changed,
      surroundings,
    );
    found.set(JSON.stringify([one.path, one.before, one.after]), one);
  }
  const order: readonly AttributeChange["effect"][] = [
    "replaces",
    "may-replace",
    "not-known",
    "in-place",
    "sets",
  ];
  return [...found.values()]
    .sort((one, other) => order.indexOf(one.effect) - order.indexOf(other.effect))
    .slice(0, DETAILS_MAX);
}

function isAt(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}.`);
}

/** What stands at a path, of a list in its only element; what is nowhere is null. */
function at(value: Planned, path: readonly string[]): Planned {
  const [name, ...rest] = path;
  if (name === undefined || value === UNKNOWN) return value;
  if (Array.isArray(value))
    return value.length === 1 ? at((value as readonly Planned[])[0] ?? null, path) : null;
  return isObject(value) ? at((value as Readonly<Record<string, Planned>>)[name] ?? null, rest) : null;
}

function isNoise({ path, before, after }: Difference, { base, head, ...changed }: Changed): boolean {
  const [top = ""] = path;
  if (top === "tags_all" && isObject(changed.before) && isObject(changed.after)) {
    const tags = differences(
      (changed.before["tags"] as Planned | undefined) ?? null,
      (changed.after["tags"] as Planned | undefined) ?? null,
    );
    if (tags.length > 0) return true;
  }
  if (top === "timeouts" || (top === "tags_all" && changed.before === null)) return true;
  // On creation only what is set is of interest; on a change, what nobody set and nobody knows is computed.
  if (changed.before === null)
    return after === UNKNOWN || after === null || (head !== undefined && !isSet(head, [top]));
  if (after !== UNKNOWN) return false;
  return head === undefined ? before === null : !isSet(head, path) && !isSet(base ?? {}, path);
}

function describe(
  { path, before, after }: Difference,
  { type, marks, base, forcing, onlyAdds, before: resource }: Changed,
  { facts, secrets, invented, simulated }: Surroundings,
): AttributeChange {
  const names = path.join(".");
  const [top = ""] = path;
  const hidden =
    isSecretPath(path) ||
    isMarked(marks.before, path) ||
    isMarked(marks.after, path) ||
    path.some((_, i) => facts.find(type, path.slice(0, i + 1).join("."), "sensitive") !== undefined);
  const show = (value: Planned, isComputed: boolean): Shown => {
    if (value === null) return { kind: "none" };
    if (value === UNKNOWN) return { kind: "unknown" };
    if (hidden) return { kind: "sensitive" };
    const told = simulated && holdsInvented(value, invented) ? named(value, invented) : value;
    if (simulated && ((isComputed && told === value) || holdsInvented(told, invented)))
      return { kind: "simulated" };
    return { kind: "value", text: shorten(secrets.maskedJson(told, NOT_KNOWN)) };
  };
  // What the provider's default tags change is changed as the resource's own are, and is no more made up.
  const known = top === "tags_all" ? ["tags"] : path;
  const fact = facts.onChange(type, attributeOf(type, known, facts));
  const forces = path.some((_name, i) => forcing.has(path.slice(0, i + 1).join(".")));
  return {
    path: secrets.mask(names),
    before: show(before, base !== undefined && top !== "tags_all" && !isSet(base, [top])),
    after: show(after, false),
    ...(resource === null
      ? { effect: "sets" as const }
      : effectOf(forces, fact, { simulated, adds: onlyAdds(top) })),
  };
}

function effectOf(
  forces: boolean,
  fact: ReturnType<Facts["onChange"]>,
  { simulated, adds }: { readonly simulated: boolean; readonly adds: boolean },
): Pick<AttributeChange, "effect" | "source"> {
  if (forces) return { effect: "replaces", ...(fact && simulated && { source: fact.source }) };
  // A real plan has asked the provider.
  if (!simulated) return { effect: "in-place" };
  if (fact?.fact === "in-place" || (fact?.adds === "in-place" && adds))
    return { effect: "in-place", source: fact.source };
  if (fact)
    return { effect: "may-replace", source: String((fact.value as string | undefined) ?? fact.source) };
  return { effect: "not-known" };
}

/** The path as facts know it: without the keys of a map, as `tags` for `tags.Name`. */
function attributeOf(type: string, path: readonly string[], facts: Facts): string {
  for (let length = path.length; length > 1; length--) {
    const name = path.slice(0, length).join(".");
    if (facts.onChange(type, name)) return name;
  }
  return path[0] ?? "";
}

/** Whether a mark of the provider's covers the path, or anything in the lists on it. */
function isMarked(marks: unknown, path: readonly string[]): boolean {
  if (marks === true) return true;
  if (Array.isArray(marks)) return marks.some((one) => isMarked(one, path));
  const [name, ...rest] = path;
  if (!isObject(marks)) return false;
  if (name === undefined) return Object.values(marks).some((one) => isMarked(one, []));
  return isMarked((marks as Record<string, unknown>)[name], rest);
}

const NOT_KNOWN = "(known after the deploy)";

/** Longer values are told from each other by what is left of them, and by their length. */
const SHOWN_MAX = 160;

function shorten(text: string): string {
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX - 40)}… (${text.length} characters)`;
}
