import { Construct } from "constructs";
import type { Port } from "../core";
import { NetworkAcl } from "./network-acl";
import { Subnet } from "./subnet";

export interface SubnetTierProps {
  /** Its ACL's Name tag; its subnets add their zone. */
  readonly name: string;
  readonly vpcId: string;
  /** The network's own range. */
  readonly cidrBlock: string;
  /** Each zone's range in this tier. */
  readonly ranges: Readonly<Record<string, string>>;
  /** What the world may open connections to. */
  readonly opens?: Readonly<Record<string, Port>>;
}

/** The subnets that stand alike towards the world, one in each zone, behind one network ACL. */
export class SubnetTier extends Construct {
  readonly subnets: readonly Subnet[];

  constructor(scope: Construct, id: string, { name, vpcId, cidrBlock, ranges, opens }: SubnetTierProps) {
    super(scope, id);

    const acl = new NetworkAcl(this, "acl", { name, vpcId, cidrBlock, opens });
    this.subnets = Object.entries(ranges).map(
      ([zone, range]) =>
        new Subnet(this, zone, {
          name: `${name}-${zone}`,
          vpcId,
          zone,
          cidrBlock: range,
          networkAclId: acl.id,
        }),
    );
  }
}
