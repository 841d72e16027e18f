import type { AzurermProvider, AzurermProviderFeatures } from "@cdktf/provider-azurerm/lib/provider";
import { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";

/** What a change of a machine's scripts, image or version does to the one that runs. */
export type Rollout = "manual" | "automatic";

/**
 * What a stack's provider has to be told, for a rollout and for a store. It is the provider that re-images machines after a change of
 * their scale set, and it does so unless it is told not to. Of a new storage account it asks things over the account's own
 * address, for which whoever deploys would need rights to its data; with this it asks the resource manager only.
 *
 * @param rollout that of the control plane in the stack, if there is one
 * @see https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/guides/features-block
 */
export function featuresFor(rollout: Rollout = "manual"): AzurermProviderFeatures {
  return {
    virtualMachineScaleSet: [{ rollInstancesWhenRequired: rollout === "automatic" }],
    storage: [{ dataPlaneAvailable: false }],
  };
}

/**
 * Refuses a stack whose provider would do something else than the rollout says: with "manual" it would replace the only master of
 * a cluster unasked. The provider may come after the construct, so it is looked at when the stack is synthesized.
 */
export function holdProviderTo(construct: IConstruct, rollout: Rollout): void {
  const wanted = rollout === "automatic";
  construct.node.addValidation({
    validate: () =>
      TerraformStack.of(construct)
        .allProviders()
        .filter((provider): provider is AzurermProvider => provider.terraformResourceType === "azurerm")
        .filter((provider) => rolls(provider) !== wanted)
        .map(
          ({ node }) =>
            `${construct.node.path}: 'rollout' must be what the provider does, which ${wanted ? "replaces no machine" : "replaces the master at once"}, ` +
            `got "${rollout}"; give ${node.path} the features of featuresFor("${rollout}")`,
        ),
  });
}

/** What the provider does, where it was told, or by default. */
function rolls({ featuresInput }: AzurermProvider): boolean {
  const [features] = Array.isArray(featuresInput) ? featuresInput : [];
  const sets = features?.virtualMachineScaleSet;
  const [set] = Array.isArray(sets) ? sets : [];
  return set?.rollInstancesWhenRequired !== false;
}
