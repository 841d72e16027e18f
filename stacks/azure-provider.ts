import { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider";
import { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import type { TerraformStack } from "cdktf";
import { featuresFor, type Place, type Rollout } from "../lib/azure";
import { followGroup } from "./azure-group";
import { tagAll } from "./azure-tags";
import { type AzureEnvironment, placeOf } from "./environments/azure-environment";

/**
 * The provider of an environment's stack, which knows one subscription only, and the resource group that all of the stack's
 * resources are in; all that it makes is tagged.
 *
 * @param rollout that of the control plane in the stack, if there is one
 */
export function provideAzure(stack: TerraformStack, environment: AzureEnvironment, rollout?: Rollout): Place {
  const { name, prefix } = environment;
  connectAzure(stack, environment, rollout);
  tagAll(stack, { estate: prefix, environment: name, "managed-by": "keelson" });

  const place = placeOf(environment, stack.node.id);
  const group = new ResourceGroup(stack, "resource-group", {
    name: place.resourceGroup,
    location: place.location,
  });
  const resourceGroup = group.name;
  followGroup(stack, group, resourceGroup);
  return { ...place, resourceGroup };
}

/**
 * The provider alone, for a stack that makes nothing in Azure.
 *
 * @param rollout that of the control plane in the stack, if there is one
 */
export function connectAzure(
  stack: TerraformStack,
  { subscription }: AzureEnvironment,
  rollout?: Rollout,
): void {
  new AzurermProvider(stack, "azurerm", {
    features: [featuresFor(rollout)],
    subscriptionId: subscription,
    // Accounts have no keys here.
    storageUseAzuread: true,
  });
}
