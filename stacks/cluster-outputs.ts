import { TerraformOutput, type TerraformStack } from "cdktf";
import type { ClusterAccess, ICluster, INetwork } from "../lib/core";

/** What a stack has made, as far as its outputs tell of it. */
export interface Made {
  readonly network: INetwork & { readonly natAddresses?: readonly string[] };
  readonly cluster: ICluster & {
    readonly access: ClusterAccess;
    readonly dns: { readonly publicName: string; readonly nameServers?: readonly string[] };
  };
  readonly pools: readonly {
    readonly node: { readonly id: string };
    readonly publicIps: readonly string[];
  }[];
}

/** The outputs of a cluster's stack, for those who build on it; each cloud calls them the same. */
export function addOutputs(stack: TerraformStack, { network, cluster, pools }: Made): void {
  const { privateSubnetIds, publicSubnetIds, natAddresses } = network;
  const { endpoint, publicEndpoint, access, dns } = cluster;
  const open = pools.filter(({ publicIps }) => publicIps.length > 0);
  const outputs = {
    private_subnet_ids: [privateSubnetIds, "The subnets that cannot be reached from outside"],
    public_subnet_ids: [publicSubnetIds, "The subnets that can be reached from outside"],
    nat_addresses: [natAddresses, "The public addresses that private machines leave from"],
    endpoint: [endpoint, "Where the Kubernetes API answers inside the network"],
    public_endpoint: [publicEndpoint, "Where it answers to the ranges that are allowed"],
    access: [
      // Literal, since the command line reads it before anything is deployed.
      { ...access, endpoint, ...(publicEndpoint && { publicEndpoint }) },
      "Where `keelson credential` and `keelson kubeconfig` find the way in",
    ],
    pool_addresses: [
      open.length > 0
        ? Object.fromEntries(open.map(({ node, publicIps }) => [node.id, publicIps]))
        : undefined,
      "The fixed public addresses of the load-balancer pools",
    ],
    name_servers: [dns.nameServers, `What the domain has to delegate ${dns.publicName} to`],
  } as const;
  for (const [id, [value, description]] of Object.entries(outputs)) {
    if (value !== undefined) {
      new TerraformOutput(stack, id, { value, description });
    }
  }
}
