import { Eip } from "@cdktf/provider-aws/lib/eip";
import { NatGateway as AwsNatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { WayOut } from "./subnet";

/** What lets private machines reach the world: a gateway or an instance. */
export interface INat {
  readonly wayOut: WayOut;
  /** The address that the world sees. */
  readonly publicIp: string;
}

export interface NatGatewayProps {
  /** Its Name tag, and its address's. */
  readonly name: string;
  /** The public subnet that it stands in. */
  readonly subnetId: string;
  /** It works only once this is attached, and Terraform cannot see that. */
  readonly internetGateway: ITerraformDependable;
}

/** AWS's own NAT, with an address that stays when the gateway is replaced. */
export class NatGateway extends Construct implements INat {
  readonly wayOut: WayOut;
  readonly publicIp: string;

  constructor(scope: Construct, id: string, { name, subnetId, internetGateway }: NatGatewayProps) {
    super(scope, id);

    const address = new Eip(this, "address", {
      domain: "vpc",
      tags: { Name: name },
      dependsOn: [internetGateway],
    });
    const gateway = new AwsNatGateway(this, "Resource", {
      allocationId: address.allocationId,
      subnetId,
      tags: { Name: name },
      dependsOn: [internetGateway],
    });

    this.wayOut = { natGatewayId: gateway.id };
    this.publicIp = address.publicIp;
  }
}
