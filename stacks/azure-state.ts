import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { Container } from "../lib/azure";
import { provideAzure } from "./azure-provider";
import { type AzureEnvironment, STATE_CONTAINER, stateAccountName } from "./environments/azure-environment";

/**
 * The storage account that holds the Terraform state of an environment. Deployed once, before anything else.
 *
 * Its own state is a file beside cdktf.json, since the account cannot hold the state of what makes it. When that file
 * is lost nothing else is: `terraform import` brings it back.
 */
export class AzureStateStack extends TerraformStack {
  constructor(scope: Construct, id: string, environment: AzureEnvironment) {
    super(scope, id);
    const place = provideAzure(this, environment);

    const container = new Container(this, "state", {
      name: stateAccountName(environment),
      place,
      container: STATE_CONTAINER,
    });

    new TerraformOutput(this, "state_account", {
      value: container.account,
      description: "The storage account that holds the environment's Terraform state",
    });
  }
}
