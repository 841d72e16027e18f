import type { Change } from "./preview";
import { isObject, type Planned } from "./value";

/** Where each kind of workload says how its pods are exchanged, and what it does where nothing is said. */
const STRATEGIES: Readonly<Record<string, readonly [block: string, otherwise: string]>> = {
  stateful_set: ["update_strategy", "one after the other, the highest ordinal first"],
  daemon_set: ["strategy", "node by node"],
  deployment: ["strategy", "some at a time"],
};

const REMADE = "all its pods are stopped at once, and new ones are made then";

/**
 * What becomes of the pods of a workload that is deleted, whatever its strategy says; undefined for what is none.
 *
 * @see https://kubernetes.io/docs/concepts/architecture/garbage-collection/#cascading-deletion
 */
export function podsWithout(
  type: string,
  { isGone, createFirst }: { readonly isGone: boolean; readonly createFirst: boolean },
): string | undefined {
  if (strategyOf(type) === undefined) return undefined;
  if (isGone) return "all its pods are stopped";
  return createFirst
    ? "all its pods go once its successor is made, whether that one's are ready or not"
    : REMADE;
}

/**
 * What Terraform plans of the volumes of a StatefulSet, and nobody does: Kubernetes does not change them, and the provider does not
 * ask it to, so that each later plan finds the same again.
 *
 * @see provider-kubernetes 3a33fb6cc605, kubernetes/structures_stateful_set.go: patchStatefulSetSpec
 */
export function unchangedVolumes(type: string, paths: readonly string[]): string[] {
  return kindOf(type) === "stateful_set" && paths.some((path) => VOLUMES.test(path))
    ? [
        "its volumes stay as they are, and each plan finds this again: each claim can be made larger by itself",
      ]
    : [];
}

const VOLUMES = /^spec\.volume_claim_template\./;

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
      return {
        disruption: [REMADE],
        notes: [],
      };
    default:
      return { disruption: [`its pods are made anew, ${otherwise}`], notes: [] };
  }
}

function strategyOf(type: string) {
  const kind = kindOf(type);
  return Object.hasOwn(STRATEGIES, kind) ? STRATEGIES[kind] : undefined;
}

/** "stateful_set" of "kubernetes_stateful_set_v1". */
function kindOf(type: string): string {
  return /^kubernetes_(\w+?)(_v1)?$/.exec(type)?.[1] ?? "";
}

/** What stands at a path of which each step may be a block, which is a list of one. */
function first(value: Planned | undefined, ...names: readonly string[]): Planned | undefined {
  const one = Array.isArray(value) ? (value as readonly Planned[])[0] : value;
  const [name, ...rest] = names;
  if (name === undefined) return one;
  return isObject(one) ? first((one as Readonly<Record<string, Planned>>)[name], ...rest) : undefined;
}
