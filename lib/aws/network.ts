import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { type ITerraformDependable, TerraformResource } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { DEFAULT_CIDR_BLOCK, type INetwork, PORTS, zoneRanges } from "../core";
import { FlowLogs, type RetentionDays } from "./flow-logs";
import { NatGateway } from "./nat-gateway";
import { NatInstance } from "./nat-instance";
import { checkNetwork } from "./network-rules";
import type { Subnet } from "./subnet";
import { SubnetTier } from "./subnet-tier";
import { regionOf, slotOf } from "./zone";

export interface NetworkProps {
  /**
   * Names what AWS shows and what must be unique in an account (the flow logs' role and log group). Letters, digits
   * and hyphens, at most 48 characters.
   */
  readonly name: string;
  /**
   * Private IPv4 range of the VPC, from /16 to /20. Changing it replaces the network and all that stands in it.
   * @default "10.0.0.0/16"
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
   */
  readonly cidrBlock?: string;
  /**
   * The ranges of networks that this one is to be peered with, by whomever: it may share no address with them.
   * @default none
   */
  readonly peeredRanges?: readonly string[];
  /** Two or three zones of one region, such as "us-east-1a". Their order means nothing. */
  readonly zones: readonly string[];
  /**
   * How private machines reach the world. List prices of us-east-1, read in September and October 2026; each
   * public address costs 0.005 USD/h more.
   *
   * - "per-zone": a gateway in each zone, 0.045 USD/h each and 0.045 USD/GB. A zone that fails takes nothing from the
   *   others.
   * - "single": one gateway, in the first zone by name. When that zone fails, no private machine in any zone reaches
   *   the world. Traffic from the other zones also pays for crossing zones.
   * - "instance": one t4g.nano, 0.0042 USD/h and nothing per GB, in the first zone by name. When it or its zone fails,
   *   no private machine reaches the world until it is back.
   *
   * Adding a zone before the first one by name moves the "single" gateway or the instance there.
   * @default "per-zone"
   * @see https://aws.amazon.com/vpc/pricing/
   * @see https://aws.amazon.com/ec2/pricing/on-demand/
   */
  readonly nat?: "per-zone" | "single" | "instance";
  /**
   * "dedicated" puts every machine on hardware that no other account uses, at a higher price for each. Going back to
   * "default" is done in place and holds for new machines; going to "dedicated" replaces the network.
   * @default "default"
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/dedicated-instance.html
   */
  readonly tenancy?: "default" | "dedicated";
  /**
   * How many days flow logs are kept.
   * @default 30
   * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
   */
  readonly flowLogRetentionDays?: RetentionDays;
}

/**
 * A VPC with a public and a private subnet in each zone.
 *
 * A zone's addresses in Terraform follow from its name and its ranges from its letter, so adding, removing or
 * reordering zones changes nothing of the others.
 *
 * @throws InvalidError with everything that is wrong with the props
 */
export class Network extends Construct implements INetwork {
  readonly networkId: string;
  readonly cidrBlock: string;
  readonly peeredRanges: readonly string[];
  /** By name, whatever their order in the props. */
  readonly zones: readonly string[];
  readonly privateSubnetIds: readonly string[];
  readonly publicSubnetIds: readonly string[];
  /** The public addresses that private machines leave from, for the allow-lists of others. */
  readonly natAddresses: readonly string[];
  readonly waysOut: readonly ITerraformDependable[];
  /** The Terraform resources that teams add to: routes of their own, peerings, more subnets. */
  readonly resources: {
    readonly vpc: Vpc;
    readonly privateSubnets: readonly Subnet[];
    readonly publicSubnets: readonly Subnet[];
  };

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    checkNetwork(this.node.path, props);
    const {
      name,
      cidrBlock = DEFAULT_CIDR_BLOCK,
      peeredRanges = [],
      nat = "per-zone",
      tenancy = "default",
      flowLogRetentionDays = 30,
    } = props;
    const zones = [...props.zones].sort();
    const ranges = zones.map((zone) => ({ zone, ...zoneRanges(cidrBlock, slotOf(zone)) }));
    const privateRanges = Object.fromEntries(ranges.map((range) => [range.zone, range.private]));
    const publicRanges = Object.fromEntries(ranges.map((range) => [range.zone, range.public]));

    const vpc = new Vpc(this, "vpc", {
      cidrBlock,
      instanceTenancy: tenancy,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { Name: name },
    });
    const vpcId = vpc.id;

    // AWS makes this group with rules that let its members talk; adopting it with none leaves nothing to inherit.
    new DefaultSecurityGroup(this, "default-security-group", {
      vpcId,
      ingress: [],
      egress: [],
      tags: { Name: `${name}-default` },
    });

    const { subnets: publicSubnets } = new SubnetTier(this, "public", {
      name: `${name}-public`,
      vpcId,
      cidrBlock,
      ranges: publicRanges,
      opens: { http: PORTS.http, https: PORTS.https },
    });
    const { subnets: privateSubnets } = new SubnetTier(this, "private", {
      name: `${name}-private`,
      vpcId,
      cidrBlock,
      ranges: privateRanges,
    });

    const internetGateway = new InternetGateway(this, "internet-gateway", { vpcId, tags: { Name: name } });
    for (const subnet of publicSubnets) {
      subnet.routeOut({ gatewayId: internetGateway.id });
    }

    const gateways = new Construct(this, "nat");
    // Where there is one for all, it stands in the first zone.
    const homes = nat === "per-zone" ? publicSubnets : publicSubnets.slice(0, 1);
    this.natAddresses = homes.map(({ id: subnetId, zone }) => {
      const place = { subnetId, internetGateway };
      const { wayOut, publicIp } =
        nat === "instance"
          ? new NatInstance(this, "nat-instance", {
              name: `${name}-nat`,
              ...place,
              vpcId,
              cidrBlock,
              privateRanges,
            })
          : new NatGateway(gateways, zone, { name: `${name}-nat-${zone}`, ...place });
      for (const subnet of privateSubnets) {
        if (nat !== "per-zone" || subnet.zone === zone) {
          subnet.routeOut(wayOut);
        }
      }
      return publicIp;
    });

    const [region = ""] = zones.map(regionOf);
    // Free, and it keeps the traffic with S3 off the NAT, which is paid by the gigabyte.
    new VpcEndpoint(this, "s3-endpoint", {
      vpcId,
      vpcEndpointType: "Gateway",
      serviceName: `com.amazonaws.${region}.s3`,
      routeTableIds: [...publicSubnets, ...privateSubnets].map((subnet) => subnet.routeTable.id),
      tags: { Name: `${name}-s3` },
    });
    new FlowLogs(this, "flow-logs", {
      name: `${name}-flow-logs`,
      vpcId,
      region,
      retentionDays: flowLogRetentionDays,
    });

    this.waysOut = this.node.findAll().filter(isWayOut);
    this.networkId = vpcId;
    this.cidrBlock = cidrBlock;
    this.peeredRanges = peeredRanges;
    this.zones = zones;
    this.privateSubnetIds = privateSubnets.map((subnet) => subnet.id);
    this.publicSubnetIds = publicSubnets.map((subnet) => subnet.id);
    this.resources = { vpc, privateSubnets, publicSubnets };
  }
}

/** What carries a machine's traffic to the world and to AWS' services. */
const WAYS_OUT = ["aws_route", "aws_route_table_association", "aws_network_acl_rule", "aws_vpc_endpoint"];

function isWayOut(construct: IConstruct): construct is TerraformResource {
  return (
    TerraformResource.isTerraformResource(construct) && WAYS_OUT.includes(construct.terraformResourceType)
  );
}
