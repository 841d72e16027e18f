import { NetworkSecurityGroup } from "@cdktf/provider-azurerm/lib/network-security-group";
import { NetworkSecurityRule } from "@cdktf/provider-azurerm/lib/network-security-rule";
import { Construct } from "constructs";
import type { Port } from "../core";
import { type Place, placed } from "./place";

/**
 * What Azure calls those from outside the network.
 * @see https://learn.microsoft.com/azure/virtual-network/service-tags-overview
 */
export const WORLD = "Internet";

/** Where load balancers look from whether a machine is well. */
export const PROBES = "AzureLoadBalancer";

/** A group that rules can be added to, also from another construct than the one that made it. */
export interface ISecurityGroup {
  readonly name: string;
  readonly resourceGroup: string;
}

/** Who may open connections to what. */
export interface Ingress {
  /** A rule's place in the order, from 100 to 4095, unique in its group: it is what the rule is known by to Azure. */
  readonly priority: number;
  /** Ranges, or one tag such as "AzureLoadBalancer", or the machines of one application security group. */
  readonly from: readonly string[] | { readonly members: string };
  /** @default everything */
  readonly port?: Port | "icmp";
  readonly description: string;
}

export interface SecurityGroupProps {
  readonly name: string;
  readonly place: Place;
}

/**
 * A fence around subnets or machines that lets in what its rules say, and nothing else. Azure's own rules would let in whatever is
 * in the network, in every network that is peered with it, and behind its gateways; the last rule here takes that back. What
 * leaves is let out. It knows connections, so replies need no rule.
 *
 * @see https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview
 */
export class SecurityGroup extends Construct implements ISecurityGroup {
  readonly group: NetworkSecurityGroup;
  readonly resourceGroup: string;

  constructor(scope: Construct, id: string, { name, place }: SecurityGroupProps) {
    super(scope, id);
    this.group = new NetworkSecurityGroup(this, "Resource", { name, ...placed(place) });
    this.resourceGroup = place.resourceGroup;
    new NetworkSecurityRule(new Construct(this, "in"), "others", {
      ...ruleOf(this),
      name: "others",
      description: "nobody whom no other rule lets in",
      priority: 4096,
      access: "Deny",
      protocol: "*",
      destinationPortRange: "*",
      sourceAddressPrefix: "*",
    });
  }

  get id(): string {
    return this.group.id;
  }

  get name(): string {
    return this.group.name;
  }
}

/** Lets somebody into a group: one of ours, or one that somebody else has. The rule belongs to the scope. */
export function letIn(scope: Construct, id: string, group: ISecurityGroup, ingress: Ingress) {
  const { priority, from, port, description } = ingress;
  return new NetworkSecurityRule(scope, id, {
    ...ruleOf(group),
    name: id,
    description,
    priority,
    access: "Allow",
    ...destinationOf(port),
    ...sourceOf(from),
  });
}

function destinationOf(port: Ingress["port"]) {
  const [any, protocols] = ["*", { tcp: "Tcp", udp: "Udp" }];
  if (port === undefined || port === "icmp") {
    return { protocol: port === "icmp" ? "Icmp" : any, destinationPortRange: any };
  }
  return {
    protocol: protocols[port.protocol],
    destinationPortRange: port.from === port.to ? `${port.from}` : `${port.from}-${port.to}`,
  };
}

function sourceOf(from: Ingress["from"]) {
  if ("members" in from) {
    return { sourceApplicationSecurityGroupIds: [from.members] };
  }
  const [only = "*", ...more] = from;
  return more.length === 0 ? { sourceAddressPrefix: only } : { sourceAddressPrefixes: [...from] };
}

function ruleOf({ name, resourceGroup }: ISecurityGroup) {
  return {
    resourceGroupName: resourceGroup,
    networkSecurityGroupName: name,
    direction: "Inbound",
    sourcePortRange: "*",
    destinationAddressPrefix: "*",
  };
}
