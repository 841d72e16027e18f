import { MASTER_LABELS, nodeLabelsOf, type NodePoolSpec, nodeTaintsOf } from "../core";

/** What the cluster autoscaler looks for. */
const AUTOSCALER = "cluster-autoscaler";

/** What it reads from a set of which no node is there yet. */
const TEMPLATE = "k8s.io_cluster-autoscaler_node-template";

export interface TaggedPool extends Pick<
  Required<NodePoolSpec>,
  "name" | "role" | "labels" | "taints" | "minCount" | "maxCount"
> {
  /** What tags call the cluster. */
  readonly cluster: string;
}

/**
 * The tags of a pool's set, by key. The autoscaler takes the set for its own by them, knows how many machines it may have, and what a
 * node would be like; of the disk it knows from the set itself.
 *
 * @see https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/azure/README.md
 * @see https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/azure/azure_autodiscovery.go
 */
export function groupTags({ cluster, ...pool }: TaggedPool): Readonly<Record<string, string>> {
  const labels = { ...nodeLabelsOf(pool), [MASTER_LABELS.role]: pool.role, [MASTER_LABELS.pool]: pool.name };
  return {
    [`${AUTOSCALER}-enabled`]: "true",
    [`${AUTOSCALER}-name`]: cluster,
    min: String(pool.minCount),
    max: String(pool.maxCount),
    ...Object.fromEntries(
      Object.entries(labels).map(([key, value]) => [`${TEMPLATE}_label_${spelled(key)}`, value]),
    ),
    ...Object.fromEntries(
      nodeTaintsOf(pool).map(({ key, value, effect }) => [
        `${TEMPLATE}_taint_${spelled(key)}`,
        `${value}:${effect}`,
      ]),
    ),
  };
}

/**
 * A key as the autoscaler reads it from a tag, whose name may have no slash: first each underscore is a slash to it, then each ~2 an
 * underscore. No key has a tilde.
 * @see https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/azure/azure_template.go
 */
function spelled(key: string): string {
  return key.replaceAll("_", "~2").replaceAll("/", "_");
}
