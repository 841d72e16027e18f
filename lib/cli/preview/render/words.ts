import type { Counts } from "../model/counts";
import type { Action, AttributeChange, Certainty, Change, Shown } from "../model/preview";

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

/** `3 aws_subnet, 1 aws_vpc`: the most frequent first. */
export function byType(changes: readonly Change[]): { readonly type: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const { type } of changes) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts]
    .map(([type, count]) => ({ type, count }))
    .sort((one, other) => other.count - one.count || (one.type < other.type ? -1 : 1));
}

/** How many of a new resource's attributes are told: who wants them all reads the code. */
const NEW_MAX = 8;

/** The attributes to be told of a change, and how many are not. */
export function toldOf({ action, attributes }: Change): {
  readonly told: readonly AttributeChange[];
  readonly more: number;
} {
  const told = action === "create" ? attributes.slice(0, NEW_MAX) : attributes;
  return { told, more: attributes.length - told.length };
}
