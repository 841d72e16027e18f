import { countsOf, mayBeReplaced, type Counts } from "../model/counts";
import type { Action, AttributeChange, Certainty, Change, Shown, StackPreview } from "../model/preview";

/** What becomes of a resource, as a past participle. */
export const DONE: Readonly<Record<Action, string>> = {
  create: "created",
  update: "updated",
  replace: "replaced",
  destroy: "destroyed",
  move: "moved",
  forget: "left behind",
  import: "imported",
};

/** What a reader has to make of a statement; undefined where it goes without saying. */
export const CERTAINTY: Readonly<Record<Certainty, string | undefined>> = {
  certain: undefined,
  documented: "documented",
  "may-replace": "may be replaced",
  "depends-on-data": "depends on data that is read at the deploy",
  "not-simulated": "not simulated",
};

/** `1 to create, 12 to update (3 of them may be replaced)`: what there is, and not what there is not. */
export function sentence(counts: Counts): string {
  const { mayReplace } = counts;
  const may = mayReplace === 0 ? "" : ` (${mayReplace} of them may be replaced)`;
  const parts = [
    counts.destroy > 0 && `${counts.destroy} to destroy`,
    counts.replace > 0 && `${counts.replace} to replace`,
    counts.update > 0 && `${counts.update} to update${may}`,
    counts.create > 0 && `${counts.create} to create`,
    counts.import > 0 && `${counts.import} to import`,
    counts.move > 0 && `${counts.move} to move`,
    counts.forget > 0 && `${counts.forget} to leave behind`,
  ].filter((part) => part !== false);
  return parts.length > 0 ? parts.join(", ") : "no changes to resources";
}

/** What becomes of a stack's resources, or why that is not known. */
export function summaryOf({ status, changes, incomplete }: StackPreview): string {
  if (status === "failed") return "cannot be planned";
  if (!incomplete) return sentence(countsOf(changes));
  const open = "the plan is not complete";
  return changes.length === 0 ? open : `${sentence(countsOf(changes))}; ${open}`;
}

/** What is said of losses: of some it is known, of others it may be. */
export function lossWords(losses: readonly Change[]): string {
  const open = losses.filter(mayBeReplaced).length;
  if (open === 0) return "lost for good";
  return open === losses.length ? "may be lost for good" : "lost for good, or may be";
}

export function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Where a reader finds it: the construct's path, or the address where nothing else is known. */
export function named({ path, address }: Pick<Change, "path" | "address">): string {
  return path === undefined || path === "" ? address : path;
}

export function valueText(value: Shown): string {
  switch (value.kind) {
    case "value":
      return value.text;
    case "none":
      return "(not set)";
    case "unknown":
      return "(known after the deploy)";
    case "simulated":
      return "(simulated)";
    case "sensitive":
      return "(sensitive)";
  }
}

/** How many types a list names. */
const TYPES_MAX = 12;

/** `3 aws_subnet, 1 aws_vpc`: the most frequent first, `show` makes a type's name readable. */
export function byType(changes: readonly Change[], show: (type: string) => string): string {
  const counts = new Map<string, number>();
  for (const { type } of changes) counts.set(type, (counts.get(type) ?? 0) + 1);
  const sorted = [...counts].sort(([one, many], [other, more]) => more - many || (one < other ? -1 : 1));
  const named = sorted.slice(0, TYPES_MAX).map(([type, count]) => `${count} ${show(type)}`);
  const rest = sorted.slice(TYPES_MAX).reduce((sum, [, count]) => sum + count, 0);
  return [...named, ...(rest > 0 ? [`${rest} of other types`] : [])].join(", ");
}

/** How many attributes are told of what is new: who wants them all reads the code. */
export const NEW_MAX = 8;
/** How many are told at once of what stays. */
const CHANGED_MAX = 6;

/** The attributes to be told of a change at once, and the rest. Of a replacement it is what forces it that counts. */
export function toldOf({ action, attributes }: Change): {
  readonly told: readonly AttributeChange[];
  readonly rest: readonly AttributeChange[];
} {
  const forcing = attributes.filter(({ effect }) => effect === "replaces").length;
  const decisive = attributes.filter(({ effect }) => effect !== "in-place" && effect !== "sets").length;
  const max =
    action === "create"
      ? NEW_MAX
      : action === "replace" && forcing > 0
        ? forcing
        : Math.max(decisive, CHANGED_MAX);
  return { told: attributes.slice(0, max), rest: attributes.slice(max) };
}

/** What is said in place of `count` attributes. */
export function andMore(count: number): string {
  return `and ${count} more ${count === 1 ? "attribute" : "attributes"}`;
}

/** How many changes are named from which another one comes. */
const SINCE_MAX = 3;

/** From what changes come that are told by themselves, such as those that follow a creation; undefined where from none. */
export function sinceText(changes: readonly Change[], show: (address: string) => string): string | undefined {
  const addresses = [...new Set(changes.flatMap(({ follows }) => follows))];
  if (addresses.length === 0) return undefined;
  if (addresses.length > SINCE_MAX) return `because of ${addresses.length} other changes`;
  return `because of ${addresses.map(show).join(", ")}`;
}

/** Refusals that say the same of things of one kind, as the first of them and how many there are. */
export function refusalsByKind(
  refusals: StackPreview["refusals"],
): { readonly first: StackPreview["refusals"][number]; readonly count: number }[] {
  const kinds = new Map<string, { first: StackPreview["refusals"][number]; count: number }>();
  for (const refusal of refusals) {
    const known = kinds.get(refusal.summary);
    if (known) known.count++;
    else kinds.set(refusal.summary, { first: refusal, count: 1 });
  }
  return [...kinds.values()];
}
