import fc from "fast-check";
import { areNodeTaints, type NodeTaint, TAINT_EFFECTS } from "../../lib/core";

const taint = fc.record({
  key: fc.constantFrom("role", "gpu", "example.org/team", "node-restriction.kubernetes.io/role"),
  effect: fc.constantFrom(...TAINT_EFFECTS),
});
const idOf = ({ key, effect }: NodeTaint) => `${key}:${effect}`;

test("taints of any domain are accepted, a key once for each effect", () => {
  fc.assert(
    fc.property(fc.uniqueArray(taint, { selector: idOf }), (taints) => {
      expect(areNodeTaints(taints)).toEqual([]);
    }),
  );
});

test("a key that comes twice with one effect is refused, whatever its values are", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(taint, { selector: idOf, minLength: 1 }),
      fc.constantFrom("", "other"),
      (taints, value) => {
        const again = taints.slice(0, 1).map((first) => ({ ...first, value }));
        expect(areNodeTaints([...taints, ...again])).toEqual([
          { mustHold: "must name each key once for each effect", got: again },
        ]);
      },
    ),
  );
});

test.each(["noSchedule", "NoSchedule-", "NoSchedule ", "", "PreferNoExecute"])(
  "an effect of %j is refused with those that there are",
  (effect) => {
    const misspelled = { key: "role", effect: effect as NodeTaint["effect"] };
    expect(areNodeTaints([misspelled])).toEqual([
      { mustHold: "must have an effect of NoSchedule, PreferNoSchedule, NoExecute", got: misspelled },
    ]);
  },
);

test.each([
  [{ key: "", effect: "NoSchedule" }, "must have keys"],
  [{ key: "a".repeat(64), effect: "NoSchedule" }, "must have keys"],
  [{ key: "a:b", effect: "NoSchedule" }, "must have keys"],
  [{ key: "role", value: "a".repeat(64), effect: "NoExecute" }, "must have values"],
  [{ key: "role", value: "a=b", effect: "NoExecute" }, "must have values"],
] as const)("%j is refused", (unsound, because) => {
  expect(areNodeTaints([unsound]).map(({ mustHold }) => mustHold)).toEqual([
    expect.stringContaining(because),
  ]);
});
