import type { Grant } from "../rights";
import { MACHINES } from "./cloud-controller";

/**
 * For the controller of Azure's disk driver: disks in the cluster's resource group, and machines that they are attached to.
 *
 * It may not copy a disk. Azure asks for `disks/beginGetAccess/action` for that, which is also the right to read any disk of the
 * group from outside, the master's with its secrets among them.
 *
 * @see https://cloud-provider-azure.sigs.k8s.io/topics/azure-permissions/
 */
export function volumeGrants({ groupId }: { readonly groupId: string }): Readonly<Record<string, Grant>> {
  return {
    volumes: {
      scope: groupId,
      group: groupId,
      actions: [
        ...MACHINES,
        ...[
          "disks/delete",
          "disks/read",
          "disks/write",
          "virtualMachineScaleSets/virtualMachines/attachDetachDataDisks/action",
          "virtualMachineScaleSets/virtualMachines/write",
        ].map((action) => `Microsoft.Compute/${action}`),
      ],
    },
  };
}
