import type { Fault, Rule } from "./invalid";
import { isNodeKey, isNodeValue } from "./node-label";

/** What a taint does to pods that do not tolerate it, as Kubernetes spells it. */
export const TAINT_EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"] as const;

/** What a taint does: keeps new pods away, does so if it can, or sends away those that run there too. */
export type TaintEffect = (typeof TAINT_EFFECTS)[number];

/** What keeps pods away from a node, but for those that tolerate it. */
export interface NodeTaint {
  /** Like a label's key, but of any domain. */
  readonly key: string;
  /**
   * Like a label's value.
   * @default ""
   */
  readonly value?: string;
  readonly effect: TaintEffect;
}

/**
 * Taints that a kubelet takes for its own node. A key may come once with each effect.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
 */
export const areNodeTaints: Rule<readonly NodeTaint[]> = (taints) => {
  const faults = taints.flatMap((taint): readonly Fault[] => [
    ...isNodeKey(taint.key),
    ...isNodeValue(taint.value ?? "").map((fault) => ({ ...fault, got: taint })),
    ...(TAINT_EFFECTS.includes(taint.effect)
      ? []
      : [{ mustHold: `must have an effect of ${TAINT_EFFECTS.join(", ")}`, got: taint }]),
  ]);
  const twice = taints.filter(
    ({ key, effect }, at) => taints.findIndex((other) => other.key === key && other.effect === effect) < at,
  );
  return twice.length === 0
    ? faults
    : [...faults, { mustHold: "must name each key once for each effect", got: twice }];
};
