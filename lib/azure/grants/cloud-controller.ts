import { type Grant, groupOf } from "../rights";

/** What the cloud controller works with. */
export interface CloudControllerGrant {
  /** The id of the resource group that machines, balancers and addresses are in. */
  readonly groupId: string;
  readonly networkId: string;
  /** Where internal balancers of Services stand. */
  readonly subnetId: string;
  /** The id of the security group that is opened for Services, which nodes wear; without one they get no balancer. */
  readonly servicesGroupId?: string;
  /** The id of the application security group of the cluster's machines, which rules of that group name. */
  readonly membersId: string;
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
  servicesGroupId,
  membersId,
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
    ...(servicesGroupId !== undefined && {
      "cloud-controller-services": {
        scope: servicesGroupId,
        group: groupOf(servicesGroupId),
        actions: ["read", "write"].map((action) => network(`networkSecurityGroups/${action}`)),
      },
      // It writes the group as a whole, and Azure asks of who writes a rule whether they may name whom it names.
      "cloud-controller-members": {
        scope: membersId,
        group: groupOf(membersId),
        actions: [network("applicationSecurityGroups/joinNetworkSecurityRule/action")],
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
