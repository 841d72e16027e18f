import { Token } from "cdktf";
import type { Fault, Rule } from "../core";

/**
 * All zones of a region, which is what an address that survives the loss of one has to name.
 * @see https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses#availability-zone
 */
export const ALL_ZONES = ["1", "2", "3"];

/** The name of a region as Azure writes it in ids, such as "eastus". */
export const isRegion: Rule<string> = (region) =>
  Token.isUnresolved(region) || /^[a-z]+[0-9]?$/.test(region)
    ? []
    : [{ mustHold: 'must be a region such as "eastus"', got: region }];

/**
 * Two or three different zones of one region. Two is the least that survives the loss of one; no region has a fourth.
 *
 * The numbers are each subscription's own: the "1" of one is not the "1" of another.
 *
 * @see https://learn.microsoft.com/azure/reliability/availability-zones-overview#physical-and-logical-availability-zones
 */
export const areZones: Rule<readonly string[]> = (zones) => {
  if (Token.isUnresolved(zones) || zones.some((zone) => Token.isUnresolved(zone))) {
    return [{ mustHold: "must be literal zone names, since sizes are compared with them", got: zones }];
  }
  const faults: Fault[] = [];
  if (new Set(zones).size !== zones.length || zones.length < 2 || zones.length > 3) {
    faults.push({ mustHold: "must name two or three different zones", got: zones });
  }
  const misnamed = [...new Set(zones)].filter((zone) => !ALL_ZONES.includes(zone));
  if (misnamed.length > 0) {
    faults.push({ mustHold: 'must be zones: "1", "2" or "3"', got: misnamed });
  }
  return faults;
};
