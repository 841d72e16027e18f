import type { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { type ITerraformDependable, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import {
  areNamedApart,
  fitInto,
  haveOneWildcard,
  type INetwork,
  type NodePoolSpec,
  nodeVersionOf,
  PORTS,
  Problems,
  tagNameOf,
  withNodePoolDefaults,
} from "../core";
import type { IAwsCluster } from "./aws-cluster";
import { checkLent, checkPoolCluster } from "./aws-cluster-rules";
import type { PlatformGrant } from "./grants/platform";
import { NodeAddresses } from "./node-addresses";
import { nodeBoot } from "./node-boot";
import { nodeGroup } from "./node-group";
import { groupTags } from "./node-group-tags";
import { checkAwsNodePool } from "./node-pool-rules";

export interface NodePoolProps extends NodePoolSpec {
  /** The cluster that its nodes join. */
  readonly cluster: IAwsCluster;
  /**
   * What pods with the label `keelson.io/lends-identity: "true"`, in namespaces with it, need the machines' identity for. **Such a pod has
   * all of its rights**, the node's own as well: docs/iam.md says what they are worth. So let no other pods run here. Workers only.
   * @default nothing: no pod outside of the host's network reaches the identity
   */
  readonly lends?: PlatformGrant;
}

/**
 * Nodes of one kind, in an Auto Scaling group over the zones. docs/node-pools.md says what a change of each prop does.
 *
 * @throws InvalidError with everything that is wrong with the props, also beside the cluster's other pools in the stack
 */
export class NodePool extends Construct {
  /** The fixed public addresses of a load-balancer pool; a worker pool has none. */
  readonly publicIps: readonly string[];
  /** The Terraform resources that others add to. */
  readonly resources: { readonly group: AutoscalingGroup };
  private readonly props: NodePoolProps;

  constructor(scope: Construct, id: string, props: NodePoolProps) {
    super(scope, id);
    const { cluster, lends, ...spec } = props;
    const { resourceName, network, nodeSecurity, neededByNodes = [] } = cluster;
    const called = tagNameOf(resourceName);
    const surroundings = { kubernetesVersion: nodeVersionOf(cluster), zones: network.zones, cluster: called };
    const problems = new Problems(this.node.path);
    checkPoolCluster(problems, cluster, spec);
    checkLent(problems, lends, spec);
    checkAwsNodePool(problems, spec, surroundings);
    problems.throw();
    this.props = props;
    this.checkTogether(problems.in("cluster"), cluster);

    const pool = withNodePoolDefaults(spec, surroundings);
    const group = `${resourceName}-${pool.name}`;
    const poolTag = `${called}/${pool.name}`;
    const isOpen = pool.role === "loadbalancer";

    const addresses = isOpen
      ? new NodeAddresses(this, "addresses", {
          name: group,
          poolTag,
          count: pool.maxCount,
          publicZone: cluster.publicZone,
          labels: { pool: pool.name, ...(pool.wildcard && { wildcard: "*" }) },
        })
      : undefined;
    const door = isOpen ? this.door(group, network) : undefined;
    const boot = nodeBoot(this, { ...pool, cluster, group, tag: poolTag, lends });
    const subnetIds = isOpen ? network.publicSubnetIds : network.privateSubnetIds;
    const made = nodeGroup(this, {
      ...pool,
      group,
      cluster: called,
      poolTag,
      subnetIds: subnetIds.filter((_, index) => pool.zones.includes(network.zones[index] ?? "")),
      securityGroupIds: [nodeSecurity.members, door?.securityGroup.id ?? nodeSecurity.services],
      profileArn: boot.profileArn,
      userData: boot.userData,
      lendsIdentity: lends !== undefined,
      tags: groupTags({ ...pool, group, cluster: called }),
      needed: [
        ...boot.needed,
        ...(addresses?.addresses ?? []),
        ...(door?.rules ?? []),
        ...neededByNodes,
        ...(network.waysOut ?? []),
      ],
    });

    this.publicIps = addresses?.publicIps ?? [];
    this.resources = { group: made };
  }

  /** Looks at the pools of the cluster that stand in the stack so far: the one that is too much is refused. */
  private checkTogether(problems: Problems, { resourceName, publicZone, podCidr }: IAwsCluster): void {
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

  /** What the world may reach on a machine: the two ports of the web. */
  private door(
    name: string,
    network: INetwork,
  ): { readonly securityGroup: SecurityGroup; readonly rules: readonly ITerraformDependable[] } {
    const securityGroup = new SecurityGroup(this, "security-group", {
      name,
      description: "Load-balancer nodes: 80 and 443, from the world",
      vpcId: network.networkId,
      tags: { Name: name },
    });
    const inbound = new Construct(this, "in");
    const rules = Object.entries({ http: PORTS.http, https: PORTS.https }).map(
      ([what, { protocol, from, to }]) =>
        new VpcSecurityGroupIngressRule(inbound, what, {
          securityGroupId: securityGroup.id,
          description: `${what}, from the world`,
          ipProtocol: protocol,
          fromPort: from,
          toPort: to,
          cidrIpv4: "0.0.0.0/0",
        }),
    );
    return { securityGroup, rules };
  }
}
