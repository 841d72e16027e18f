import fc from "fast-check";
import { IMAGE, NETWORK, type Own, problems } from "../support/control-plane";

const runs = { numRuns: 100 };

/** What is wrong beside the disk, which keeps what would fit from being synthesized: that takes its time. */
const besideDisk = (own: Own) =>
  problems({ ...own, diskGiB: 0 }).filter((line) => !line.includes("'diskGiB'"));

test("a disk is a whole number of GiB from 30 to 16384", () => {
  const outside = fc.oneof(
    fc.integer({ max: 29 }),
    fc.integer({ min: 16_385 }),
    fc.double({ min: 30, max: 16_384 }).filter((size) => !Number.isInteger(size)),
  );
  fc.assert(
    fc.property(outside, (diskGiB) => {
      expect(problems({ diskGiB })).toEqual([
        expect.stringMatching(/'diskGiB' must be a whole number from 30 .* to 16384 .*, got [-\d.eINa]+/),
      ]);
    }),
    { ...runs, examples: [[29], [16_385], [NaN], [Infinity]] },
  );
  for (const diskGiB of [30, 16_384]) {
    expect(problems({ diskGiB })).toEqual([]);
  }
});

/** Families, with the smallest of their sizes that a master fits on. */
const families = fc.oneof(
  fc.record({
    architecture: fc.constant("amd64" as const),
    family: fc.constantFrom("m7i", "c7i-flex", "r6idn", "m5", "x2iedn"),
    smallest: fc.constant("large"),
  }),
  fc.record({
    architecture: fc.constant("arm64" as const),
    family: fc.constantFrom("m7g", "c7gn", "a1", "im4gn"),
    smallest: fc.constant("large"),
  }),
  fc.constantFrom(
    { architecture: "amd64" as const, family: "t3", smallest: "medium" },
    { architecture: "arm64" as const, family: "t4g", smallest: "medium" },
    { architecture: "amd64" as const, family: "c4", smallest: "xlarge" },
  ),
);
const SIZES = ["nano", "micro", "small", "medium", "large", "xlarge", "2xlarge", "24xlarge", "metal"];

test("a size below the smallest that fits is refused with that one, and none above it is", () => {
  fc.assert(
    fc.property(families, fc.constantFrom(...SIZES), ({ architecture, family, smallest }, size) => {
      const type = `${family}.${size}`;
      const fits = SIZES.indexOf(size) >= SIZES.indexOf(smallest);
      expect(besideDisk({ image: { ...IMAGE, architecture }, instanceType: type })).toEqual(
        fits ? [] : [expect.stringMatching(`got "${type}"; take ${family}.${smallest}$`)],
      );
    }),
    runs,
  );
});

test("other processors than the image's are refused, whatever the size", () => {
  fc.assert(
    fc.property(families, fc.constantFrom(...SIZES), ({ architecture, family }, size) => {
      const other = architecture === "amd64" ? "arm64" : "amd64";
      const instanceType = `${family}.${size}`;
      expect(besideDisk({ image: { ...IMAGE, architecture: other }, instanceType })).toContain(
        `test/control-plane: 'instanceType' must run the image, which is for ${other}; ${family} is ${architecture}, ` +
          `got "${instanceType}"; change the type or the image`,
      );
    }),
    runs,
  );
});

interface Range {
  readonly first: number;
  readonly length: number;
}

/** Ranges of these lengths, half of them so near to each other that they may meet. */
const range = (min: number, max: number) =>
  fc
    .record({
      address: fc.oneof(fc.nat(0xffffffff), fc.integer({ min: 0x0a000000, max: 0x0a0fffff })),
      length: fc.integer({ min, max }),
    })
    .map(({ address, length }): Range => ({ first: address - (address % 2 ** (32 - length)), length }));
const last = ({ first, length }: Range) => first + 2 ** (32 - length) - 1;
const meet = (one: Range, other: Range) => one.first <= last(other) && other.first <= last(one);
const written = ({ first, length }: Range) =>
  `${[24, 16, 8, 0].map((bits) => Math.floor(first / 2 ** bits) % 256).join(".")}/${length}`;

/** What machines keep for themselves, as the registry of IANA has it. */
const RESERVED: readonly (readonly [string, Range])[] = [
  ["this network's addresses", { first: 0, length: 8 }],
  ["the machine's own addresses", { first: 0x7f000000, length: 8 }],
  ["link-local addresses", { first: 0xa9fe0000, length: 16 }],
  ["multicast and reserved addresses", { first: 0xe0000000, length: 3 }],
];

test("ranges are taken where kubeadm takes their lengths and none of them meets another, or what is reserved", () => {
  const any = fc.oneof(range(0, 32), range(12, 24));
  fc.assert(
    fc.property(any, any, any, (network, pods, services) => {
      const found = besideDisk({
        network: { ...NETWORK, cidrBlock: written(network) },
        podCidr: written(pods),
        serviceCidr: written(services),
      });
      const reserved = (prop: string, own: Range) =>
        RESERVED.map(([what, kept]): [boolean, string] => [
          meet(own, kept),
          `'${prop}' must not overlap with ${what}`,
        ]);
      const faults: [boolean, string][] = [
        [pods.length < 8 || pods.length > 24, "'podCidr' must be from /8 to /24"],
        ...reserved("podCidr", pods),
        [meet(pods, network), "'podCidr' must not overlap with the network"],
        [services.length < 12 || services.length > 28, "'serviceCidr' must be from /12 to /28"],
        ...reserved("serviceCidr", services),
        [meet(services, network), "'serviceCidr' must not overlap with the network"],
        [meet(services, pods), "'serviceCidr' must not overlap with podCidr"],
      ];
      expect(found).toEqual(
        faults.filter(([is]) => is).map(([, what]) => expect.stringContaining(what) as string),
      );
    }),
    { numRuns: 300 },
  );
});
