import { Token } from "cdktf";
import { isDomain } from "./domain";
import type { Problems, Rule } from "./invalid";

/** A zone to make, or none, or one that exists: all that counts of that here is what it is called. */
type PublicZone = "new" | "none" | { readonly name: string };

interface PublicNames {
  readonly environment: string;
  readonly domain: string;
  readonly publicZone?: PublicZone;
}

/** A zone that an environment's public names can stand in. */
export function isZoneOf(environment: string, domain: string): Rule<PublicZone | undefined> {
  const name = `${environment}.${domain}`;
  return (zone) => {
    if (typeof zone !== "object") {
      return [];
    }
    if (Token.isUnresolved(zone.name)) {
      return [
        {
          mustHold: "must have a literal name, since it is compared with the domain",
          got: zone.name,
          fix: "write down the zone's own name",
        },
      ];
    }
    return name === zone.name || name.endsWith(`.${zone.name}`)
      ? []
      : [
          {
            mustHold: `must be the zone of '${domain}' or of a domain that it lies in, since the public names end in it`,
            got: zone.name,
            fix: "name another zone, or change the domain",
          },
        ];
  };
}

/**
 * A domain that leaves room for a label in `<environment>.<domain>`: a name has 253 characters at most, a label 63.
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
 */
function leavesRoom(environment: string): Rule<string> {
  return (domain) =>
    `${environment}.${domain}`.length <= 253 - 64
      ? []
      : [
          {
            mustHold: "must leave room for names: with the environment's it must have at most 189 characters",
            got: domain,
          },
        ];
}

/** Adds everything that is wrong with where an environment's public names stand. */
export function checkPublicNames(problems: Problems, { environment, domain, publicZone }: PublicNames): void {
  problems.check("domain", domain, isDomain);
  if (isDomain(domain).length === 0) {
    problems.check("domain", domain, leavesRoom(environment));
    problems.check("publicZone", publicZone, isZoneOf(environment, domain));
  }
}
