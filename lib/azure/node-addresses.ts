import { DnsARecord } from "@cdktf/provider-azurerm/lib/dns-a-record";
import { Lb } from "@cdktf/provider-azurerm/lib/lb";
import { LbBackendAddressPool } from "@cdktf/provider-azurerm/lib/lb-backend-address-pool";
import { LbOutboundRule } from "@cdktf/provider-azurerm/lib/lb-outbound-rule";
import { LbProbe } from "@cdktf/provider-azurerm/lib/lb-probe";
import { LbRule } from "@cdktf/provider-azurerm/lib/lb-rule";
import { PublicIp } from "@cdktf/provider-azurerm/lib/public-ip";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { PORTS } from "../core";
import { type PublicZone, recordIn } from "./dns";
import { type Place, placed } from "./place";
import { ALL_ZONES } from "./zone";

export interface NodeAddressesProps {
  /** Of the address and the balancer; unique in its resource group. */
  readonly name: string;
  readonly place: Place;
  /**
   * The zone in which `labels` lead to the address.
   * @default it has no names
   */
  readonly publicZone?: PublicZone;
  /** What stands before the zone's domain, by what their records are called, such as { pool: "loadbalancer", wildcard: "*" }. */
  readonly labels: Readonly<Record<string, string>>;
}

/** How many seconds a name may be remembered. */
const TTL = 60;

const FRONTEND = "web";

/**
 * How many connections to one place in the world each node may have at once.
 * @see https://learn.microsoft.com/azure/load-balancer/outbound-rules
 */
const OUTBOUND_PORTS = 1024;

/** The most machines that have so many ports of the one address, which has 64,000. */
export const MOST_BEHIND_ADDRESS = Math.floor(64_000 / OUTBOUND_PORTS);

/**
 * The fixed public address of a load-balancer pool and its names. A load balancer hands on what comes to 80 and 443, with the
 * caller's own address, to nodes that take a connection there; and what nodes say to the world leaves by the same address, since a
 * public subnet has no other way out.
 *
 * 18.25 USD a month and some more for what passes through, and 3.65 USD for the address.
 *
 * @see https://azure.microsoft.com/pricing/details/load-balancer/
 * @see https://learn.microsoft.com/azure/load-balancer/components
 */
export class NodeAddresses extends Construct {
  readonly publicIps: readonly string[];
  readonly poolId: string;
  /** What has to be there for the balancer to send anybody anywhere, and for a node to reach the world. */
  readonly rules: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: NodeAddressesProps) {
    super(scope, id);
    const { name, place, publicZone, labels } = props;

    const address = new PublicIp(this, "address", {
      name,
      ...placed(place),
      sku: "Standard",
      allocationMethod: "Static",
      zones: ALL_ZONES,
    });
    const { id: loadbalancerId } = new Lb(this, "Resource", {
      name,
      ...placed(place),
      sku: "Standard",
      frontendIpConfiguration: [{ name: FRONTEND, publicIpAddressId: address.id }],
    });
    const pool = new LbBackendAddressPool(this, "nodes", { name: "nodes", loadbalancerId });
    this.publicIps = [address.ipAddress];
    this.poolId = pool.id;
    this.rules = [...this.inbound(loadbalancerId, pool.id), outbound(this, loadbalancerId, pool.id)];

    if (publicZone !== undefined) {
      const names = new Construct(this, "names");
      for (const [what, label] of Object.entries(labels)) {
        new DnsARecord(names, what, {
          name: recordIn(publicZone, label),
          zoneName: publicZone.name,
          resourceGroupName: publicZone.resourceGroup,
          ttl: TTL,
          records: [address.ipAddress],
        });
      }
    }
  }

  private inbound(loadbalancerId: string, poolId: string): ITerraformDependable[] {
    const [probes, rules] = [new Construct(this, "health"), new Construct(this, "in")];
    return Object.entries({ http: PORTS.http, https: PORTS.https }).map(([what, { from: port }]) => {
      // A node without the ingress controller is no use to whoever has a name for it.
      const probe = new LbProbe(probes, what, {
        name: what,
        loadbalancerId,
        protocol: "Tcp",
        port,
        intervalInSeconds: 5,
        probeThreshold: 2,
      });
      return new LbRule(rules, what, {
        name: what,
        loadbalancerId,
        frontendIpConfigurationName: FRONTEND,
        backendAddressPoolIds: [poolId],
        probeId: probe.id,
        protocol: "Tcp",
        frontendPort: port,
        backendPort: port,
        // Whoever has been silent for long is told so, and does not wait for an answer.
        tcpResetEnabled: true,
        // The outbound rule has the address' ports.
        disableOutboundSnat: true,
      });
    });
  }
}

function outbound(scope: Construct, loadbalancerId: string, backendAddressPoolId: string): LbOutboundRule {
  return new LbOutboundRule(scope, "out", {
    name: "world",
    loadbalancerId,
    frontendIpConfiguration: [{ name: FRONTEND }],
    backendAddressPoolId,
    protocol: "All",
    // As many for each, however many there are: a number that followed theirs would cut connections when it changes.
    allocatedOutboundPorts: OUTBOUND_PORTS,
    tcpResetEnabled: true,
  });
}
