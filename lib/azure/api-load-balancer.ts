import { Lb } from "@cdktf/provider-azurerm/lib/lb";
import { LbBackendAddressPool } from "@cdktf/provider-azurerm/lib/lb-backend-address-pool";
import { LbProbe } from "@cdktf/provider-azurerm/lib/lb-probe";
import { LbRule } from "@cdktf/provider-azurerm/lib/lb-rule";
import { PublicIp } from "@cdktf/provider-azurerm/lib/public-ip";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { PORTS } from "../core";
import type { AliasTarget } from "./dns";
import { type Place, placed } from "./place";
import { ALL_ZONES } from "./zone";

export interface ApiLoadBalancerProps {
  /** Unique in its resource group. */
  readonly name: string;
  /** Where it stands. */
  readonly place: Place;
  /** The subnet that it answers in; none for one that answers to the world. */
  readonly subnetId?: string;
}

const FRONTEND = "api";

/**
 * A load balancer before the API server. It sends nobody to a master whose deep health endpoint does not say that it is well.
 *
 * It has no group of its own: it hands on what comes with the caller's address, so that the masters' group says who may call. A
 * master cannot reach itself through it, which is why masters know the API's name to be their own.
 *
 * 18.25 USD a month and some more for what passes through; one that answers to the world has an address for 3.65 USD besides.
 *
 * @see https://azure.microsoft.com/pricing/details/load-balancer/
 * @see https://learn.microsoft.com/azure/load-balancer/components
 */
export class ApiLoadBalancer extends Construct {
  readonly balancer: Lb;
  readonly target: AliasTarget;
  readonly poolId: string;
  /** What has to be there for it to send anybody anywhere. */
  readonly rule: ITerraformDependable;

  constructor(scope: Construct, id: string, { name, place, subnetId }: ApiLoadBalancerProps) {
    super(scope, id);
    const { kubernetesApi, masterHealth } = PORTS;

    const address =
      subnetId === undefined
        ? new PublicIp(this, "address", {
            name,
            ...placed(place),
            sku: "Standard",
            allocationMethod: "Static",
            zones: ALL_ZONES,
          })
        : undefined;
    const balancer = new Lb(this, "Resource", {
      name,
      ...placed(place),
      sku: "Standard",
      frontendIpConfiguration: [
        {
          name: FRONTEND,
          ...(address === undefined
            ? { subnetId, privateIpAddressAllocation: "Dynamic", zones: ALL_ZONES }
            : { publicIpAddressId: address.id }),
        },
      ],
    });
    const { id: loadbalancerId } = balancer;
    const pool = new LbBackendAddressPool(this, "masters", { name: "masters", loadbalancerId });
    const probe = new LbProbe(this, "health", {
      name: "health",
      loadbalancerId,
      protocol: "Http",
      port: masterHealth.from,
      requestPath: "/healthz",
      intervalInSeconds: 10,
      probeThreshold: 2,
    });
    this.rule = new LbRule(this, "api", {
      name: "api",
      loadbalancerId,
      frontendIpConfigurationName: FRONTEND,
      backendAddressPoolIds: [pool.id],
      probeId: probe.id,
      protocol: "Tcp",
      frontendPort: kubernetesApi.from,
      backendPort: kubernetesApi.from,
      // Whoever has been silent for long is told so, and does not wait for an answer.
      tcpResetEnabled: true,
      // Masters leave through the network's NAT, and not by the address that they are called at.
      disableOutboundSnat: address !== undefined,
    });

    this.balancer = balancer;
    this.target = { address: address === undefined ? balancer.privateIpAddress : address.ipAddress };
    this.poolId = pool.id;
  }
}
