import {
  accountName,
  type AcsAgents,
  type ControlPlaneProps,
  type ExistingZone,
  type IAzureNetwork,
  type NetworkProps,
  type Place,
  vaultName,
} from "../../lib/azure";
import { type CommonEnvironment, resourceName, storeStackId } from "./environment";

/** One environment of an estate on Azure. */
export interface AzureEnvironment extends CommonEnvironment {
  readonly cloud: "azure";
  /** The id of the subscription that Terraform may change, and no other, in lower case. */
  readonly subscription: string;
  /** The region, such as "eastus". */
  readonly location: string;
  /** A network to make, or the one that you already have. */
  readonly network: Omit<NetworkProps, "name" | "place"> | IAzureNetwork;
  /**
   * The zone of its public names: "new" makes `<name>.<domain>`, or one that exists in the same subscription, or none.
   * @default "none"
   */
  readonly publicZone?: "new" | "none" | ExistingZone;
  /** The master: what a construct's props say of it, as far as they do not follow from the environment. */
  readonly controlPlane: Omit<
    ControlPlaneProps,
    "name" | "place" | "cluster" | "network" | "dns" | "store" | "sealingKey"
  >;
  /**
   * The agents of a cluster in the shape that Azure Container Service gave: at least three of Standard_D2_v2, beside a master of
   * Standard_D3_v2, unless sizes are said. With them the cluster is an `AcsCluster`.
   * @default the cluster has no such shape: its nodes are in `nodePools`
   */
  readonly agents?: AcsAgents;
  /**
   * Who hears of alarms: ids of action groups.
   * @default nobody
   */
  readonly alarmActions?: readonly string[];
}

/** Where one of the environment's stacks stands: in a resource group of its own, named after the stack. */
export function placeOf({ prefix, subscription, location }: AzureEnvironment, stackId: string): Place {
  return { subscription, resourceGroup: `${prefix}-${stackId}`, location };
}

/** The container of that account. */
export const STATE_CONTAINER = "tfstate";

/** The storage account that holds the Terraform state of an environment. */
export function stateAccountName(environment: AzureEnvironment): string {
  return accountName(`${resourceName(environment)}-state`, environment.subscription);
}

/** What outlives the environment's cluster: where it stands, and the names in it that are unique in the world. */
export function storeNames(environment: AzureEnvironment): {
  readonly place: Place;
  readonly account: string;
  readonly vault: string;
} {
  const { subscription } = environment;
  const name = resourceName(environment);
  return {
    place: placeOf(environment, storeStackId(environment)),
    account: accountName(`${name}-store`, subscription),
    vault: vaultName(name, subscription),
  };
}
