import type { LinuxVirtualMachineScaleSet } from "@cdktf/provider-azurerm/lib/linux-virtual-machine-scale-set";
import { Annotations, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import {
  areNamedApart,
  fitInto,
  haveOneWildcard,
  type NodePoolSpec,
  nodeVersionOf,
  PORTS,
  Problems,
  tagNameOf,
  withNodePoolDefaults,
} from "../core";
import type { IAzureCluster } from "./azure-cluster";
import { checkLent, checkPoolCluster } from "./azure-cluster-rules";
import type { PlatformGrant } from "./grants/platform";
import { retirementOf } from "./instance-type";
import { NodeAddresses } from "./node-addresses";
import { nodeBoot } from "./node-boot";
import { nodeGroup } from "./node-group";
import { groupTags } from "./node-group-tags";
import { checkAzureNodePool } from "./node-pool-rules";
import { letNodeTalk } from "./node-security";
import { letIn, SecurityGroup, WORLD } from "./security-group";

export interface NodePoolProps extends NodePoolSpec {
  /** The cluster that its nodes join. */
  readonly cluster: IAzureCluster;
  /**
   * What pods with the label `keelson.io/lends-identity: "true"`, in namespaces with it, need the machines' identity for. **Such a pod has
   * all of its rights**, the node's own as well: docs/iam-azure.md says what they are worth. So let no other pods run here. Workers only.
   * @default nothing: no pod outside of the host's network reaches the identity
   */
  readonly lends?: PlatformGrant;
}

/**
 * Nodes of one kind, in a scale set over the zones. docs/node-pools.md says what a change of each prop does.
 *
 * @throws InvalidError with everything that is wrong with the props, also beside the cluster's other pools in the stack
 */
export class NodePool extends Construct {
  /** The fixed public address of a load-balancer pool; a worker pool has none. */
  readonly publicIps: readonly string[];
  /** The Terraform resources that others add to. */
  readonly resources: { readonly group: LinuxVirtualMachineScaleSet };
  private readonly props: NodePoolProps;

  constructor(scope: Construct, id: string, props: NodePoolProps) {
    super(scope, id);
    const { cluster, lends, ...spec } = props;
    const { resourceName, place, network, nodeSecurity, neededByNodes = [] } = cluster;
    const called = tagNameOf(resourceName);
    const surroundings = { kubernetesVersion: nodeVersionOf(cluster), zones: network.zones, resourceName };
    const problems = new Problems(this.node.path);
    checkPoolCluster(problems, cluster, spec);
    checkLent(problems, lends, spec);
    checkAzureNodePool(problems, spec, surroundings);
    problems.throw();
    this.props = props;
    this.checkTogether(problems.in("cluster"), cluster);

    const pool = withNodePoolDefaults(spec, surroundings);
    for (const retirement of pool.machineTypes.map((type) =>
      retirementOf(type, (size) => `machineTypes: ["${size}"]`),
    )) {
      if (retirement !== undefined) {
        Annotations.of(this).addWarning(retirement);
      }
    }
    const group = `${resourceName}-${pool.name}`;
    const isOpen = pool.role === "loadbalancer";

    const addresses = isOpen
      ? new NodeAddresses(this, "addresses", {
          name: group,
          place,
          publicZone: cluster.publicZone,
          labels: { pool: pool.name, ...(pool.wildcard && { wildcard: "*" }) },
        })
      : undefined;
    const door = isOpen ? this.door(group, cluster) : undefined;
    const boot = nodeBoot(this, { ...pool, cluster, group, tag: `${called}/${pool.name}`, lends });
    const [subnetId = ""] = isOpen ? network.publicSubnetIds : network.privateSubnetIds;
    const made = nodeGroup(this, {
      ...pool,
      name: group,
      pool: pool.name,
      place,
      subnetId,
      securityGroupId: door?.id ?? nodeSecurity.services,
      membersId: nodeSecurity.members,
      poolIds: addresses && [addresses.poolId],
      identityId: boot.identityId,
      userData: boot.userData,
      tags: groupTags({ ...pool, cluster: called }),
      needed: [
        ...boot.needed,
        ...(addresses?.rules ?? []),
        ...(door?.rules ?? []),
        ...neededByNodes,
        ...(network.waysOut ?? []),
      ],
    });

    this.publicIps = addresses?.publicIps ?? [];
    this.resources = { group: made };
  }

  /** Looks at the pools of the cluster that stand in the stack so far: the one that is too much is refused. */
  private checkTogether(problems: Problems, { resourceName, publicZone, podCidr }: IAzureCluster): void {
    const pools = TerraformStack.of(this)
      .node.findAll()
      // One that was refused itself has no props.
      .flatMap((one) => (one instanceof NodePool ? ((one.props as NodePoolProps | undefined) ?? []) : []))
      .filter(({ cluster }) => cluster.resourceName === resourceName);
    problems.check("pools", pools, areNamedApart, fitInto(podCidr));
    if (publicZone !== undefined) {
      problems.check("pools", pools, haveOneWildcard);
    }
    problems.throw();
  }

  /** What a node's group has where the world may reach it: the two ports of the web, and what every node's has. */
  private door(name: string, { place, nodeSecurity }: IAzureCluster) {
    const fence = new SecurityGroup(this, "security-group", { name, place });
    const talk = letNodeTalk(new Construct(fence, "talk"), fence, nodeSecurity.members);
    const inbound = new Construct(this, "in");
    const rules = Object.entries({ http: PORTS.http, https: PORTS.https }).map(([what, port]) =>
      letIn(inbound, what, fence, {
        priority: 1000 + port.from,
        from: [WORLD],
        port,
        description: `${what}, from the world`,
      }),
    );
    return { id: fence.id, rules: [...talk, ...rules] };
  }
}
