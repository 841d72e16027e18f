import { isRange } from "./cidr-plan";
import type { Fault, Rule } from "./invalid";

/** The whole of IPv4. */
const WORLD = "0.0.0.0/0";

/**
 * The ranges that may reach an API from outside: at least one, and the whole world only where that is said twice, so that
 * nobody opens it by a slip.
 *
 * @param openToTheWorld the second time that it is said
 */
export function areApiRanges(openToTheWorld: boolean): Rule<readonly string[]> {
  return (ranges) => {
    if (ranges.length === 0) {
      return [
        {
          mustHold: "must name the ranges that may reach the API",
          got: ranges,
          fix: 'such as ["203.0.113.0/24"]',
        },
      ];
    }
    const faults: Fault[] = ranges.filter((range) => range !== WORLD).flatMap((range) => isRange(range));
    if (new Set(ranges).size !== ranges.length) {
      faults.push({ mustHold: "must name each range once", got: ranges });
    }
    const wide = ranges.filter((range) => range !== WORLD && /\/[1-7]$/.test(range));
    if (wide.length > 0) {
      faults.push({ mustHold: "must be ranges of at most a /8: a wider one is half the world", got: wide });
    }
    if (ranges.includes(WORLD) && !openToTheWorld) {
      faults.push({
        mustHold: "must not be the whole world",
        got: WORLD,
        fix: "name your own ranges, or say openToTheWorld: true as well",
      });
    }
    if (!ranges.includes(WORLD) && openToTheWorld) {
      faults.push({
        mustHold: `must hold "${WORLD}" where openToTheWorld is true`,
        got: ranges,
        fix: "leave openToTheWorld out",
      });
    }
    return faults;
  };
}
