import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group";
import { Fn, type ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { NodePoolSpec } from "../core";
import { launchTemplate } from "./launch-template";

/** The hooks that a node tells its group through: that it has joined, and that its pods are gone. */
export const NODE_HOOKS = { launch: "join", termination: "drain" } as const;

// Terraform replaces the group, and so all of its nodes at once, for any change of a hook that the group begins with: let
// these two be.

/**
 * How long a machine may be silent at its launch. A node that has not joined by then is ended and another one started. The
 * autoscaler waits as long for a node that it has asked for.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html
 */
const LAUNCH_SECONDS = 900;

/** How long one may be silent while its pods go elsewhere. */
const TERMINATION_SECONDS = 600;

/**
 * How a role's machines are replaced, by an instance refresh or because one is not well.
 *
 * A worker's successor is there before it goes. A load balancer's would wait for the address that the one before it has, so
 * there the old one goes at the same time; not with 100 and 100, which starts the new one first. One percent of fewer than two
 * hundred machines is one machine.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-overview.html#instance-refresh-core-concepts
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-maintenance-policy-overview-and-considerations.html
 */
const ONE_BY_ONE = {
  worker: { minHealthyPercentage: 100, maxHealthyPercentage: 110 },
  loadbalancer: { minHealthyPercentage: 99, maxHealthyPercentage: 100 },
} as const;

export interface NodeGroupProps extends Required<NodePoolSpec> {
  /** Of the group, the template and the machines; unique in the account and region. */
  readonly group: string;
  /** What tags call the cluster. */
  readonly cluster: string;
  /** What tags call the pool, such as "acme-prod/general". */
  readonly poolTag: string;
  /** One in each of the pool's zones. */
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  /** Of the role that the nodes have. */
  readonly profileArn: string;
  /** In plain text. */
  readonly userData: string;
  /** Whether pods may act as the machines. */
  readonly lendsIdentity: boolean;
  /** Of the group itself, by key. */
  readonly tags: Readonly<Record<string, string>>;
  /** What a node needs from its boot to its end. */
  readonly needed: readonly ITerraformDependable[];
}

/**
 * The launch template of a pool's nodes, and the Auto Scaling group that starts as many as are wanted. They belong to the
 * scope itself, which their addresses are of.
 */
export function nodeGroup(scope: Construct, props: NodeGroupProps): AutoscalingGroup {
  const { group, cluster, poolTag, role, minCount, maxCount, subnetIds, tags, needed } = props;
  const template = launchTemplate(scope, {
    ...props,
    name: group,
    description: `Nodes of ${poolTag}`,
    publicAddress: role === "loadbalancer",
    tags: { [`kubernetes.io/cluster/${cluster}`]: "owned", "keelson/pool": poolTag },
  });
  return new AutoscalingGroup(scope, "group", {
    name: group,
    minSize: minCount,
    maxSize: maxCount,
    // How many there are is the autoscaler's business, from the first deploy on.
    lifecycle: { ignoreChanges: ["desired_capacity"] },
    vpcZoneIdentifier: [...subnetIds],
    mixedInstancesPolicy: mixedInstances(template.id, Fn.tostring(template.latestVersion), props),
    // Starts another machine when the cloud says that it may take one back, before it does.
    capacityRebalance: props.spotPercent > 0,
    healthCheckType: "EC2",
    // After the launch hook, in which a node joins.
    healthCheckGracePeriod: 60,
    // Balancing zones starts a machine before it ends another, which would wait for that one's address.
    suspendedProcesses: role === "loadbalancer" ? ["AZRebalance"] : undefined,
    instanceMaintenancePolicy: ONE_BY_ONE[role],
    // The provider updates the group before it starts a refresh, so that there is nothing old to roll back to. It is asked for
    // all the same, for the day that this is mended. https://github.com/hashicorp/terraform-provider-aws/issues/34189
    instanceRefresh: {
      strategy: "Rolling",
      preferences: { ...ONE_BY_ONE[role], skipMatching: true, autoRollback: true },
    },
    initialLifecycleHook: [
      {
        name: NODE_HOOKS.launch,
        lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
        heartbeatTimeout: LAUNCH_SECONDS,
        defaultResult: "ABANDON",
      },
      // Not a resource of its own, which Terraform would take away before the group and its machines.
      {
        name: NODE_HOOKS.termination,
        lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
        heartbeatTimeout: TERMINATION_SECONDS,
        defaultResult: "CONTINUE",
      },
    ],
    // The last machines have their termination hook, and Terraform waits ten minutes by default.
    timeouts: { delete: "30m" },
    // Nodes join when the master lets them, which at a first deploy is minutes later.
    waitForCapacityTimeout: "0",
    tag: Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: false })),
    // Also what a node drains and reports through: Terraform destroys in the opposite order.
    dependsOn: [...needed],
  });
}

/** The same for a pool of one type and one without spot, so that neither change is more than a change of numbers. */
function mixedInstances(
  launchTemplateId: string,
  version: string,
  { machineTypes, spotPercent }: Pick<NodeGroupProps, "machineTypes" | "spotPercent">,
) {
  return {
    instancesDistribution: {
      onDemandBaseCapacity: 0,
      onDemandPercentageAboveBaseCapacity: 100 - spotPercent,
      onDemandAllocationStrategy: "prioritized",
      spotAllocationStrategy: "price-capacity-optimized",
    },
    launchTemplate: {
      launchTemplateSpecification: { launchTemplateId, version },
      override: machineTypes.map((instanceType) => ({ instanceType })),
    },
  };
}
