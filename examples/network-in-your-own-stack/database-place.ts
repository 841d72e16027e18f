import { DbSubnetGroup } from "@cdktf/provider-aws/lib/db-subnet-group";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import type { INetwork } from "keelson/core";

export interface DatabasePlaceProps {
  readonly name: string;
  /** A `Network`, or an object literal that describes the network which you already have. */
  readonly network: INetwork;
}

/** Where a PostgreSQL database may stand, and who may talk to it: all that is in the network. */
export class DatabasePlace extends Construct {
  readonly subnetGroup: DbSubnetGroup;
  readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, { name, network }: DatabasePlaceProps) {
    super(scope, id);
    this.subnetGroup = new DbSubnetGroup(this, "subnets", {
      name,
      subnetIds: [...network.privateSubnetIds],
    });
    this.securityGroup = new SecurityGroup(this, "security-group", {
      name: `${name}-database`,
      description: "PostgreSQL of the ledger",
      vpcId: network.networkId,
    });
    new VpcSecurityGroupIngressRule(this, "postgresql", {
      securityGroupId: this.securityGroup.id,
      description: "PostgreSQL from inside the network",
      cidrIpv4: network.cidrBlock,
      ipProtocol: "tcp",
      fromPort: 5432,
      toPort: 5432,
    });
  }
}
