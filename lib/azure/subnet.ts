import { Subnet as AzureSubnet } from "@cdktf/provider-azurerm/lib/subnet";
import { SubnetNetworkSecurityGroupAssociation } from "@cdktf/provider-azurerm/lib/subnet-network-security-group-association";
import { Construct } from "constructs";
import { type Port } from "../core";
import type { Place } from "./place";
import { letIn, PROBES, SecurityGroup, WORLD } from "./security-group";

/**
 * Services whose traffic stays off the NAT gateway, which is paid by the gigabyte. Free.
 * @see https://learn.microsoft.com/azure/virtual-network/virtual-network-service-endpoints-overview
 */
const SERVICE_ENDPOINTS = ["Microsoft.KeyVault", "Microsoft.Storage"];

export interface SubnetProps {
  /** Its own, and its security group's with the network's before it. */
  readonly name: string;
  /** The virtual network's name. */
  readonly network: string;
  /** Where it stands. */
  readonly place: Place;
  /** The network's own range, from which everything is let in. */
  readonly networkRange: string;
  readonly cidrBlock: string;
  /** What the world may open connections to. */
  readonly opens?: Readonly<Record<string, Port>>;
}

/**
 * A subnet over all zones behind a security group. The group is the second fence, behind those that machines have: it holds
 * when one of them is opened by mistake.
 */
export class Subnet extends Construct {
  readonly subnet: AzureSubnet;
  readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, props: SubnetProps) {
    super(scope, id);
    const { name, network, place, networkRange, cidrBlock, opens = {} } = props;

    this.securityGroup = new SecurityGroup(this, "security-group", { name: `${network}-${name}`, place });
    const inbound = new Construct(this, "in");
    letIn(inbound, "own-range", this.securityGroup, {
      priority: 100,
      from: [networkRange],
      description: "the network itself",
    });
    letIn(inbound, "probes", this.securityGroup, {
      priority: 110,
      from: [PROBES],
      description: "load balancers, which ask whether a machine is well",
    });
    for (const [service, port] of Object.entries(opens)) {
      letIn(inbound, service, this.securityGroup, {
        // The port gives a number that no other rule's coming or going changes.
        priority: 1000 + port.from,
        from: [WORLD],
        port,
        description: `${service}, for everybody`,
      });
    }
    this.subnet = new AzureSubnet(this, "Resource", {
      name,
      resourceGroupName: place.resourceGroup,
      virtualNetworkName: network,
      addressPrefixes: [cidrBlock],
      // An address that Azure lends for the way out is nobody's to allow-list, and not given any more to new networks.
      defaultOutboundAccessEnabled: false,
      serviceEndpoints: SERVICE_ENDPOINTS,
    });
    new SubnetNetworkSecurityGroupAssociation(this, "security-group-association", {
      subnetId: this.subnet.id,
      networkSecurityGroupId: this.securityGroup.id,
    });
  }

  get id(): string {
    return this.subnet.id;
  }
}
