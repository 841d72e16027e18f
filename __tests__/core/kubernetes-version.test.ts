import fc from "fast-check";
import {
  checkVersions,
  etcdVersionFor,
  followsOn,
  isKubernetesVersion,
  minorOf,
  Problems,
} from "../../lib/core";

/** What upstream supports, which is what a cluster may be of. */
const WINDOW = [35, 36, 37];

const patch = fc.nat(40);
const version = (minor: fc.Arbitrary<number>) =>
  fc.tuple(minor, patch).map(([number, patchNumber]) => `1.${number}.${patchNumber}`);
const supported = version(fc.constantFrom(...WINDOW));
const unsupported = version(fc.nat(120).filter((minor) => !WINDOW.includes(minor)));
const minorNumber = (full: string) => Number(full.split(".")[1]);

test("every patch of a supported minor is taken", () => {
  fc.assert(fc.property(supported, (full) => expect(isKubernetesVersion(full)).toEqual([])));
});

test("every version of another minor is refused with the minors that are supported", () => {
  fc.assert(
    fc.property(unsupported, (full) => {
      expect(isKubernetesVersion(full)).toEqual([
        { mustHold: "must be of a supported minor: 1.37, 1.36, 1.35", got: full },
      ]);
    }),
  );
});

const ODD = [
  "",
  "1",
  "1.36",
  "v1.36.4",
  "1.36.4 ",
  " 1.36.4",
  "1.36.4\n",
  "1.36.x",
  "1.36.4-rc.1",
  "1.36.4+k3s1",
];

test.each([
  ...ODD,
  "2.36.4",
  "01.36.4",
  "1.036.4",
  "1.36.04",
  "1.36.-4",
  "latest",
  "constructor",
  "1.__proto__.0",
])("%j is no full version, and no etcd goes with it", (text) => {
  expect(isKubernetesVersion(text)).toEqual([
    { mustHold: 'must be a full version such as "1.36.4"', got: text },
  ]);
  expect(() => etcdVersionFor(text)).toThrow("no etcd is known to go with");
});

/** What is wrong with an upgrade, a line each. */
function wrong(previousKubernetesVersion: string, kubernetesVersion: string): readonly string[] {
  const problems = new Problems("prod");
  checkVersions(problems, { kubernetesVersion, previousKubernetesVersion });
  return problems.found;
}

test("a cluster may come from a supported minor, and from the one before the oldest of those", () => {
  for (const minor of [34, ...WINDOW.slice(0, -1)]) {
    expect(wrong(`1.${minor}.5`, `1.${minor + 1}.3`)).toEqual([]);
  }
});

test.each(["1.33.9", "1.38.0"])("no cluster comes from %s, which is said of that version", (previous) => {
  expect(wrong(previous, "1.36.4")[0]).toBe(
    `prod: 'previousKubernetesVersion' must be of a minor that an upgrade may come from: 1.37, 1.36, 1.35, 1.34, got "${previous}"`,
  );
});

test.each(["1.35", "v1.35.7", "2.35.7", "1.035.7", ""])("%j is no version to come from", (previous) => {
  expect(wrong(previous, "1.36.4")).toEqual([
    `prod: 'previousKubernetesVersion' must be a full version such as "1.36.4", got "${previous}"`,
  ]);
});

test("an etcd is known for exactly those versions that are taken, and those that a cluster comes from", () => {
  const text = fc.oneof(supported, unsupported, fc.string(), fc.constantFrom("toString", "1.36", "1.34.9"));
  fc.assert(
    fc.property(text, (any) => {
      const isKnown = !wrong(any, "1.36.4").some((line) => line.includes("previousKubernetesVersion"));
      if (isKnown) {
        expect(etcdVersionFor(any)).toMatch(/^3\.\d+\.\d+$/);
      } else {
        expect(() => etcdVersionFor(any)).toThrow("no etcd is known to go with");
      }
    }),
  );
});

test("etcd's minor changes by one at most from one minor of Kubernetes to the next", () => {
  const etcdMinors = [34, ...WINDOW].map((minor) => minorNumber(etcdVersionFor(`1.${minor}.0`)));
  for (const [index, next] of etcdMinors.slice(1).entries()) {
    expect([0, 1]).toContain(next - (etcdMinors[index] ?? NaN));
  }
});

test("the minor of a version is what stands before its patch", () => {
  fc.assert(
    fc.property(supported, (full) => {
      expect(full.startsWith(`${minorOf(full)}.`)).toBe(true);
      expect(minorOf(full)).toMatch(/^1\.\d+$/);
    }),
  );
});

/** Two versions whose minors lie this far apart; of the first one upstream may know nothing any more. */
const apart = (steps: fc.Arbitrary<number>) =>
  fc.tuple(fc.integer({ min: 20, max: 60 }), steps, patch, patch).map(([from, by, before, after]) => ({
    from,
    before: `1.${from}.${before}`,
    after: `1.${from + by}.${after}`,
  }));

test("a cluster goes to any patch of its own minor or of the next one", () => {
  fc.assert(
    fc.property(apart(fc.constantFrom(0, 1)), ({ before, after }) =>
      expect(followsOn(before)(after)).toEqual([]),
    ),
  );
});

test("a minor that is skipped is refused, with the one to go to first", () => {
  fc.assert(
    fc.property(apart(fc.integer({ min: 2, max: 60 })), ({ from, before, after }) => {
      expect(followsOn(before)(after)).toEqual([
        {
          mustHold: `must be of the minor of ${before} or of the next one: a minor is neither skipped nor taken back`,
          got: after,
          fix: `upgrade to 1.${from + 1} first`,
        },
      ]);
    }),
  );
});

test("a minor that is taken back is refused, with the one to stay with", () => {
  fc.assert(
    fc.property(apart(fc.integer({ min: -20, max: -1 })), ({ from, before, after }) => {
      expect(followsOn(before)(after)).toEqual([
        expect.objectContaining({ got: after, fix: `stay with 1.${from}` }),
      ]);
    }),
  );
});

test.each(["2.0.0", "1.36", "latest", ""])(
  "what %j follows on is not asked, since it is no version",
  (text) => {
    expect(followsOn("1.35.7")(text)).toEqual([]);
  },
);
