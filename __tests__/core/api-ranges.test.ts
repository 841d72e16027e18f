import { Fn } from "cdktf";
import fc from "fast-check";
import { areApiRanges } from "../../lib/core";

const WORLD = "0.0.0.0/0";
const saidOnce = areApiRanges(false);
const saidTwice = areApiRanges(true);
const mustHold = (ranges: readonly string[], rule = saidOnce) => rule(ranges).map((fault) => fault.mustHold);

/** A range as it has to be written, of a size that a network has. */
const range = fc
  .record({ address: fc.nat(2 ** 32 - 1), length: fc.integer({ min: 8, max: 32 }) })
  .map(
    ({ address, length }) =>
      `${dotted(Math.floor(address / 2 ** (32 - length)) * 2 ** (32 - length))}/${length}`,
  );
const ranges = fc.uniqueArray(range, { minLength: 1, maxLength: 5 });

function dotted(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join(".");
}

/** What means the world to one program or another. */
const spellings = fc.oneof(
  fc.tuple(fc.ipV4(), fc.constantFrom("/0", "/00", "/000")).map((parts) => parts.join("")),
  fc.tuple(fc.ipV4Extended(), fc.constantFrom("/0", "/00")).map((parts) => parts.join("")),
  fc.tuple(fc.ipV6(), fc.constant("/0")).map((parts) => parts.join("")),
  fc
    .tuple(fc.constantFrom("", " ", "\t"), fc.constant(WORLD), fc.constantFrom("", " ", "\n", "/0"))
    .map((parts) => parts.join("")),
  fc.constantFrom(
    ...["0/0", "0.0/0", "0.0.0/0", "00.0.0.0/0", "0x0.0.0.0/0", "0.0.0.0", "0", "*", "any", "all", ""],
    ...["0.0.0.0/0.0.0.0", "0.0.0.0-255.255.255.255", "0.0.0.0/-0", "::/0", "::ffff:0.0.0.0/96", "/0"],
  ),
);

test("any ranges of networks may be named, each once", () => {
  fc.assert(fc.property(ranges, (named) => expect(saidOnce(named)).toEqual([])));
});

test("none at all are refused, whatever else is said", () => {
  for (const rule of [saidOnce, saidTwice]) {
    expect(rule([])).toEqual([
      { mustHold: "must name the ranges that may reach the API", got: [], fix: 'such as ["203.0.113.0/24"]' },
    ]);
  }
});

test("the world has to be said twice, whatever stands beside it", () => {
  fc.assert(
    fc.property(fc.uniqueArray(range, { maxLength: 3 }), fc.nat(3), (named, place) => {
      const withWorld = [...named.slice(0, place), WORLD, ...named.slice(place)];
      expect(saidOnce(withWorld)).toEqual([
        {
          mustHold: "must not be the whole world",
          got: WORLD,
          fix: "name your own ranges, or say openToTheWorld: true as well",
        },
      ]);
      expect(saidTwice(withWorld)).toEqual([]);
    }),
  );
});

test("no other spelling of the world is taken, even if it is said twice", () => {
  fc.assert(
    fc.property(
      spellings.filter((text) => text !== WORLD),
      ranges,
      (text, others) => {
        expect(saidOnce([...others, text])).not.toEqual([]);
        expect(saidTwice([...others, text])).not.toEqual([]);
        expect(saidTwice([text, WORLD])).not.toEqual([]);
      },
    ),
    { numRuns: 500 },
  );
});

test("nobody who left out the end of a range is told to write the world", () => {
  fc.assert(
    fc.property(spellings, (text) => {
      expect(saidOnce([text]).filter(({ fix }) => fix?.includes("write") === true)).toEqual([]);
    }),
  );
});

const wide = fc
  .tuple(fc.nat(255), fc.integer({ min: 1, max: 7 }))
  .map(([first, length]) => `${(first >> (8 - length)) << (8 - length)}.0.0.0/${length}`);

test("the world in a few pieces is refused, too", () => {
  fc.assert(
    fc.property(fc.uniqueArray(wide, { minLength: 1, maxLength: 4 }), ranges, (pieces, others) => {
      for (const rule of [saidOnce, saidTwice]) {
        expect(rule([...pieces, ...others])).toContainEqual({
          mustHold: "must be ranges of at most a /8, since a few wider ones are the world",
          got: pieces,
        });
      }
    }),
  );
});

test("a range whose host bits are set is refused with the one that was meant", () => {
  expect(saidOnce(["203.0.113.7/24"])).toEqual([
    expect.objectContaining({ got: "203.0.113.7/24", fix: 'write "203.0.113.0/24"' }),
  ]);
});

test("a range that is named twice is refused", () => {
  fc.assert(
    fc.property(ranges, (named) => {
      expect(mustHold([...named, ...named])).toEqual(["must name each range once"]);
    }),
  );
});

test("who says the second time only is told that the first is missing", () => {
  fc.assert(
    fc.property(ranges, (named) => {
      expect(saidTwice(named)).toEqual([
        {
          mustHold: `must hold "${WORLD}" where openToTheWorld is true`,
          got: named,
          fix: "leave openToTheWorld out",
        },
      ]);
    }),
  );
});

test("everything that is wrong with ranges is reported at once", () => {
  expect(mustHold(["office", "10.0.0.1/24", "0.0.0.0/1", "0.0.0.0/1", WORLD])).toEqual([
    expect.stringContaining("must be an IPv4 range"),
    expect.stringContaining("must be the network's own address"),
    "must name each range once",
    expect.stringContaining("must be ranges of at most a /8"),
    "must not be the whole world",
  ]);
});

test("a range that only Terraform knows is refused: it may be the world", () => {
  expect(mustHold([Fn.cidrsubnet("10.0.0.0/8", 8, 1)])).toEqual([
    expect.stringContaining("must be a literal range"),
  ]);
});
