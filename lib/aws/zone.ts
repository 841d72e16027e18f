import { Token } from "cdktf";
import { type Fault, type Rule, ZONE_SLOTS } from "../core";

/** A region, such as "us-east-1" or "us-gov-west-1". */
const REGION = /^[a-z]+(?:-[a-z]+)+-\d$/;

/** The letters that have a slot in a network's range. */
const LETTERS = "abcdefgh".slice(0, ZONE_SLOTS);

/** The region of a zone: "us-east-1" of "us-east-1a". */
export function regionOf(zone: string): string {
  return zone.slice(0, -1);
}

/** The zone's own slot in its network's range: 0 for a, 7 for h. It does not depend on the other zones. */
export function slotOf(zone: string): number {
  return LETTERS.indexOf(zone.slice(-1));
}

/** The name of a region, not of a zone. */
export const isRegion: Rule<string> = (region) =>
  REGION.test(region) ? [] : [{ mustHold: 'must be a region such as "us-east-1"', got: region }];

/**
 * Two or three different zones of one region. Two is the least that survives the loss of one; a fourth costs more
 * and saves nothing more, since etcd and quorums want three.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html
 */
export const areZones: Rule<readonly string[]> = (zones) => {
  if (Token.isUnresolved(zones) || zones.some((zone) => Token.isUnresolved(zone))) {
    return [{ mustHold: "must be literal zone names, since one subnet is declared for each", got: zones }];
  }
  const faults: Fault[] = [];
  if (new Set(zones).size !== zones.length || zones.length < 2 || zones.length > 3) {
    faults.push({ mustHold: "must name two or three different zones", got: zones });
  }
  const misnamed = [...new Set(zones)].filter((zone) => !isZone(zone));
  if (misnamed.length > 0) {
    faults.push({
      mustHold: 'must be zones such as "us-east-1a", a letter from a to h after the region (no local zones)',
      got: misnamed,
    });
  }
  const regions = new Set(zones.filter(isZone).map(regionOf));
  if (regions.size > 1) {
    faults.push({ mustHold: "must be zones of one region, since a VPC cannot span two", got: zones });
  }
  return faults;
};

/** Zones of this region. */
export function areZonesOf(region: string): Rule<readonly string[]> {
  return (zones) => {
    const foreign = [...new Set(zones)].filter((zone) => isZone(zone) && regionOf(zone) !== region);
    return foreign.length === 0
      ? []
      : [
          {
            mustHold: `must be zones of '${region}', the environment's region`,
            got: foreign,
            fix: "change the zones or the region",
          },
        ];
  };
}

function isZone(zone: string): boolean {
  return isRegion(regionOf(zone)).length === 0 && slotOf(zone) >= 0;
}
