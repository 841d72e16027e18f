import { VirtualNetwork } from "@cdktf/provider-azurerm/lib/virtual-network";
import { type ITerraformDependable, TerraformResource } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { DEFAULT_CIDR_BLOCK, type INetwork, PORTS, spanningRanges } from "../core";
import { NatGateway } from "./nat-gateway";
import { checkNetwork } from "./network-rules";
import { type Place, placed } from "./place";
import type { ISecurityGroup } from "./security-group";
import { Subnet } from "./subnet";

export interface NetworkProps {
  /**
   * Names what Azure shows, and is unique in its resource group. Letters, digits and hyphens, at most 48 characters.
   */
  readonly name: string;
  /** Where it stands. */
  readonly place: Place;
  /**
   * Private IPv4 range of the virtual network, from /16 to /20. Azure would take a larger one; both clouds' networks have the same
   * limits, so that a range can move. Changing it changes the subnets in place, which Azure refuses while a machine is there.
   * @default "10.0.0.0/16"
   * @see https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq#what-address-ranges-can-i-use-in-my-virtual-networks
   */
  readonly cidrBlock?: string;
  /**
   * The ranges of networks that this one is to be peered with, by whomever: it may share no address with them.
   * @default none
   */
  readonly peeredRanges?: readonly string[];
  /** Two or three zones of the region, such as "1". Their order means nothing. */
  readonly zones: readonly string[];
}

/** A network, and what a cluster in it has to open for its public API to be reached. One of ours, or one that you have. */
export interface IAzureNetwork extends INetwork {
  /**
   * The group around the private subnet, where a public API's callers arrive with their own addresses.
   * @default what is around it lets them in already
   */
  readonly privateFence?: ISecurityGroup;
}

/**
 * A virtual network with a public and a private subnet, each over all zones, as Azure's subnets are.
 *
 * The zones decide where machines stand, and nothing here: adding, removing or reordering them changes no resource.
 *
 * @throws InvalidError with everything that is wrong with the props
 */
export class Network extends Construct implements IAzureNetwork {
  readonly networkId: string;
  readonly cidrBlock: string;
  readonly peeredRanges: readonly string[];
  /** By name, whatever their order in the props. */
  readonly zones: readonly string[];
  readonly privateSubnetIds: readonly string[];
  readonly publicSubnetIds: readonly string[];
  readonly privateFence: ISecurityGroup;
  /** The public addresses that private machines leave from, for the allow-lists of others. */
  readonly natAddresses: readonly string[];
  readonly waysOut: readonly ITerraformDependable[];
  /** The Terraform resources that teams add to: peerings, more subnets, rules. */
  readonly resources: {
    readonly virtualNetwork: VirtualNetwork;
    readonly privateSubnet: Subnet;
    readonly publicSubnet: Subnet;
  };

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    checkNetwork(this.node.path, props);
    const { name, place, cidrBlock = DEFAULT_CIDR_BLOCK, peeredRanges = [] } = props;
    const ranges = spanningRanges(cidrBlock);

    const virtualNetwork = new VirtualNetwork(this, "virtual-network", {
      name,
      ...placed(place),
      addressSpace: [cidrBlock],
    });
    const tier = { network: virtualNetwork.name, place, networkRange: cidrBlock };
    const publicSubnet = new Subnet(this, "public", {
      ...tier,
      name: "public",
      cidrBlock: ranges.public,
      opens: { http: PORTS.http, https: PORTS.https },
    });
    const privateSubnet = new Subnet(this, "private", {
      ...tier,
      name: "private",
      cidrBlock: ranges.private,
    });
    const nat = new NatGateway(this, "nat", { name: `${name}-nat`, place, subnetId: privateSubnet.id });

    this.waysOut = this.node.findAll().filter(isWayOut);
    this.networkId = virtualNetwork.id;
    this.cidrBlock = cidrBlock;
    this.peeredRanges = peeredRanges;
    this.zones = [...props.zones].sort();
    this.privateSubnetIds = [privateSubnet.id];
    this.publicSubnetIds = [publicSubnet.id];
    this.privateFence = privateSubnet.securityGroup;
    this.natAddresses = [nat.publicIp];
    this.resources = { virtualNetwork, privateSubnet, publicSubnet };
  }
}

/** What carries a machine's traffic to the world and to Azure's services. */
const WAYS_OUT = ["azurerm_nat_gateway_public_ip_association", "azurerm_subnet_nat_gateway_association"];

function isWayOut(construct: IConstruct): construct is TerraformResource {
  return (
    TerraformResource.isTerraformResource(construct) && WAYS_OUT.includes(construct.terraformResourceType)
  );
}
