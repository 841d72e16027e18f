import fc from "fast-check";
import { isNodeVersionOf } from "../../lib/core";

const minor = fc.integer({ min: 4, max: 99 });
const patch = fc.nat(30);

test("nodes may have the control plane's minor or one of the three before it, whatever the patch", () => {
  fc.assert(
    fc.property(minor, fc.nat(3), patch, patch, (newest, behind, ours, theirs) => {
      expect(isNodeVersionOf(`1.${newest}.${ours}`)(`1.${newest - behind}.${theirs}`)).toEqual([]);
    }),
  );
});

test("a newer minor than the control plane's is refused", () => {
  fc.assert(
    fc.property(minor, fc.integer({ min: 1, max: 9 }), patch, (newest, ahead, theirs) => {
      const version = `1.${newest + ahead}.${theirs}`;
      expect(isNodeVersionOf(`1.${newest}.9`)(version)).toEqual([
        {
          mustHold: `must not be of a newer minor than the control plane, which is 1.${newest}.9`,
          got: version,
          fix: "upgrade the control plane first",
        },
      ]);
    }),
  );
});

test("more than three minors before the control plane's are refused with the oldest that goes", () => {
  fc.assert(
    fc.property(minor, fc.integer({ min: 4, max: 99 }), (newest, behind) => {
      fc.pre(behind <= newest);
      const version = `1.${newest - behind}.0`;
      expect(isNodeVersionOf(`1.${newest}.0`)(version)).toEqual([
        {
          mustHold: `must be at most 3 minors older than the control plane, which is 1.${newest}.0`,
          got: version,
          fix: `take 1.${newest - 3} or later`,
        },
      ]);
    }),
  );
});

test.each(["1.36", "v1.36.4", "1.36.4-rc.0", "2.36.4", "1.036.4", "latest", ""])(
  "%j is no full version",
  (version) => {
    expect(isNodeVersionOf("1.36.4")(version)).toEqual([
      { mustHold: 'must be a full version such as "1.36.4"', got: version },
    ]);
  },
);

test("beside a control plane whose own version is wrong, only that one is to blame", () => {
  expect(isNodeVersionOf("latest")("1.36.4")).toEqual([]);
});
