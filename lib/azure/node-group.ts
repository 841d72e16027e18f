import { LinuxVirtualMachineScaleSet } from "@cdktf/provider-azurerm/lib/linux-virtual-machine-scale-set";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { NodePoolSpec } from "../core";
import { launchTemplate, type LaunchTemplateProps } from "./launch-template";

/**
 * How a set's machines are replaced when what they start from changes: Azure does it by itself, a tenth of a zone's at a time and one at
 * least. The new one is there, and well, before an old one goes; and since that one is deleted, and not written over, it is told before
 * and can drain. Where the subscription's quota leaves no room for it, Azure writes the old ones over instead, with no notice.
 *
 * With half of the nodes ill, or the first new one, it stops: the next change of the set, or `az vmss update`, goes on.
 *
 * Terraform replaces the set, and so all of its nodes at once, for any change of these: let them be.
 *
 * @see https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-maxsurge
 */
const ONE_BY_ONE = {
  maximumSurgeInstancesEnabled: true,
  maxBatchInstancePercent: 10,
  maxUnhealthyInstancePercent: 50,
  maxUnhealthyUpgradedInstancePercent: 20,
  // The ill ones first: what is rolled out may be their cure.
  prioritizeUnhealthyInstancesEnabled: true,
  crossZoneUpgradesEnabled: false,
  pauseTimeBetweenBatches: "PT1M",
} as const;

/**
 * For the pods to go elsewhere; as long as Azure waits, and as DRAIN in scripts/node/lib/drain.sh.
 * @see https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-terminate-notification
 */
const TERMINATION = "PT15M";

/**
 * Where kubelet says that it runs and looks after its pods, to its own machine alone.
 * @see https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
 */
const HEALTH = { port: 10248, requestPath: "/healthz" };

/** All sizes take it, so that another size is a change in place: another kind of disk would replace the set and all of its nodes at once. */
const DISK = "StandardSSD_LRS";

export interface NodeGroupProps
  extends
    Omit<LaunchTemplateProps, "hostPrefix" | "instanceType" | "diskType" | "health">,
    Pick<Required<NodePoolSpec>, "machineTypes" | "minCount" | "spotPercent"> {
  /** The pool's own name. */
  readonly pool: string;
  /** Of the set itself, by key. */
  readonly tags: Readonly<Record<string, string>>;
  /** What a node needs from its boot to its end. */
  readonly needed: readonly ITerraformDependable[];
}

/**
 * The scale set that starts as many of a pool's nodes as are wanted. It belongs to the scope itself, which its address is of.
 */
export function nodeGroup(scope: Construct, props: NodeGroupProps): LinuxVirtualMachineScaleSet {
  const { pool, machineTypes, minCount, spotPercent, tags, needed } = props;
  const [instanceType = ""] = machineTypes;
  return new LinuxVirtualMachineScaleSet(scope, "group", {
    ...launchTemplate({ ...props, instanceType, diskType: DISK, hostPrefix: pool, health: HEALTH }),
    instances: minCount,
    // How many there are is the autoscaler's business, from the first deploy on. Azure's own would end nodes that nobody has drained.
    lifecycle: { ignoreChanges: ["instances"] },
    // With true it is a hundred machines at most, and it cannot be taken back.
    singlePlacementGroup: false,
    upgradeMode: "Rolling",
    rollingUpgradePolicy: ONE_BY_ONE,
    ...(spotPercent > 0
      ? // Azure gives spot machines no notice but the market's own.
        { priority: "Spot", evictionPolicy: "Delete" }
      : { terminationNotification: { enabled: true, timeout: TERMINATION } }),
    tags: { ...tags },
    // Also what a node drains through: Terraform destroys in the opposite order.
    dependsOn: [...needed],
  });
}
