import { agentPool, checkAzureNodePool } from "../lib/azure";
import { AzureClusterStack } from "./azure-cluster";
import { azurePlatform } from "./azure-platform";
import { AzureStateStack } from "./azure-state";
import { AzureStoreStack } from "./azure-store";
import type { CloudEstate } from "./cloud-estate";
import type { AzureEnvironment } from "./environments/azure-environment";
import { checkAzure, isAgents } from "./environments/azure-rules";
import { azureSchema } from "./environments/azure-schema";
import { stateStackId, storeStackId } from "./environments/environment";

/** The environments and stacks of Azure. */
export const azureEstate: CloudEstate<AzureEnvironment> = {
  schemaFor: azureSchema,
  check: checkAzure,
  checkPool: checkAzureNodePool,
  storageClasses: ["standard-ssd"],
  otherPools: ({ agents }, sound) =>
    isAgents(agents) && sound("agents", "maxCount") ? [agentPool(agents)] : [],
  placeholders: {
    owner: {
      key: "subscription",
      value: "00000000-0000-0000-0000-000000000000",
      mustHold: "must be your own subscription's id for a real deploy",
    },
    isOwnImage: (id) =>
      id.endsWith(":0.0.0")
        ? [
            {
              mustHold: "must have a version that the marketplace has for a real deploy",
              got: id,
              fix: "docs/control-plane.md says how to find one",
            },
          ]
        : [],
  },
  ownerOf: ({ subscription }) => subscription,
  addStacks: (scope, environment) => {
    new AzureStateStack(scope, stateStackId(environment), environment);
    new AzureStoreStack(scope, storeStackId(environment), environment);
    const { cluster } = new AzureClusterStack(scope, environment.name, environment);
    return { cluster, cloud: azurePlatform(environment) };
  },
};
