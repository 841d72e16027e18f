import { LinuxVirtualMachineScaleSet } from "@cdktf/provider-azurerm/lib/linux-virtual-machine-scale-set";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { PORTS } from "../core";
import { instanceType } from "./instance-type";
import { launchTemplate, type LaunchTemplateProps } from "./launch-template";

/**
 * For the last snapshot: a database of 8 GB in some five minutes, and as much again. Azure waits 15 minutes at most.
 * @see https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-terminate-notification
 */
const TERMINATION = "PT10M";

/** The same question that load balancers ask. */
const HEALTH = { port: PORTS.masterHealth.from, requestPath: "/healthz" };

export interface MasterGroupProps extends Omit<LaunchTemplateProps, "hostPrefix" | "diskType" | "health"> {
  /** What a master needs from its boot to its last snapshot. */
  readonly needed: readonly ITerraformDependable[];
}

/** The scale set of one that starts a lone master. It belongs to the scope itself, which its address is of. */
export function masterGroup(scope: Construct, props: MasterGroupProps): LinuxVirtualMachineScaleSet {
  // etcd waits for its log to be on the disk.
  const diskType = instanceType(props.instanceType)?.hasPremiumDisks ? "Premium_LRS" : "StandardSSD_LRS";
  return new LinuxVirtualMachineScaleSet(scope, "group", {
    ...launchTemplate({ ...props, diskType, hostPrefix: "master", health: HEALTH }),
    instances: 1,
    // A rolling upgrade refuses a set whose only member is ill, and nothing else may start a new one beside it.
    upgradeMode: "Manual",
    terminationNotification: { enabled: true, timeout: TERMINATION },
    // Also what the last snapshot leaves through: Terraform destroys in the opposite order.
    dependsOn: [...props.needed],
  });
}
