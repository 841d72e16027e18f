import type { Surroundings } from "./attributes";
import { References } from "./references";
import { DETAILS_MAX, type StackPreview } from "./preview";
import { isGroup, lostWith } from "./stateful";
import { synthesizedPath, type Configuration } from "./synthesized";
import type { ResourceChange, TerraformPlan } from "./terraform-plan";
import { equal, isObject, withUnknowns, UNKNOWN, type Planned } from "./value";

/** How much of what the new one sets must be as in the old one, for the two to look like one resource. */
const LIKENESS_MIN = 0.6;
/** The same where their constructs have the same place under one that has another id: names follow from such an id. */
const LIKENESS_IN_PLACE_MIN = 0.2;

interface Pair {
  readonly from: ResourceChange;
  readonly to: ResourceChange;
  readonly likeness: number;
  readonly differs: readonly string[];
}

/** Pairs of a destroy and a create that look like one resource whose address has changed: each pair's best match. */
export function renamesIn(
  {
    plan,
    base,
    head,
  }: { readonly plan: TerraformPlan; readonly base?: Configuration; readonly head?: Configuration },
  { secrets, facts }: Pick<Surroundings, "secrets" | "facts">,
): StackPreview["renames"] {
  const references = new References(plan);
  const managed = (plan.resource_changes ?? []).filter(({ mode }) => mode === "managed");
  const only = (action: string) => (one: ResourceChange) =>
    one.deposed === undefined && one.change.actions.length === 1 && one.change.actions[0] === action;
  const [gone, come] = [managed.filter(only("delete")), managed.filter(only("create"))];
  const pairs = come
    .flatMap((to) =>
      gone
        .filter(({ type }) => type === to.type)
        .map((from) => {
          const isInPlace = samePlace(synthesizedPath(base, from.address), synthesizedPath(head, to.address));
          return { ...likeness(from, to, references), isInPlace };
        }),
    )
    .filter(isWorthIt)
    .sort((one, other) => Number(other.isInPlace) - Number(one.isInPlace) || other.likeness - one.likeness);
  const taken = new Set<ResourceChange>();
  const best: Pair[] = [];
  for (const pair of pairs) {
    if (taken.has(pair.from) || taken.has(pair.to)) continue;
    taken.add(pair.from).add(pair.to);
    best.push(pair);
  }
  return best.slice(0, DETAILS_MAX).map(({ from, to, differs }) => ({
    type: secrets.mask(to.type),
    from: secrets.mask(from.address),
    to: secrets.mask(to.address),
    differs: differs.map((name) => secrets.mask(name)),
    forces: differs
      .filter((name) => facts.onChange(to.type, name)?.fact === "replaces")
      .map((name) => secrets.mask(name)),
  }));
}

/** What is unlike in little things only, and what would be spared: another one of a mere rule is no rename. */
function isWorthIt({
  to,
  likeness: is,
  isInPlace,
  differs,
}: Pair & { readonly isInPlace: boolean }): boolean {
  if (is < (isInPlace ? LIKENESS_IN_PLACE_MIN : LIKENESS_MIN)) return false;
  return differs.length === 0 || isGroup(to.type) || lostWith(to.type) !== undefined;
}

/** Whether two paths differ in one id, and are as long. */
function samePlace(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  const [first, second] = [one.split("/"), other.split("/")];
  return first.length === second.length && first.filter((id, i) => id !== second[i]).length === 1;
}

function likeness(from: ResourceChange, to: ResourceChange, references: References): Pair {
  const before = (from.change.before ?? {}) as Planned;
  const after = withUnknowns(to.change.after, to.change.after_unknown);
  const of = (value: Planned, name: string): Planned =>
    isObject(value) ? ((value as Record<string, Planned>)[name] ?? null) : null;
  // What is not known yet cannot be compared, and says nothing either way.
  const names = Object.keys(references.set(to.address) ?? (isObject(after) ? after : {})).filter(
    (name) => of(after, name) !== null && !holdsUnknown(of(after, name)) && name !== "tags_all",
  );
  const differs = names.filter((name) => !equal(of(before, name), of(after, name)));
  return { from, to, differs, likeness: names.length === 0 ? 0 : 1 - differs.length / names.length };
}

function holdsUnknown(value: Planned): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return (value as readonly Planned[]).some(holdsUnknown);
  return isObject(value) && Object.values(value).some(holdsUnknown);
}
