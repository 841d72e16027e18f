import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { S3Backend, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { Network } from "keelson/aws";
import { DatabasePlace } from "./database-place";

const REGION = "eu-west-1";

/** The ledger team's stack: provider, back end and tags are the team's own, and the network is one part among others. */
export class LedgerStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new AwsProvider(this, "aws", { region: REGION, defaultTags: [{ tags: { team: "ledger" } }] });
    new S3Backend(this, {
      bucket: "ledger-terraform",
      key: "network.tfstate",
      region: REGION,
      encrypt: true,
    });

    const network = new Network(this, "network", {
      name: "ledger",
      cidrBlock: "10.40.0.0/16",
      zones: ["eu-west-1a", "eu-west-1b"],
      nat: "instance",
    });

    // What Network has no prop for is built on its resources.
    new VpcEndpoint(this, "dynamodb-endpoint", {
      vpcId: network.networkId,
      vpcEndpointType: "Gateway",
      serviceName: `com.amazonaws.${REGION}.dynamodb`,
      routeTableIds: network.resources.privateSubnets.map((subnet) => subnet.routeTable.id),
    });

    const place = new DatabasePlace(this, "database", { name: "ledger", network });
    new TerraformOutput(this, "database_subnet_group", { value: place.subnetGroup.name });
    new TerraformOutput(this, "database_security_group", { value: place.securityGroup.id });
  }
}
