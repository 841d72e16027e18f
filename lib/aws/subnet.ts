import { NetworkAclAssociation } from "@cdktf/provider-aws/lib/network-acl-association";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet as AwsSubnet } from "@cdktf/provider-aws/lib/subnet";
import { Construct } from "constructs";

export interface SubnetProps {
  /** Its Name tag, and its route table's. */
  readonly name: string;
  readonly vpcId: string;
  readonly zone: string;
  readonly cidrBlock: string;
  readonly networkAclId: string;
}

/** What a default route leads to. */
export type WayOut =
  | { readonly gatewayId: string }
  | { readonly natGatewayId: string }
  | { readonly networkInterfaceId: string };

/** A subnet of one zone with a route table of its own, so that each zone's way out can be its own. */
export class Subnet extends Construct {
  readonly zone: string;
  readonly subnet: AwsSubnet;
  readonly routeTable: RouteTable;

  constructor(scope: Construct, id: string, { name, vpcId, zone, cidrBlock, networkAclId }: SubnetProps) {
    super(scope, id);

    this.zone = zone;
    this.subnet = new AwsSubnet(this, "Resource", {
      vpcId,
      availabilityZone: zone,
      cidrBlock,
      mapPublicIpOnLaunch: false,
      tags: { Name: name },
    });
    this.routeTable = new RouteTable(this, "route-table", { vpcId, tags: { Name: name } });
    new RouteTableAssociation(this, "route-table-association", {
      subnetId: this.subnet.id,
      routeTableId: this.routeTable.id,
    });
    new NetworkAclAssociation(this, "acl-association", { subnetId: this.subnet.id, networkAclId });
  }

  get id(): string {
    return this.subnet.id;
  }

  /** Sends what leaves the network this way. */
  routeOut(by: WayOut): void {
    new Route(this, "default-route", {
      routeTableId: this.routeTable.id,
      destinationCidrBlock: "0.0.0.0/0",
      ...by,
    });
  }
}
