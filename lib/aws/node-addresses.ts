import { Eip } from "@cdktf/provider-aws/lib/eip";
import { Route53HealthCheck } from "@cdktf/provider-aws/lib/route53-health-check";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { PORTS } from "../core";
import type { PublicZone } from "./dns";

export interface NodeAddressesProps {
  /** Name tag of each, with its number. */
  readonly name: string;
  /** What tags call the pool, such as "acme-prod/loadbalancer": its nodes may take what carries it. */
  readonly poolTag: string;
  /** How many there are: as many as the pool has machines at most. */
  readonly count: number;
  /**
   * The zone in which `labels` lead to the addresses.
   * @default they have no names
   */
  readonly publicZone?: PublicZone;
  /** What stands before the zone's domain, by what their records are called, such as { pool: "loadbalancer", wildcard: "*" }. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Seconds that an answer may be kept: two rounds of the health checks. */
const TTL = 60;

/**
 * The fixed public addresses of a load-balancer pool and their names. Machines take them by themselves; while fewer run than
 * there are addresses, some have no machine, and a health check of each keeps them out of the answers.
 *
 * Nothing tells one address from another but its number, so more or fewer of them change none of the others. Each costs 3.65 USD
 * a month, whether a machine has it or not, and its health check 0.50 USD.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-multivalue.html
 * @see https://aws.amazon.com/vpc/pricing/
 * @see https://aws.amazon.com/route53/pricing/
 */
export class NodeAddresses extends Construct {
  readonly publicIps: readonly string[];
  /** What has to be there while a machine has one of them. */
  readonly addresses: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: NodeAddressesProps) {
    super(scope, id);
    const { name, poolTag, count, publicZone, labels } = props;

    const addresses = Array.from({ length: count }, (_, index) => {
      const number = String(index + 1);
      const called = `${name}-${number}`;
      const place = new Construct(this, number);
      const address = new Eip(place, "Resource", {
        domain: "vpc",
        tags: { Name: called, "keelson/pool": poolTag },
      });
      if (publicZone !== undefined) {
        nameAddress(place, { called, number, publicIp: address.publicIp, publicZone, labels });
      }
      return address;
    });
    this.publicIps = addresses.map(({ publicIp }) => publicIp);
    this.addresses = addresses;
  }
}

interface Named extends Pick<NodeAddressesProps, "labels"> {
  readonly called: string;
  readonly number: string;
  readonly publicIp: string;
  readonly publicZone: PublicZone;
}

/** One record for each name, which is among the answers while somebody answers at the address. */
function nameAddress(scope: Construct, { called, number, publicIp, publicZone, labels }: Named): void {
  const health = new Route53HealthCheck(scope, "health", {
    type: "TCP",
    ipAddress: publicIp,
    // What is worth having a name for. A node without the ingress controller is no use either.
    port: PORTS.https.from,
    requestInterval: 30,
    failureThreshold: 3,
    tags: { Name: called },
  });
  const names = new Construct(scope, "names");
  for (const [what, label] of Object.entries(labels)) {
    new Route53Record(names, what, {
      zoneId: publicZone.zoneId,
      name: `${label}.${publicZone.domain}`,
      type: "A",
      ttl: TTL,
      records: [publicIp],
      setIdentifier: number,
      multivalueAnswerRoutingPolicy: true,
      healthCheckId: health.id,
    });
  }
}
