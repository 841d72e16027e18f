import { isRange } from "./cidr-plan";
import type { Fault, Rule } from "./invalid";

/** The whole of IPv4. */
const WORLD = "0.0.0.0/0";

/** However it is spelled: wider than any network, which begins at a /8. */
const WIDE = /\/0*[0-7]$/;

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
    const named = ranges.filter((range) => range !== WORLD);
    // What isRange says to write is as wide, so it is no help where that is wrong.
    const faults: Fault[] = named.flatMap((range) =>
      isRange(range).map((fault) => (WIDE.test(range) ? { ...fault, fix: undefined } : fault)),
    );
    if (new Set(ranges).size !== ranges.length) {
      faults.push({ mustHold: "must name each range once", got: ranges });
    }
    const wide = named.filter((range) => WIDE.test(range));
    if (wide.length > 0) {
      faults.push({
        mustHold: "must be ranges of at most a /8, since a few wider ones are the world",
        got: wide,
      });
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
