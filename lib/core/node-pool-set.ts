import { isRange } from "./cidr-plan";
import type { Rule } from "./invalid";
import { MOST_NODES, nodesAtOnce, nodesIn } from "./node-count";
import type { NodePoolSpec } from "./node-pool-spec";

type Pools = Rule<readonly NodePoolSpec[]>;

/** Pools that can be told apart. */
export const areNamedApart: Pools = (pools) => {
  const names = pools.map(({ name }) => name);
  const twice = [...new Set(names.filter((name, at) => names.indexOf(name) < at))];
  return twice.length === 0 ? [] : [{ mustHold: "must have a name of its own each", got: twice }];
};

/** Pools of which one at most has the names that nothing else has. */
export const haveOneWildcard: Pools = (pools) => {
  const open = pools.filter(({ role, wildcard = true }) => role === "loadbalancer" && wildcard);
  return open.length < 2
    ? []
    : [
        {
          mustHold: "must have one load-balancer pool at most that the wildcard name leads to",
          got: open.map(({ name }) => name),
          fix: "say wildcard: false of the others",
        },
      ];
};

/** Pools whose nodes find a /24 each in the range of pods, and are no more than Kubernetes takes. */
export function fitInto(podCidr: string): Pools {
  return (pools) => {
    const wanted = nodesAtOnce(pools.map(({ maxCount }) => maxCount));
    const most = isRange(podCidr).length === 0 ? Math.min(nodesIn(podCidr), MOST_NODES) : MOST_NODES;
    // What is no count is another rule's business.
    return !Number.isFinite(wanted) || wanted <= most
      ? []
      : [
          {
            mustHold:
              `must come to at most ${most} nodes, with the master and a tenth more while they are replaced ` +
              (most === MOST_NODES
                ? "(Kubernetes takes no more)"
                : `(each has a /24 of podCidr, ${podCidr})`),
            got: wanted,
            fix:
              "lower 'maxCount'" +
              (most === MOST_NODES ? "" : ", or found the cluster with a larger podCidr"),
          },
        ];
  };
}
