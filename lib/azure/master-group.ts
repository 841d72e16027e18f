import { LinuxVirtualMachineScaleSet } from "@cdktf/provider-azurerm/lib/linux-virtual-machine-scale-set";
import { Fn, type ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { PORTS } from "../core";
import { instanceType } from "./instance-type";
import { type MachineImage, marketplaceImage } from "./machine-image";
import { NOBODY, NOBODYS_KEY } from "./nobody";
import { type Place, placed } from "./place";

/**
 * How long a machine may boot, or hold, before it is replaced. A master that holds asks for repairs to be suspended after 45 minutes,
 * CLOUD_PATIENCE in scripts/node/lib/azure/cloud.sh, which has to come first. Azure waits 90 minutes at most. The price of it:
 * a machine that fails within the hour after its start is replaced only at its end.
 * @see https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-automatic-instance-repairs
 */
const GRACE = "PT60M";

/**
 * For the last snapshot: a database of 8 GB in some five minutes, and as much again. Azure waits 15 minutes at most.
 * @see https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-terminate-notification
 */
const TERMINATION = "PT10M";

/** The same question that load balancers ask, asked from within the machine: ill after a minute, as a reboot takes less. */
const HEALTH = {
  protocol: "http",
  port: PORTS.masterHealth.from,
  requestPath: "/healthz",
  intervalInSeconds: 10,
  numberOfProbes: 6,
};

export interface MasterGroupProps {
  /** Of the scale set; unique in its resource group. */
  readonly name: string;
  readonly place: Place;
  readonly zones: readonly string[];
  readonly subnetId: string;
  readonly securityGroupId: string;
  /** Those of the load balancers. */
  readonly poolIds: readonly string[];
  readonly image: MachineImage;
  readonly instanceType: string;
  readonly diskGiB: number;
  /** Of the identity that the master has. */
  readonly identityId: string;
  /** In plain text. */
  readonly userData: string;
  /** What a master needs from its boot to its last snapshot. */
  readonly needed: readonly ITerraformDependable[];
}

/** The scale set of one that starts a lone master. It belongs to the scope itself, which its address is of. */
export function masterGroup(scope: Construct, props: MasterGroupProps): LinuxVirtualMachineScaleSet {
  const { name, place, zones, subnetId, securityGroupId, poolIds, image, diskGiB, identityId, needed } =
    props;
  const offered = marketplaceImage(image);
  return new LinuxVirtualMachineScaleSet(scope, "group", {
    name,
    ...placed(place),
    sku: props.instanceType,
    instances: 1,
    zones: [...zones].sort(),
    // As many racks as there are, which is all that a set over zones may ask for.
    platformFaultDomainCount: 1,
    // Starting two and keeping the faster one would be two masters.
    overprovision: false,
    // A rolling upgrade refuses a set whose only member is ill, and nothing else may start a new one beside it.
    upgradeMode: "Manual",
    ...(offered ? { sourceImageReference: offered } : { sourceImageId: image.id }),
    customData: Fn.base64encode(props.userData),
    identity: { type: "UserAssigned", identityIds: [identityId] },
    // Also the beginning of its Node's name.
    computerNamePrefix: "master",
    adminUsername: NOBODY,
    disablePasswordAuthentication: true,
    adminSshKey: [{ username: NOBODY, publicKey: NOBODYS_KEY }],
    networkInterface: [
      {
        name: "primary",
        primary: true,
        networkSecurityGroupId: securityGroupId,
        ipConfiguration: [
          { name: "primary", primary: true, subnetId, loadBalancerBackendAddressPoolIds: [...poolIds] },
        ],
      },
    ],
    osDisk: {
      storageAccountType: instanceType(props.instanceType)?.hasPremiumDisks
        ? "Premium_LRS"
        : "StandardSSD_LRS",
      diskSizeGb: diskGiB,
      // etcd has to be told when its log is on the disk, not when it is in the host's memory. And nothing of it lies on the host, whose
      // caches Azure encrypts only where a subscription has asked for that.
      caching: "None",
    },
    // The console's text, which says why a boot holds, on storage that Azure keeps.
    bootDiagnostics: {},
    extension: [
      {
        name: "health",
        publisher: "Microsoft.ManagedServices",
        type: "ApplicationHealthLinux",
        // The version that takes an answer that is not 200 for ill. The next one wants the answer to say so in Azure's words.
        typeHandlerVersion: "1.0",
        autoUpgradeMinorVersion: true,
        settings: JSON.stringify(HEALTH),
      },
    ],
    automaticInstanceRepair: { enabled: true, action: "Replace", gracePeriod: GRACE },
    terminationNotification: { enabled: true, timeout: TERMINATION },
    // Also what the last snapshot leaves through: Terraform destroys in the opposite order.
    dependsOn: [...needed],
  });
}
