import fc from "fast-check";
import { areNamedApart, fitInto, haveOneWildcard, type NodePoolSpec } from "../../lib/core";

const pool = (differs: Partial<NodePoolSpec>): NodePoolSpec => ({
  name: "general",
  machineTypes: ["m7g.large"],
  image: { id: "ami-0a1b2c3d4e5f60718", architecture: "arm64" },
  minCount: 0,
  maxCount: 1,
  ...differs,
});
const pools = (counts: readonly number[]) =>
  counts.map((maxCount, index) => pool({ name: `p${index}`, maxCount }));

test("pools are told apart by their names", () => {
  const names = fc.array(fc.constantFrom("a", "b", "c", "d"));
  fc.assert(
    fc.property(names, (given) => {
      const twice = [...new Set(given)].filter((name) => given.indexOf(name) !== given.lastIndexOf(name));
      const [fault] = areNamedApart(given.map((name) => pool({ name })));
      expect(new Set((fault?.got as string[] | undefined) ?? [])).toEqual(new Set(twice));
    }),
  );
});

test("one load-balancer pool at most has the wildcard, unless the others give it up", () => {
  const edge = pool({ name: "edge", role: "loadbalancer" });
  const beside = pool({ name: "beside", role: "loadbalancer" });
  expect(haveOneWildcard([edge, pool({})])).toEqual([]);
  expect(haveOneWildcard([edge, { ...beside, wildcard: false }])).toEqual([]);
  expect(haveOneWildcard([edge, beside])).toEqual([
    {
      mustHold: "must have one load-balancer pool at most that the wildcard name leads to",
      got: ["edge", "beside"],
      fix: "say wildcard: false of the others",
    },
  ]);
});

test("a range of pods has a /24 for each node, for two masters, and for a tenth more while nodes are replaced", () => {
  // 256 ranges: two are the masters', and 230 nodes may be 253 for a while.
  expect(fitInto("10.244.0.0/16")(pools([230]))).toEqual([]);
  expect(fitInto("10.244.0.0/16")(pools([231]))).toEqual([
    {
      mustHold:
        "must come to at most 256 nodes, with the master and a tenth more while they are replaced " +
        "(each has a /24 of podCidr, 10.244.0.0/16)",
      got: 257,
      fix: "lower 'maxCount', or found the cluster with a larger podCidr",
    },
  ]);
});

test("pools fit if and only if their nodes do, however they are divided", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 8 }),
      fc.integer({ min: 8, max: 24 }),
      (counts, length) => {
        const atOnce = counts.reduce((sum, count) => sum + count + Math.ceil(count / 10), 2);
        const fits = atOnce <= Math.min(2 ** (24 - length), 5000);
        const range = length < 16 ? `10.0.0.0/${length}` : `10.244.0.0/${length}`;
        expect(fitInto(range)(pools(counts)).length).toBe(fits ? 0 : 1);
      },
    ),
  );
});

test("there are no more nodes than Kubernetes takes, whatever the range", () => {
  expect(fitInto("10.0.0.0/8")(pools([5000]))).toEqual([
    {
      mustHold:
        "must come to at most 5000 nodes, with the master and a tenth more while they are replaced (Kubernetes takes no more)",
      got: 5502,
      fix: "lower 'maxCount'",
    },
  ]);
});

test("a range or a count that is none is another rule's business", () => {
  expect(fitInto("pods")(pools([12]))).toEqual([]);
  expect(fitInto("10.244.0.0/16")(pools([NaN, Infinity]))).toEqual([]);
});
