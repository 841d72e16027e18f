import { AzurermBackend, type TerraformStack } from "cdktf";
import { stateStackId } from "./environments/environment";
import {
  type AzureEnvironment,
  placeOf,
  STATE_CONTAINER,
  stateAccountName,
} from "./environments/azure-environment";

/** Keeps a stack's state in the environment's storage account, locked by a lease while somebody changes it. */
export function keepState(stack: TerraformStack, environment: AzureEnvironment): void {
  const { subscription, resourceGroup } = placeOf(environment, stateStackId(environment));
  new AzurermBackend(stack, {
    subscriptionId: subscription,
    resourceGroupName: resourceGroup,
    storageAccountName: stateAccountName(environment),
    containerName: STATE_CONTAINER,
    key: `${stack.node.id}.tfstate`,
    // Accounts have no keys here.
    useAzureadAuth: true,
  });
  stack.addOverride("terraform.required_version", ">= 1.10");
}
