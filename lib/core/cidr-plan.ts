import { Address4 } from "ip-address";
import { Token } from "cdktf";
import type { Fault, Rule } from "./invalid";

/** The range of a network that names none. */
export const DEFAULT_CIDR_BLOCK = "10.0.0.0/16";

/** How many zones a network's range has room for. A zone's slot is its own number, from 0. */
export const ZONE_SLOTS = 8;

/** The ranges of the subnets of both kinds: in one zone, or over all where subnets span zones. */
export interface ZoneRanges {
  readonly private: string;
  readonly public: string;
}

/**
 * The ranges of the zone that owns a slot of the network's range.
 *
 * The range is cut into eight equal slots, one for each zone that a region may have, whether used or not: adding,
 * removing or reordering zones moves no other zone's range. In a slot the private subnet is the lower half and the
 * public one the first quarter of the upper half. The other three quarters of the upper half stay free, for subnets
 * that a team adds itself.
 */
export function zoneRanges(cidrBlock: string, slot: number): ZoneRanges {
  return split(part(new Address4(cidrBlock), 3, slot));
}

/**
 * The ranges of a network whose subnets span its zones: it is divided like a zone's slot, so that three eighths of it stay
 * free.
 */
export function spanningRanges(cidrBlock: string): ZoneRanges {
  return split(new Address4(cidrBlock));
}

/** Whether two ranges share an address. */
export function overlaps(one: string, other: string): boolean {
  const [a, b] = [new Address4(one), new Address4(other)];
  return a.isInSubnet(b) || b.isInSubnet(a);
}

/** A range in canonical form, such as "10.0.0.0/16": its host bits are zero. */
export const isRange: Rule<string> = (cidrBlock) => {
  if (Token.isUnresolved(cidrBlock)) {
    return [
      {
        mustHold: "must be a literal range, since the ranges of the zones are computed from it",
        got: cidrBlock,
      },
    ];
  }
  const range = parse(cidrBlock);
  if (range === undefined) {
    return [{ mustHold: `must be an IPv4 range such as "${DEFAULT_CIDR_BLOCK}"`, got: cidrBlock }];
  }
  const canonical = cidr(range);
  return canonical === cidrBlock
    ? []
    : [
        {
          mustHold: "must be the network's own address, with all host bits zero",
          got: cidrBlock,
          fix: `write "${canonical}"`,
        },
      ];
};

/**
 * A range that a network of ours may have: private, and from /16 to /20. AWS takes no VPC above /16; below /20 a
 * zone's private subnet would hold fewer than 256 addresses.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
 * @see https://datatracker.ietf.org/doc/html/rfc1918
 * @see https://datatracker.ietf.org/doc/html/rfc6598
 */
export const isNetworkRange: Rule<string> = (cidrBlock) => {
  const range = parse(cidrBlock);
  if (range === undefined) {
    return isRange(cidrBlock);
  }
  const faults: Fault[] = [];
  if (range.subnetMask < 16 || range.subnetMask > 20) {
    faults.push({
      mustHold:
        "must be from /16 to /20 (AWS takes no larger one, and both clouds read alike; a smaller one leaves a zone's nodes under 256 addresses)",
      got: cidrBlock,
    });
  }
  if (!isPrivate(range)) {
    faults.push({
      mustHold: "must be a private range: in 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10",
      got: cidrBlock,
    });
  }
  // What isRange says to write has the same size and place, so it is no help where those are wrong.
  const hostBits = isRange(cidrBlock).map((fault) =>
    faults.length > 0 ? { ...fault, fix: undefined } : fault,
  );
  return [...hostBits, ...faults];
};

function split(range: Address4): ZoneRanges {
  return { private: cidr(part(range, 1, 0)), public: cidr(part(part(range, 1, 1), 2, 0)) };
}

function parse(cidrBlock: string): Address4 | undefined {
  return !Token.isUnresolved(cidrBlock) && cidrBlock.includes("/") && Address4.isValid(cidrBlock)
    ? new Address4(cidrBlock)
    : undefined;
}

function isPrivate(range: Address4): boolean {
  const whole = [range.startAddress(), range.endAddress()];
  return whole.every((address) => address.isPrivate()) || whole.every((address) => address.isCGNAT());
}

/** The part of a range that has this index when the range is cut into 2^bits equal parts. */
function part(range: Address4, bits: number, index: number): Address4 {
  const length = range.subnetMask + bits;
  const start = range.startAddress().bigInt() + (BigInt(index) << BigInt(32 - length));
  return new Address4(`${Address4.fromBigInt(start).correctForm()}/${length}`);
}

function cidr(range: Address4): string {
  return `${range.startAddress().correctForm()}/${range.subnetMask}`;
}
