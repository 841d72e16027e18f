import { isRange, overlaps } from "./cidr-plan";
import type { Problems, Rule } from "./invalid";
import type { INetwork } from "./network";

/** The range of the pods of a cluster that names none. */
export const DEFAULT_POD_CIDR = "10.244.0.0/16";

/** The range of its services. */
export const DEFAULT_SERVICE_CIDR = "10.96.0.0/16";

/** A range of a length, the number after its slash, between two. What is no range at all is another rule's business. */
function isFrom(widest: number, narrowest: number, because: string): Rule<string> {
  return (range) => {
    const length = Number(range.split("/")[1]);
    return isRange(range).length > 0 || (length >= widest && length <= narrowest)
      ? []
      : [{ mustHold: `must be from /${widest} to /${narrowest} (${because})`, got: range }];
  };
}

/** The lengths that kubeadm takes, where each node has a /24 of the pods' range. */
const LENGTHS: Readonly<Record<string, Rule<string>>> = {
  podCidr: isFrom(8, 24, "a node has a /24 of it, and there are at most 65536 of them"),
  serviceCidr: isFrom(12, 28, "Kubernetes takes no larger one, and the tenth address is the cluster DNS'"),
};

/**
 * What a machine keeps for itself, the metadata service among it.
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry/
 */
const RESERVED: readonly (readonly [string, string])[] = [
  ["this network's addresses", "0.0.0.0/8"],
  ["the machine's own addresses", "127.0.0.0/8"],
  ["link-local addresses", "169.254.0.0/16"],
  ["multicast and reserved addresses", "224.0.0.0/3"],
];

/** Ranges of which none shares an address with the network's own. */
export function areApartFrom(cidrBlock: string): Rule<readonly string[]> {
  return (peeredRanges) =>
    peeredRanges.flatMap((range) => {
      const faults = isRange(range);
      return faults.length > 0 || isRange(cidrBlock).length > 0 || !overlaps(range, cidrBlock)
        ? faults
        : [
            {
              mustHold: `must be apart from the network's own range, ${cidrBlock}, or nothing can be routed between the two`,
              got: range,
              fix: "give the network another 'cidrBlock'",
            },
          ];
    });
}

/**
 * Adds what is wrong with a cluster's ranges, by prop: those of Kubernetes' own, and no two that it routes may overlap.
 *
 * @param network that the cluster is in
 */
export function checkClusterRanges(
  problems: Problems,
  { cidrBlock, peeredRanges = [] }: Pick<INetwork, "cidrBlock" | "peeredRanges">,
  own: Readonly<Record<"podCidr" | "serviceCidr", string>>,
): void {
  const ranges = { "the network": cidrBlock, ...own };
  const sound: [string, string][] = peeredRanges
    .filter((range) => isRange(range).length === 0)
    .map((range) => ["the peered network", range]);
  for (const [prop, range] of Object.entries(ranges)) {
    const hasLength = LENGTHS[prop];
    if (hasLength !== undefined) {
      problems.check(prop, range, isRange, hasLength);
    }
    if (isRange(range).length === 0) {
      // What is wrong with the network itself is said where it stands.
      const taken = hasLength === undefined ? [] : [...RESERVED, ...sound];
      for (const [other, otherRange] of taken.filter(([, before]) => overlaps(range, before))) {
        problems.add(prop, {
          mustHold: `must not overlap with ${other}, ${otherRange}`,
          got: range,
          fix: "give it a range of its own",
        });
      }
      sound.push([prop, range]);
    }
  }
}

/** A public API has a public name, which its certificate is for. */
export const isNamed: Rule<boolean> = (hasPublicZone) =>
  hasPublicZone
    ? []
    : [
        {
          mustHold:
            "must have a public zone to be named in, since its certificate holds names and no addresses",
          fix: 'say publicZone: "new", or name a zone that exists',
        },
      ];
