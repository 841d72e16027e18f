import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group";
import { Fn, type ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { launchTemplate } from "./launch-template";
import type { MachineImage } from "./machine-image";

/** The hooks that a master tells its group through: that it serves, and that its last snapshot is in the store. */
export const HOOKS = { launch: "boot", termination: "last-snapshot" } as const;

// Terraform replaces the group, and so the master, for any change of a hook that the group begins with: let these two be.

/**
 * How long a machine may be silent at its launch. A hook waits a hundred times as long at most, and 48 hours, which is
 * what a boot that holds needs.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html
 */
const LAUNCH_SECONDS = 1800;

/** For the last snapshot: a database of 8 GB in some five minutes, and as much again. */
const TERMINATION_SECONDS = 600;

/** The old one goes first. It shortens the time with two of them; the epoch is what excludes it. */
const ONE_AFTER_THE_OTHER = { minHealthyPercentage: 0, maxHealthyPercentage: 100 };

export interface MasterGroupProps {
  /** Of the group, the template and the machine; unique in the account and region. */
  readonly name: string;
  readonly cluster: string;
  /** One in each zone that the master may stand in. */
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  /** Those of the load balancers. */
  readonly targetGroupArns: readonly string[];
  readonly image: MachineImage;
  readonly instanceType: string;
  readonly diskGiB: number;
  /** Of the role that the master has. */
  readonly profileArn: string;
  /** In plain text. */
  readonly userData: string;
  /** Whether a new template replaces the master at once. */
  readonly replaces: boolean;
  /** What a master needs from its boot to its last snapshot. */
  readonly needed: readonly ITerraformDependable[];
}

/**
 * The launch template of a lone master, and the Auto Scaling group of one that starts it. They belong to the scope
 * itself, which their addresses are of.
 */
export function masterGroup(scope: Construct, props: MasterGroupProps): AutoscalingGroup {
  const { name, cluster, subnetIds, securityGroupId, targetGroupArns, replaces, needed } = props;
  const template = launchTemplate(scope, {
    ...props,
    description: `The master of ${cluster}`,
    securityGroupIds: [securityGroupId],
    tags: { [`kubernetes.io/cluster/${cluster}`]: "owned" },
  });
  return new AutoscalingGroup(scope, "group", {
    name,
    minSize: 1,
    maxSize: 1,
    vpcZoneIdentifier: [...subnetIds],
    launchTemplate: { id: template.id, version: Fn.tostring(template.latestVersion) },
    healthCheckType: "ELB",
    // After the launch hook, in which a boot takes its time.
    healthCheckGracePeriod: 60,
    targetGroupArns: [...targetGroupArns],
    // Balancing zones would start a second master beside the only one, for nothing.
    suspendedProcesses: ["AZRebalance"],
    instanceMaintenancePolicy: ONE_AFTER_THE_OTHER,
    initialLifecycleHook: [
      {
        name: HOOKS.launch,
        lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
        heartbeatTimeout: LAUNCH_SECONDS,
        // A machine that could not say that it serves is for the health check to judge.
        defaultResult: "CONTINUE",
      },
      // Not a resource of its own, which Terraform would take away before the group and its machine.
      {
        name: HOOKS.termination,
        lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
        heartbeatTimeout: TERMINATION_SECONDS,
        defaultResult: "CONTINUE",
      },
    ],
    // The last machine has its termination hook, and Terraform waits ten minutes by default.
    timeouts: { delete: "30m" },
    instanceRefresh: replaces
      ? { strategy: "Rolling", preferences: { ...ONE_AFTER_THE_OTHER, skipMatching: true } }
      : undefined,
    // A master may hold for good reasons, and a group that Terraform takes for failed is one that it replaces.
    waitForCapacityTimeout: "0",
    tag: [{ key: "Name", value: name, propagateAtLaunch: false }],
    // Also what the last snapshot leaves through: Terraform destroys in the opposite order.
    dependsOn: [...needed],
  });
}
