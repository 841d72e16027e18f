import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { Network } from "../lib/aws";
import { provideAws } from "./aws-provider";
import { type AwsEnvironment, isExisting } from "./environments/environment";
import { keepState } from "./state-backend";

/** The network of one environment on AWS. Its outputs are for those who build on it. */
export class AwsClusterStack extends TerraformStack {
  constructor(scope: Construct, id: string, environment: AwsEnvironment) {
    super(scope, id);
    provideAws(this, environment);
    keepState(this, environment);

    const { prefix, name, network: wanted } = environment;
    const network = isExisting(wanted)
      ? wanted
      : new Network(this, "network", { ...wanted, name: `${prefix}-${name}` });

    this.output("vpc_id", network.networkId, "The VPC");
    this.output(
      "private_subnet_ids",
      network.privateSubnetIds,
      "One subnet per zone, not reachable from outside",
    );
    this.output("public_subnet_ids", network.publicSubnetIds, "One subnet per zone, reachable from outside");
    if (network instanceof Network) {
      this.output(
        "nat_addresses",
        network.natAddresses,
        "The public addresses that private machines leave from",
      );
    }
  }

  private output(id: string, value: string | readonly string[], description: string): void {
    new TerraformOutput(this, id, { value, description });
  }
}
