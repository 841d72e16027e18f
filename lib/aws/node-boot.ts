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
import type { IAwsCluster } from "./aws-cluster";
import { nodeStatements } from "./grants/node";
import type { PlatformGrant } from "./grants/platform";
import { MachineRole } from "./machine-role";
import { NODE_HOOKS } from "./node-group";
import { Place } from "./place";
import { regionOf } from "./zone";

export interface NodeBootProps extends Required<NodePoolSpec> {
  readonly cluster: IAwsCluster;
  /** The name of the Auto Scaling group, which the role is called like. */
  readonly group: string;
  /** What tags call the pool, such as "acme-prod/general". */
  readonly tag: string;
  /** What pods may do as the machines, if anything. */
  readonly lends?: PlatformGrant;
}

/** What a node boots with. */
export interface NodeBoot {
  readonly profileArn: string;
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
  const { store, sealingKey, joinParameter } = cluster;
  const clusterVersion = nodeVersionOf(cluster);
  const [region = ""] = cluster.network.zones.map(regionOf);
  const addresses = props.role === "loadbalancer";

  const role = new MachineRole(scope, "role", {
    name: group,
    description: `Nodes of ${tag}`,
    statements: nodeStatements(new Place(scope, "place", region), {
      ...{ bucket: store.name, pool, tag, region, sealingKey, joinParameter, group, addresses, lends },
    }),
  });
  const bundle = new BootBundle(scope, "boot", { cloud: "aws", role: "node", pool });
  const archive = bootArchive(scope, bundle, store);
  const { labels, taints } = kubeletTexts(props);
  const userData = bundle.userData({
    storeUrl: store.url,
    environment: {
      CLUSTER: tagNameOf(cluster.resourceName),
      POOL: tag,
      JOIN: joinParameter,
      KUBERNETES_VERSION: clusterVersion,
      KUBELET_VERSION: kubernetesVersion,
      ETCD_VERSION: etcdVersionFor(clusterVersion),
      PACKAGES_URL: kubernetesPackages(clusterVersion),
      KUBELET_PACKAGES_URL: kubernetesPackages(kubernetesVersion),
      CONTAINERD_PACKAGES_URL: CONTAINERD_PACKAGES,
      AWS_REGION: region,
      GROUP: group,
      LAUNCH_HOOK: NODE_HOOKS.launch,
      TERMINATION_HOOK: NODE_HOOKS.termination,
      ...(labels.length > 0 && { NODE_LABELS: labels }),
      ...(taints.length > 0 && { NODE_TAINTS: taints }),
      ...(addresses && { ADDRESSES: "yes" }),
    },
  });
  return { profileArn: role.profileArn, userData, needed: [archive, ...role.attachments] };
}
