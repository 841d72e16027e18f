import { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider";
import { TerraformStack, Testing } from "cdktf";
import { featuresFor, type Place } from "../../../lib/azure";
import type { Terraform } from "../../support/synth";
import { problemsIn } from "../../support/problems";

/** Where the tests' resources stand. The subscription is the simulator's. */
export const PLACE: Place = {
  subscription: "00000000-0000-0000-0000-000000000000",
  resourceGroup: "acme-prod",
  location: "eastus",
};

/** The provider of a stack, told what `rollout: "manual"` needs. */
export function provide(stack: TerraformStack): void {
  new AzurermProvider(stack, "azurerm", {
    features: [featuresFor("manual")],
    subscriptionId: PLACE.subscription,
    storageUseAzuread: true,
  });
}

/** Synthesizes a stack "test" that has the azurerm provider and what is built in it. */
export function synth(build: (stack: TerraformStack) => void): Terraform {
  const stack = new TerraformStack(Testing.app(), "test");
  provide(stack);
  build(stack);
  return parse(Testing.synth(stack, true));
}

/** What is wrong with what is built, a line each. */
export function problemsOf(build: (stack: TerraformStack) => void): readonly string[] {
  return problemsIn(() => {
    synth(build);
  });
}

function parse(json: string): Terraform {
  return JSON.parse(json, (key, value: unknown) => (key === "//" ? undefined : value)) as Terraform;
}
