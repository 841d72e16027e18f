import { DnsARecord } from "@cdktf/provider-azurerm/lib/dns-a-record";
import { DnsZone } from "@cdktf/provider-azurerm/lib/dns-zone";
import { PrivateDnsARecord } from "@cdktf/provider-azurerm/lib/private-dns-a-record";
import { PrivateDnsZone } from "@cdktf/provider-azurerm/lib/private-dns-zone";
import { PrivateDnsZoneVirtualNetworkLink } from "@cdktf/provider-azurerm/lib/private-dns-zone-virtual-network-link";
import { Construct } from "constructs";
import { checkPublicNames, isLabel, Problems, type Rule } from "../core";
import type { Place } from "./place";
import { isPlace } from "./place-rules";

/** A public zone that exists. */
export interface ExistingZone {
  /** Such as "/subscriptions/<id>/resourceGroups/names/providers/Microsoft.Network/dnsZones/example.org". */
  readonly zoneId: string;
  /** The zone's own name, such as "example.org": the environment's domain, or what that domain lies in. */
  readonly name: string;
}

export interface DnsProps {
  /** The environment's name, a DNS label such as "prod-eastus". */
  readonly environment: string;
  /** Where it stands. */
  readonly place: Place;
  /** The domain that public names end in: "example.org" gives "master.prod-eastus.example.org". */
  readonly domain: string;
  /** The network that the private zone answers in. */
  readonly networkId: string;
  /**
   * The public zone: "new" makes `<environment>.<domain>`, which whoever has the domain delegates to its name servers; or
   * one that exists; or none. A zone costs 0.50 USD a month.
   * @default "none"
   * @see https://azure.microsoft.com/pricing/details/dns/
   */
  readonly publicZone?: "new" | "none" | ExistingZone;
}

/** A zone that public names can be put into, of the stack's own subscription. */
export interface PublicZone {
  /** The zone's own name, such as "example.org". */
  readonly name: string;
  readonly resourceGroup: string;
  /**
   * What names have between their label and the zone's own name, such as "prod-eastus".
   * @default nothing
   */
  readonly subdomain?: string;
}

/** The name of a label's record, as its zone knows it. */
export function recordIn({ subdomain }: PublicZone, label: string): string {
  return subdomain === undefined ? label : `${label}.${subdomain}`;
}

/** What an address record points to: a load balancer, whose address stays as long as it does. */
export interface AliasTarget {
  readonly address: string;
}

/** How many seconds a name may be remembered. */
const TTL = 60;

/** Azure gives such ids in letters of either case. */
const ZONE_ID =
  /^\/subscriptions\/([0-9a-f-]{36})\/resourceGroups\/([\w.()-]+)\/providers\/Microsoft\.Network\/dnsZones\/([\w.-]+)$/i;

/** A zone that the stack's provider can write to: records are made by name, in the provider's own subscription. */
export function isZoneIn(subscription: string): Rule<DnsProps["publicZone"]> {
  return (zone) => {
    if (typeof zone !== "object") {
      return [];
    }
    const [, owner, , name] = ZONE_ID.exec(zone.zoneId) ?? [];
    if (owner === undefined || name === undefined) {
      return [
        {
          mustHold:
            "must have a zone's id, such as /subscriptions/<id>/resourceGroups/<name>/providers/Microsoft.Network/dnsZones/<zone>",
          got: zone.zoneId,
        },
      ];
    }
    return [
      ...(name === zone.name
        ? []
        : [
            {
              mustHold: "must have the id of the zone of that name",
              got: zone,
              fix: "correct the one or the other",
            },
          ]),
      ...(owner.toLowerCase() === subscription
        ? []
        : [
            {
              mustHold: `must be a zone of the stack's own subscription, ${subscription}`,
              got: zone.zoneId,
              fix: 'say publicZone: "new", and delegate to it from that zone',
            },
          ]),
    ];
  };
}

/** The props that say where public names stand, with the subscription that has to have the zone. */
export function checkZones(
  problems: Problems,
  props: Pick<DnsProps, "environment" | "domain" | "publicZone" | "place">,
): void {
  checkPublicNames(problems, props);
  problems.check("publicZone", props.publicZone, isZoneIn(props.place.subscription));
}

/**
 * The names of an environment: a private zone `<environment>.kube`, that only its network sees, and a public one.
 *
 * @throws InvalidError with everything that is wrong with the props
 */
export class Dns extends Construct {
  /** Such as "prod-eastus.kube". */
  readonly privateName: string;
  /** Such as "prod-eastus.example.org"; names end in it where there is a public zone. */
  readonly publicName: string;
  /** Of a public zone that was made: what the domain has to delegate `publicName` to. */
  readonly nameServers?: readonly string[];
  /** The zone for public names, where there is one. */
  readonly publicZone?: PublicZone;
  private readonly resourceGroup: string;
  private readonly privateZone: string;

  constructor(scope: Construct, id: string, props: DnsProps) {
    super(scope, id);
    const { environment, place, domain, networkId, publicZone = "none" } = props;
    const problems = new Problems(this.node.path);
    problems.check("environment", environment, isLabel);
    problems.check("place", place, isPlace);
    checkZones(problems, props);
    problems.throw();

    this.privateName = `${environment}.kube`;
    this.publicName = `${environment}.${domain}`;
    this.resourceGroup = place.resourceGroup;
    const inGroup = { resourceGroupName: this.resourceGroup };
    this.privateZone = new PrivateDnsZone(this, "private", { name: this.privateName, ...inGroup }).name;
    new PrivateDnsZoneVirtualNetworkLink(this, "private-link", {
      name: environment,
      ...inGroup,
      privateDnsZoneName: this.privateZone,
      virtualNetworkId: networkId,
      registrationEnabled: false,
    });
    if (publicZone === "new") {
      const zone = new DnsZone(this, "public", { name: this.publicName, ...inGroup });
      this.publicZone = { name: zone.name, resourceGroup: this.resourceGroup };
      this.nameServers = zone.nameServers;
    } else if (publicZone !== "none") {
      const [, , resourceGroup = ""] = ZONE_ID.exec(publicZone.zoneId) ?? [];
      const { name } = publicZone;
      const subdomain = name === this.publicName ? undefined : this.publicName.slice(0, -name.length - 1);
      this.publicZone = { name, resourceGroup, subdomain };
    }
  }

  /** Whether there is a zone for public names. */
  get hasPublicZone(): boolean {
    return this.publicZone !== undefined;
  }

  /** `<label>.<environment>.kube` leads to the target; gives that name. */
  privateAlias(label: string, { address }: AliasTarget): string {
    new PrivateDnsARecord(this.names("private-names"), label, {
      name: label,
      zoneName: this.privateZone,
      resourceGroupName: this.resourceGroup,
      ttl: TTL,
      records: [address],
    });
    return `${label}.${this.privateName}`;
  }

  /**
   * `<label>.<environment>.<domain>` leads to the target; gives that name.
   *
   * @throws Error when there is no public zone
   */
  publicAlias(label: string, { address }: AliasTarget): string {
    if (this.publicZone === undefined) {
      throw new Error(`${this.node.path} has no public zone for '${label}'`);
    }
    new DnsARecord(this.names("public-names"), label, {
      name: recordIn(this.publicZone, label),
      zoneName: this.publicZone.name,
      resourceGroupName: this.publicZone.resourceGroup,
      ttl: TTL,
      records: [address],
    });
    return `${label}.${this.publicName}`;
  }

  private names(scope: string): Construct {
    return (this.node.tryFindChild(scope) as Construct | undefined) ?? new Construct(this, scope);
  }
}
