import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Route53Zone } from "@cdktf/provider-aws/lib/route53-zone";
import { Construct } from "constructs";
import { checkPublicNames, isLabel, Problems } from "../core";

/** A public zone that exists. */
export interface ExistingZone {
  /** Such as "Z0123456789ABCDEFGHIJ". */
  readonly zoneId: string;
  /** The zone's own name, such as "example.org": the environment's domain, or what that domain lies in. */
  readonly name: string;
}

export interface DnsProps {
  /** The environment's name, a DNS label such as "prod-us-east-1". */
  readonly environment: string;
  /** The domain that public names end in: "example.org" gives "master.prod-us-east-1.example.org". */
  readonly domain: string;
  /** The network that the private zone answers in. */
  readonly networkId: string;
  /**
   * The public zone: "new" makes `<environment>.<domain>`, which whoever has the domain delegates to its name servers; or
   * one that exists; or none. A zone costs 0.50 USD a month.
   * @default "none"
   * @see https://aws.amazon.com/route53/pricing/
   */
  readonly publicZone?: "new" | "none" | ExistingZone;
}

/** A zone that public names can be put into. */
export interface PublicZone {
  readonly zoneId: string;
  /** What those names end in, such as "prod-us-east-1.example.org". */
  readonly domain: string;
}

/** What an address record points to: a load balancer, as Terraform knows it. */
export interface AliasTarget {
  readonly dnsName: string;
  readonly zoneId: string;
}

/**
 * The names of an environment: a private zone `<environment>.kube`, that only its network sees, and a public one.
 *
 * @throws InvalidError with everything that is wrong with the props
 */
export class Dns extends Construct {
  /** Such as "prod-us-east-1.kube". */
  readonly privateName: string;
  /** Such as "prod-us-east-1.example.org"; names end in it where there is a public zone. */
  readonly publicName: string;
  /** Of a public zone that was made: what the domain has to delegate `publicName` to. */
  readonly nameServers?: readonly string[];
  private readonly privateZoneId: string;
  private readonly publicZoneId?: string;

  constructor(scope: Construct, id: string, props: DnsProps) {
    super(scope, id);
    const { environment, domain, networkId, publicZone = "none" } = props;
    const problems = new Problems(this.node.path);
    problems.check("environment", environment, isLabel);
    checkPublicNames(problems, props);
    problems.throw();

    this.privateName = `${environment}.kube`;
    this.publicName = `${environment}.${domain}`;
    this.privateZoneId = new Route53Zone(this, "private", {
      name: this.privateName,
      comment: `Names inside ${environment}`,
      vpc: [{ vpcId: networkId }],
    }).zoneId;
    if (publicZone === "new") {
      const zone = new Route53Zone(this, "public", {
        name: this.publicName,
        comment: `Names of ${environment}`,
      });
      this.publicZoneId = zone.zoneId;
      this.nameServers = zone.nameServers;
    } else if (publicZone !== "none") {
      this.publicZoneId = publicZone.zoneId;
    }
  }

  /** The zone for public names, where there is one. */
  get publicZone(): PublicZone | undefined {
    return this.publicZoneId === undefined
      ? undefined
      : { zoneId: this.publicZoneId, domain: this.publicName };
  }

  /** Whether there is a zone for public names. */
  get hasPublicZone(): boolean {
    return this.publicZoneId !== undefined;
  }

  /** `<label>.<environment>.kube` leads to the target; gives that name. */
  privateAlias(label: string, target: AliasTarget): string {
    return this.alias("private-names", label, this.privateName, this.privateZoneId, target);
  }

  /**
   * `<label>.<environment>.<domain>` leads to the target; gives that name.
   *
   * @throws Error when there is no public zone
   */
  publicAlias(label: string, target: AliasTarget): string {
    if (this.publicZoneId === undefined) {
      throw new Error(`${this.node.path} has no public zone for '${label}'`);
    }
    return this.alias("public-names", label, this.publicName, this.publicZoneId, target);
  }

  private alias(scope: string, label: string, domain: string, zoneId: string, target: AliasTarget): string {
    const names = this.node.tryFindChild(scope) ?? new Construct(this, scope);
    const name = `${label}.${domain}`;
    new Route53Record(names as Construct, label, {
      zoneId,
      name,
      type: "A",
      alias: { name: target.dnsName, zoneId: target.zoneId, evaluateTargetHealth: true },
    });
    return name;
  }
}
