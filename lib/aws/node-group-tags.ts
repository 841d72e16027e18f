import { MASTER_LABELS, nodeLabelsOf, type NodePoolSpec, nodeTaintsOf } from "../core";

/** What the cluster autoscaler looks for. */
const AUTOSCALER = "k8s.io/cluster-autoscaler";

/** What it reads from a group of which no node is there yet. */
const TEMPLATE = `${AUTOSCALER}/node-template`;

export interface TaggedPool extends Pick<
  Required<NodePoolSpec>,
  "name" | "role" | "labels" | "taints" | "diskGiB"
> {
  /** Of the group. */
  readonly group: string;
  /** What tags call the cluster. */
  readonly cluster: string;
}

/**
 * The tags of a pool's group, by key. The autoscaler takes the group for its own by them, and knows from them what a node
 * would be like.
 *
 * @see https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md
 */
export function groupTags({ group, cluster, ...pool }: TaggedPool): Readonly<Record<string, string>> {
  const labels = { ...nodeLabelsOf(pool), [MASTER_LABELS.role]: pool.role, [MASTER_LABELS.pool]: pool.name };
  return {
    Name: group,
    [`${AUTOSCALER}/enabled`]: "true",
    [`${AUTOSCALER}/${cluster}`]: "owned",
    ...Object.fromEntries(Object.entries(labels).map(([key, value]) => [labelTag(key), value])),
    ...Object.fromEntries(
      nodeTaintsOf(pool).map(({ key, value, effect }) => [taintTag(key), `${value}:${effect}`]),
    ),
    [`${TEMPLATE}/resources/ephemeral-storage`]: `${pool.diskGiB}Gi`,
  };
}

/** The key of the tag that says a label. */
export function labelTag(key: string): string {
  return `${TEMPLATE}/label/${key}`;
}

/** The key of the tag that says a taint. */
export function taintTag(key: string): string {
  return `${TEMPLATE}/taint/${key}`;
}
