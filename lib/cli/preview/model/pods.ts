import type { Change } from "./preview";
import { isObject, type Planned } from "./value";

/** Where each kind of workload says how its pods are exchanged, and what it does where nothing is said. */
const STRATEGIES: Readonly<Record<string, readonly [block: string, otherwise: string]>> = {
  stateful_set: ["update_strategy", "one after the other, the highest ordinal first"],
  daemon_set: ["strategy", "node by node"],
  deployment: ["strategy", "some at a time"],
};

const ALL_AT_ONCE = "all its pods are stopped at once, and new ones are made then";

/**
 * What becomes of the pods of a workload whose template changes; undefined for what is none.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#update-strategies
 * @see https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy
 */
export function podsOf(
  type: string,
  after: Planned | undefined,
): Pick<Change, "disruption" | "notes"> | undefined {
  const strategy = strategyOf(type);
  if (strategy === undefined) return undefined;
  const [block, otherwise] = strategy;
  switch (first(first(after, "spec"), block, "type")) {
    case "OnDelete":
      return { disruption: [], notes: ["each of its pods stays as it is until somebody deletes it"] };
    case "Recreate":
      return { disruption: [ALL_AT_ONCE], notes: [] };
    default:
      return { disruption: [`its pods are made anew, ${otherwise}`], notes: [] };
  }
}

/** What becomes of the pods of a workload that is replaced, which no strategy holds for; undefined for what is none. */
export function podsWhenReplaced(type: string, createFirst: boolean): string | undefined {
  if (strategyOf(type) === undefined) return undefined;
  return createFirst
    ? "all its pods go once its successor is made, whether that one's are ready or not"
    : ALL_AT_ONCE;
}

/**
 * The volumes of a StatefulSet are made once, by the templates that it had then.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#volume-claim-templates
 */
export function claimsNote(type: string, paths: readonly string[]): readonly string[] {
  return /^kubernetes_stateful_set(_v1)?$/.test(type) &&
    paths.some((path) => path.startsWith("spec.volume_claim_template."))
    ? ["its volumes stay as they are, and so do its templates of them: the next plan shows this again"]
    : [];
}

function strategyOf(type: string) {
  const kind = /^kubernetes_(\w+?)(_v1)?$/.exec(type)?.[1] ?? "";
  return Object.hasOwn(STRATEGIES, kind) ? STRATEGIES[kind] : undefined;
}

/** What stands at a path of which each step may be a block, which is a list of one. */
function first(value: Planned | undefined, ...names: readonly string[]): Planned | undefined {
  const one = Array.isArray(value) ? (value as readonly Planned[])[0] : value;
  const [name, ...rest] = names;
  if (name === undefined) return one;
  return isObject(one) ? first((one as Readonly<Record<string, Planned>>)[name], ...rest) : undefined;
}
