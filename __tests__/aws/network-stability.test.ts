import fc from "fast-check";
import { Network, type NetworkProps } from "../../lib/aws";
import { addresses, resources, synth, type Terraform } from "../support/synth";

const network = (zones: readonly string[], nat?: NetworkProps["nat"]) =>
  synth((stack) => new Network(stack, "network", { name: "acme", zones, nat }));

/** Each zone's ranges, by the address of the subnet. */
const ranges = (tf: Terraform) =>
  Object.fromEntries(
    Object.entries(resources(tf, "aws_subnet")).map(([id, subnet]) => [id, subnet["cidr_block"]]),
  );

const nat = fc.constantFrom("per-zone" as const, "single" as const, "instance" as const);
const three = fc.shuffledSubarray(
  [..."abcdefgh"].map((letter) => `eu-west-1${letter}`),
  { minLength: 3, maxLength: 3 },
);
const runs = { numRuns: 10 };

test("reordering zones changes nothing", () => {
  fc.assert(
    fc.property(three, nat, (zones, kind) => {
      expect(network([...zones].reverse(), kind)).toEqual(network(zones, kind));
    }),
    runs,
  );
});

test("adding or removing a zone leaves the addresses and ranges of the others as they were", () => {
  fc.assert(
    fc.property(three, (zones) => {
      const [few, many] = [network(zones.slice(0, 2)), network(zones)];
      expect(addresses(many)).toEqual(expect.arrayContaining(addresses(few)));
      expect(ranges(many)).toMatchObject(ranges(few));
    }),
    runs,
  );
});

test("adding a zone after the first leaves the single NAT where it was", () => {
  const gateway = (zones: readonly string[]) => resources(network(zones, "single"), "aws_nat_gateway");
  expect(gateway(["us-east-1a", "us-east-1c", "us-east-1b"])).toEqual(gateway(["us-east-1a", "us-east-1c"]));
});
