import type { LinuxVirtualMachineScaleSetConfig as ScaleSet } from "@cdktf/provider-azurerm/lib/linux-virtual-machine-scale-set";
import { Fn } from "cdktf";
import { type MachineImage, marketplaceImage } from "./machine-image";
import { NOBODY, NOBODYS_KEY } from "./nobody";
import { type Place, placed } from "./place";

/** A page on the machine itself that answers 200 while it is well. */
export interface HealthPage {
  readonly port: number;
  readonly requestPath: string;
}

export interface LaunchTemplateProps {
  /** Of the scale set; unique in its resource group. */
  readonly name: string;
  readonly place: Place;
  readonly zones: readonly string[];
  /** What the machines' own names begin with, and so their Nodes'. */
  readonly hostPrefix: string;
  readonly image: MachineImage;
  readonly instanceType: string;
  readonly diskGiB: number;
  /** A change of it replaces the set. */
  readonly diskType: "Premium_LRS" | "StandardSSD_LRS";
  /** Of the identity that the machines have. */
  readonly identityId: string;
  readonly subnetId: string;
  /** The only network security group that a machine can have. */
  readonly securityGroupId: string;
  /** The application security group of the cluster's machines, by which the others' rules know them. */
  readonly membersId: string;
  /**
   * Backend pools of load balancers.
   * @default none
   */
  readonly poolIds?: readonly string[];
  readonly health: HealthPage;
  /** In plain text. */
  readonly userData: string;
}

/**
 * How long a machine may boot, or hold, before it is replaced. A master that holds asks for repairs to be suspended after 45 minutes,
 * CLOUD_PATIENCE in scripts/node/lib/azure/cloud.sh, which has to come first; a node waits for a master. Azure waits 90 minutes at most.
 * The price of it: a machine that fails within the hour after its start is replaced only at its end.
 * @see https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-automatic-instance-repairs
 */
const GRACE = "PT60M";

/** What a set's machines start from. Azure has it in the set itself: a change of it is a change of the set. */
export function launchTemplate(props: LaunchTemplateProps) {
  const { name, place, zones, hostPrefix, image, diskGiB, identityId } = props;
  const { subnetId, securityGroupId, membersId, poolIds = [], health, userData } = props;
  const offered = marketplaceImage(image);
  return {
    name,
    ...placed(place),
    sku: props.instanceType,
    zones: [...zones].sort(),
    // As many racks as there are, which is all that a set over zones may ask for.
    platformFaultDomainCount: 1,
    // Starting more and keeping the faster ones would be a master too many, or nodes that go as soon as they have joined.
    overprovision: false,
    ...(offered ? { sourceImageReference: offered } : { sourceImageId: image.id }),
    customData: Fn.base64encode(userData),
    identity: { type: "UserAssigned", identityIds: [identityId] },
    computerNamePrefix: hostPrefix,
    adminUsername: NOBODY,
    disablePasswordAuthentication: true,
    adminSshKey: [{ username: NOBODY, publicKey: NOBODYS_KEY }],
    networkInterface: [
      {
        name: "primary",
        primary: true,
        networkSecurityGroupId: securityGroupId,
        ipConfiguration: [
          {
            name: "primary",
            primary: true,
            subnetId,
            applicationSecurityGroupIds: [membersId],
            ...(poolIds.length > 0 && { loadBalancerBackendAddressPoolIds: [...poolIds] }),
          },
        ],
      },
    ],
    osDisk: {
      storageAccountType: props.diskType,
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
        // Asked from within the machine: ill after a minute, as a reboot takes less.
        settings: JSON.stringify({ protocol: "http", ...health, intervalInSeconds: 10, numberOfProbes: 6 }),
      },
    ],
    automaticInstanceRepair: { enabled: true, action: "Replace", gracePeriod: GRACE },
  } satisfies Partial<ScaleSet>;
}
