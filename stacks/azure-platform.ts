import { DataAzurermKeyVaultSecret } from "@cdktf/provider-azurerm/lib/data-azurerm-key-vault-secret";
import { DataTerraformRemoteStateAzurerm } from "cdktf";
import { ACCESS, sealingKeyOf, storeOf, unsealingKeyOf } from "../lib/azure";
import { keepState } from "./azure-backend";
import { connectAzure } from "./azure-provider";
import {
  type AzureEnvironment,
  placeOf,
  STATE_CONTAINER,
  stateAccountName,
  storeNames,
} from "./environments/azure-environment";
import { stateStackId } from "./environments/environment";
import type { PlatformCloud } from "./platform";

/** What is Azure's own in the platform of an environment. */
export function azurePlatform(environment: AzureEnvironment): PlatformCloud {
  const { place, account, vault } = storeNames(environment);
  return {
    settle: (stack) => {
      connectAzure(stack, environment);
      keepState(stack, environment);
    },
    output: (stack, name) => {
      const { subscription, resourceGroup } = placeOf(environment, stateStackId(environment));
      return new DataTerraformRemoteStateAzurerm(stack, "cluster", {
        subscriptionId: subscription,
        resourceGroupName: resourceGroup,
        storageAccountName: stateAccountName(environment),
        containerName: STATE_CONTAINER,
        key: `${environment.name}.tfstate`,
        useAzureadAuth: true,
      }).getString(name);
    },
    ca: (stack) =>
      new DataAzurermKeyVaultSecret(stack, "ca", {
        name: ACCESS.ca,
        keyVaultId: sealingKeyOf(place, vault).vaultId,
      }).value,
    seal: { cloud: "azure", vault, key: unsealingKeyOf(place, vault).name },
    snapshots: { cloud: "azure", url: storeOf(place, account).url },
  };
}
