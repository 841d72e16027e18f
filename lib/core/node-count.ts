/**
 * The most nodes that a cluster may have.
 *
 * @see https://kubernetes.io/docs/setup/best-practices/cluster-large/
 */
export const MOST_NODES = 5000;

/** How many nodes can have the /24 of a range of pods that each wants. */
export function nodesIn(podCidr: string): number {
  return 2 ** (24 - Number(podCidr.split("/")[1]));
}

/**
 * The most nodes that there are at once with pools of these most counts: a pool may have a tenth more while its machines are
 * replaced, and a master's Node is still there when the one after it joins.
 */
export function nodesAtOnce(maxCounts: readonly number[]): number {
  return maxCounts.reduce((sum, count) => sum + count + Math.ceil(count / 10), 2);
}
