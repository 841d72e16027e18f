import type { Grant } from "../rights";
import { MACHINES } from "./cloud-controller";

/**
 * For the cluster autoscaler: it sets the size of the scale sets that carry its tags, and deletes machines of them. What keeps it from
 * the master's set is that this has no such tags: Azure keeps no right to a tag.
 *
 * @see https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/azure/README.md
 */
export function autoscalerGrants({ groupId }: { readonly groupId: string }): Readonly<Record<string, Grant>> {
  return {
    autoscaler: {
      scope: groupId,
      group: groupId,
      actions: [
        ...MACHINES,
        ...["delete/action", "write"].map((action) => `Microsoft.Compute/virtualMachineScaleSets/${action}`),
      ],
    },
  };
}
