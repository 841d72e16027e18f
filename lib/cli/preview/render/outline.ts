import { losesState } from "../model/counts";
import type { Change, StackPreview } from "../model/preview";
import { withoutKeys } from "../model/references";
import { isMaster } from "../model/stateful";
import { alike, type Group } from "./groups";

/** A stack's changes in the order in which they are told. */
export interface Outline {
  /** What is, or may be, lost for good. Never left out. */
  readonly losses: readonly Change[];
  /** What runs and is interrupted, the master first: each sentence with what it is true of. */
  readonly interruptions: readonly { readonly text: string; readonly changes: readonly Change[] }[];
  /** Changes that come from an edit, not from another change, with all that comes from each. */
  readonly causes: readonly { readonly change: Change; readonly followers: readonly Change[] }[];
  /** Changes of which there are so many that are alike, that they are told together. */
  readonly groups: readonly Group[];
}

export function outline({ changes }: StackPreview): Outline {
  const byAddress = new Map<string, Change[]>();
  for (const change of changes) {
    const key = withoutKeys(change.address);
    const known = byAddress.get(key);
    if (known) known.push(change);
    else byAddress.set(key, [change]);
  }
  const roots = new Map(changes.map((change) => [change, rootsOf(change, byAddress)]));
  const losses = changes.filter(losesState);
  const lost = new Set(losses);
  const followers = new Map<Change, Change[]>();
  for (const [change, above] of roots)
    for (const root of above) {
      const known = followers.get(root);
      if (known) known.push(change);
      else followers.set(root, [change]);
    }
  const causes = changes
    .filter((change) => roots.get(change)?.size === 0)
    .map((change) => ({ change, followers: followers.get(change) ?? [] }));
  const lone = causes.filter(({ followers }) => followers.length === 0).map(({ change }) => change);
  const groups = alike(lone.filter((change) => !lost.has(change)));
  const grouped = new Set(groups.flatMap((group) => group.changes));
  // Of a loss that has no cause and no consequence all is said.
  const isTold = ({ change, followers }: Outline["causes"][number]) =>
    grouped.has(change) ||
    (lost.has(change) && change.attributes.length + change.notes.length + followers.length === 0);
  return {
    losses,
    interruptions: interruptionsOf(changes),
    causes: causes.filter((cause) => !isTold(cause)),
    groups,
  };
}

function interruptionsOf(changes: readonly Change[]): Outline["interruptions"] {
  const texts = [...new Set(changes.flatMap(({ disruption }) => disruption))];
  const isOfMaster = (of: readonly Change[]) => of.some(({ type, path }) => isMaster(type, path));
  return texts
    .map((text) => ({ text, changes: changes.filter(({ disruption }) => disruption.includes(text)) }))
    .sort((one, other) => Number(isOfMaster(other.changes)) - Number(isOfMaster(one.changes)));
}

/**
 * The changes at the beginning of those that a change comes from; none where it is a beginning itself. What changes
 * since something is created beside it tells more than the creation, so it is a beginning.
 */
function rootsOf(change: Change, byAddress: ReadonlyMap<string, readonly Change[]>): Set<Change> {
  const roots = new Set<Change>();
  const seen = new Set<Change>([change]);
  const climb = (from: Change) => {
    for (const above of from.follows.flatMap((address) => byAddress.get(withoutKeys(address)) ?? [])) {
      if (seen.has(above)) continue;
      seen.add(above);
      if (above.follows.length > 0) climb(above);
      else if (above.action !== "create") roots.add(above);
    }
  };
  climb(change);
  return roots;
}
