import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import {
  BootBundle,
  CONTAINERD_PACKAGES,
  etcdVersionFor,
  kubeletTexts,
  kubernetesPackages,
  type NodePoolSpec,
  nodeVersionOf,
  tagNameOf,
} from "../core";
import { bootArchive } from "./boot-archive";
import type { IAzureCluster } from "./azure-cluster";
import { nodeGrants } from "./grants/node";
import type { PlatformGrant } from "./grants/platform";
import { MachineRole } from "./machine-role";

export interface NodeBootProps extends Required<NodePoolSpec> {
  readonly cluster: IAzureCluster;
  /** The name of the scale set, which the identity is called like. */
  readonly group: string;
  /** What tags call the pool, such as "acme-prod/general". */
  readonly tag: string;
  /** What pods may do as the machines, if anything. */
  readonly lends?: PlatformGrant;
}

/** What a node boots with. */
export interface NodeBoot {
  readonly identityId: string;
  readonly userData: string;
  /** What has to be there before a machine boots, and as long as one runs. */
  readonly needed: readonly ITerraformDependable[];
}

/**
 * The rights, the scripts and the user data of a pool's nodes. They belong to the scope itself, which their addresses are of.
 *
 * @throws InvalidError for values that do not fit into user data
 */
export function nodeBoot(scope: Construct, props: NodeBootProps): NodeBoot {
  const { cluster, group, tag, name: pool, kubernetesVersion, lends } = props;
  const { place, store, joinSecret } = cluster;
  const clusterVersion = nodeVersionOf(cluster);

  const role = new MachineRole(scope, "role", {
    name: group,
    place,
    description: `Nodes of ${tag}`,
    grants: nodeGrants({ store, joinSecret, pool, lends }),
  });
  const bundle = new BootBundle(scope, "boot", { cloud: "azure", role: "node", pool });
  const archive = bootArchive(scope, bundle, store);
  const { labels, taints } = kubeletTexts(props);
  const userData = bundle.userData({
    storeUrl: store.url,
    environment: {
      CLUSTER: tagNameOf(cluster.resourceName),
      POOL: tag,
      JOIN: joinSecret.name,
      KEY_VAULT_URL: joinSecret.vaultUrl,
      KUBERNETES_VERSION: clusterVersion,
      KUBELET_VERSION: kubernetesVersion,
      ETCD_VERSION: etcdVersionFor(clusterVersion),
      PACKAGES_URL: kubernetesPackages(clusterVersion),
      KUBELET_PACKAGES_URL: kubernetesPackages(kubernetesVersion),
      CONTAINERD_PACKAGES_URL: CONTAINERD_PACKAGES,
      ...(labels.length > 0 && { NODE_LABELS: labels }),
      ...(taints.length > 0 && { NODE_TAINTS: taints }),
    },
  });
  return { identityId: role.identityId, userData, needed: [archive, ...role.attachments] };
}
