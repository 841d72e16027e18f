import { losesState } from "../model/counts";
import type { Change, StackPreview } from "../model/preview";
import { withoutKeys } from "../model/references";

/** A stack's changes in the order in which they are told. */
export interface Outline {
  /** What is, or may be, lost for good. Never left out. */
  readonly losses: readonly Change[];
  /** Changes that come from an edit, not from another change, with all that comes from each. */
  readonly causes: readonly { readonly change: Change; readonly followers: readonly Change[] }[];
  /** Creations of which there are so many of one type that their names tell nothing. */
  readonly crowds: readonly { readonly type: string; readonly changes: readonly Change[] }[];
}

/** More creations of one type than this are told by their number. */
const CROWD = 10;

export function outline({ changes }: StackPreview): Outline {
  const byAddress = new Map<string, Change[]>();
  for (const change of changes) {
    const key = withoutKeys(change.address);
    byAddress.set(key, [...(byAddress.get(key) ?? []), change]);
  }
  const roots = new Map(changes.map((change) => [change, rootsOf(change, byAddress)]));
  const losses = changes.filter(losesState);
  const creations = changes.filter(({ action, follows }) => action === "create" && follows.length === 0);
  const crowds = [...new Set(creations.map(({ type }) => type))]
    .map((type) => ({ type, changes: creations.filter((one) => one.type === type) }))
    .filter((crowd) => crowd.changes.length > CROWD);
  const crowded = new Set(crowds.flatMap((crowd) => crowd.changes));
  const causes = changes
    .filter((change) => roots.get(change)?.size === 0 && !crowded.has(change))
    .map((change) => ({ change, followers: changes.filter((one) => roots.get(one)?.has(change)) }));
  // Of a loss that has no cause and no consequence all is said.
  const isTold = ({ change, followers }: Outline["causes"][number]) =>
    losses.includes(change) && change.attributes.length + change.disruption.length + followers.length === 0;
  return { losses, causes: causes.filter((cause) => !isTold(cause)), crowds };
}

/** The changes at the beginning of those that a change comes from; none where it is a beginning itself. */
function rootsOf(change: Change, byAddress: ReadonlyMap<string, readonly Change[]>): Set<Change> {
  const roots = new Set<Change>();
  const seen = new Set<Change>([change]);
  const climb = (from: Change) => {
    for (const above of from.follows.flatMap((address) => byAddress.get(withoutKeys(address)) ?? [])) {
      if (seen.has(above)) continue;
      seen.add(above);
      if (above.follows.length === 0) roots.add(above);
      else climb(above);
    }
  };
  climb(change);
  return roots;
}
