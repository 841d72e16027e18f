import { Fn } from "cdktf";
import fc from "fast-check";
import { isNetworkRange, isRange, overlaps, spanningRanges, ZONE_SLOTS, zoneRanges } from "../../lib/core";

const slots = [...Array(ZONE_SLOTS).keys()];

const privateRange = fc
  .record({ second: fc.nat(255), third: fc.nat(255), length: fc.integer({ min: 16, max: 20 }) })
  .map(({ second, third, length }) => `10.${second}.${third & (0xff00 >> (length - 8)) & 0xff}.0/${length}`);

test.each([
  ["10.0.0.0/16", 0, { private: "10.0.0.0/20", public: "10.0.16.0/22" }],
  ["10.0.0.0/16", 7, { private: "10.0.224.0/20", public: "10.0.240.0/22" }],
  ["100.64.16.0/20", 2, { private: "100.64.20.0/24", public: "100.64.21.0/26" }],
])("zone ranges of %s in slot %i are in the halves of the slot", (cidrBlock, slot, expected) => {
  expect(zoneRanges(cidrBlock, slot)).toEqual(expected);
});

test("the ranges of all zones are inside the network and apart from one another", () => {
  fc.assert(
    fc.property(privateRange, (cidrBlock) => {
      const ranges = slots.flatMap((slot) => Object.values(zoneRanges(cidrBlock, slot)) as string[]);
      expect(ranges.filter((range) => !overlaps(range, cidrBlock))).toEqual([]);
      expect(ranges.flatMap((one, i) => ranges.slice(i + 1).filter((other) => overlaps(one, other)))).toEqual(
        [],
      );
      expect(ranges.flatMap(isRange)).toEqual([]);
    }),
  );
});

test("subnets over all zones have the same parts of the whole range", () => {
  expect(spanningRanges("10.0.0.0/16")).toEqual({ private: "10.0.0.0/17", public: "10.0.128.0/19" });
  expect(spanningRanges("100.64.16.0/20")).toEqual({ private: "100.64.16.0/21", public: "100.64.24.0/23" });
});

test.each(["10.0.0.0/16", "172.31.240.0/20", "192.168.0.0/16", "100.127.0.0/16"])(
  "%s is a network's range",
  (range) => {
    expect(isNetworkRange(range)).toEqual([]);
  },
);

test.each([
  ["10.0.0.0/8", /from \/16 to \/20/],
  ["10.0.0.0/21", /from \/16 to \/20/],
  ["8.8.0.0/16", /private range/],
  ["172.32.0.0/16", /private range/],
  ["192.169.0.0/16", /private range/],
  ["10.0.0.0", /IPv4 range such as/],
  ["10.0.0.0/33", /IPv4 range such as/],
  ["fd00::/16", /IPv4 range such as/],
  ["somewhere", /IPv4 range such as/],
])("%s is refused as a network's range", (range, mustHold) => {
  expect(isNetworkRange(range)).toEqual([
    expect.objectContaining({ mustHold: expect.stringMatching(mustHold), got: range }),
  ]);
});

test("a range with host bits is refused with the range that was meant", () => {
  expect(isNetworkRange("10.0.5.1/16")).toEqual([
    expect.objectContaining({
      mustHold: expect.stringContaining("host bits zero"),
      fix: 'write "10.0.0.0/16"',
    }),
  ]);
});

test.each(["10.9.0.1/24", "10.9.0.1/8", "8.8.0.1/16"])(
  "no fix is offered for %s, since the range without host bits is refused, too",
  (range) => {
    const faults = isNetworkRange(range);
    expect(faults).toHaveLength(2);
    expect(faults.filter(({ fix }) => fix !== undefined)).toEqual([]);
  },
);

test("a range that is too large and public is refused for both", () => {
  expect(isNetworkRange("8.0.0.0/8")).toHaveLength(2);
});

test("a range that only Terraform knows is refused with the reason", () => {
  expect(isNetworkRange(Fn.cidrsubnet("10.0.0.0/8", 8, 1))).toEqual([
    expect.objectContaining({ mustHold: expect.stringContaining("must be a literal range") }),
  ]);
});

test.each([
  ["10.0.0.0/16", "10.0.128.0/20", true],
  ["10.0.128.0/20", "10.0.0.0/16", true],
  ["10.0.0.0/16", "10.0.0.0/16", true],
  ["10.0.0.0/16", "10.1.0.0/16", false],
])("%s and %s overlap: %s", (one, other, expected) => {
  expect(overlaps(one, other)).toBe(expected);
});
