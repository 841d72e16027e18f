import { type Grant, groupOf } from "../rights";

/** What the cloud controller works with. */
export interface CloudControllerGrant {
  /** The id of the resource group that machines, balancers and addresses are in. */
  readonly groupId: string;
  readonly networkId: string;
  /** Where internal balancers of Services stand. */
  readonly subnetId: string;
  /** The id of the security group that is opened for Services; without one they get no balancer. */
  readonly fenceId?: string;
}

const compute = (action: string) => `Microsoft.Compute/${action}`;
const network = (action: string) => `Microsoft.Network/${action}`;

/**
 * For the cloud controller manager: it looks which machines there are, and gives Services load balancers. Nodes join those by their
 * addresses, so it writes to no scale set.
 *
 * Azure keeps no right to a tag, so it might take down the API's balancers, too, which are in the same group. It goes by names, and
 * theirs are not its own.
 *
 * @see https://cloud-provider-azure.sigs.k8s.io/topics/azure-permissions/
 * @see https://learn.microsoft.com/azure/aks/aks-service-permissions
 */
export function cloudControllerGrants({
  groupId,
  networkId,
  subnetId,
  fenceId,
}: CloudControllerGrant): Readonly<Record<string, Grant>> {
  return {
    "cloud-controller": {
      scope: groupId,
      group: groupId,
      actions: [
        ...MACHINES,
        compute("virtualMachineScaleSets/virtualMachines/networkInterfaces/read"),
        ...["backendAddressPools/delete", "backendAddressPools/read", "backendAddressPools/write"].map(
          (action) => network(`loadBalancers/${action}`),
        ),
        ...["delete", "read", "write"].map((action) => network(`loadBalancers/${action}`)),
        network("privateLinkServices/read"),
        ...["delete", "join/action", "read", "write"].map((action) => network(`publicIPAddresses/${action}`)),
      ],
    },
    "cloud-controller-network": {
      scope: networkId,
      group: groupOf(networkId),
      actions: [network("virtualNetworks/joinLoadBalancer/action")],
    },
    "cloud-controller-subnet": {
      scope: subnetId,
      group: groupOf(subnetId),
      actions: ["join/action", "read"].map((action) => network(`virtualNetworks/subnets/${action}`)),
    },
    ...(fenceId !== undefined && {
      "cloud-controller-fence": {
        scope: fenceId,
        group: groupOf(fenceId),
        actions: ["read", "write"].map((action) => network(`networkSecurityGroups/${action}`)),
      },
    }),
  };
}

/** To know which machines there are: what each of Azure's programs in the cluster begins with. */
export const MACHINES: readonly string[] = [
  "virtualMachineScaleSets/read",
  "virtualMachineScaleSets/virtualMachines/instanceView/read",
  "virtualMachineScaleSets/virtualMachines/read",
  "virtualMachines/read",
].map(compute);
