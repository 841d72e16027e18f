import fc from "fast-check";
import { areNodeLabels } from "../../lib/core";

const mustHold = (labels: Readonly<Record<string, string>>) =>
  areNodeLabels(labels).map((fault) => fault.mustHold);

const letters = "abcxyzABCXYZ0189";
const of = (alphabet: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength });
const name = fc.oneof(
  of(letters, 1, 1),
  fc.tuple(of(letters, 1, 1), of(`${letters}-_.`, 0, 61), of(letters, 1, 1)).map((parts) => parts.join("")),
);
const domain = fc.domain().map((text) => text.toLowerCase());
const isForeign = (text: string) => !/(^|\.)(kubernetes|k8s)\.io$/.test(text);

test("a label of no domain or of a foreign one is accepted, with any value", () => {
  fc.assert(
    fc.property(fc.option(domain.filter(isForeign)), name, fc.option(name, { nil: "" }), (of, key, value) => {
      expect(mustHold({ [of === null ? key : `${of}/${key}`]: value })).toEqual([]);
    }),
  );
});

test.each([
  ["a name of 63 characters", "a".repeat(63), true],
  ["a name of 64", "a".repeat(64), false],
  ["a domain of 253 characters", `${"a".repeat(249)}.org/x`, true],
  ["a domain of 254", `${"a".repeat(250)}.org/x`, false],
  ["a domain in capitals", "Example.org/x", false],
  ["an empty domain", "/x", false],
  ["an empty name", "example.org/", false],
  ["nothing", "", false],
  ["two slashes", "example.org/x/y", false],
  ["a hyphen at the end", "role-", false],
  ["a line's end", "role\n", false],
])("a key of %s", (_, key, accepted) => {
  expect(mustHold({ [key]: "x" })).toEqual(
    accepted ? [] : [expect.stringContaining("must have keys of at most 63 letters")],
  );
});

test.each([
  ["", true],
  ["a".repeat(63), true],
  ["a".repeat(64), false],
  ["-x", false],
  ["a b", false],
  ["a,b=c", false],
  ["a/b", false],
])("a value of %j", (value, accepted) => {
  expect(areNodeLabels({ role: value })).toEqual(
    accepted
      ? []
      : [{ mustHold: expect.stringContaining("must have values of at most 63"), got: { role: value } }],
  );
});

test.each([
  "kubernetes.io/hostname",
  "topology.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region",
  "node.kubernetes.io/anything",
  "mine.node.kubernetes.io/x",
  "kubelet.kubernetes.io/x",
  "my-kubernetes.io/x",
])("%s is a label that a kubelet may set itself", (key) => {
  expect(mustHold({ [key]: "x" })).toEqual([]);
});

test.each([
  "node-role.kubernetes.io/worker",
  "kubernetes.io/role",
  "k8s.io/x",
  "xnode.kubernetes.io/x",
  "a.k8s.io/x",
])("%s is refused with the list of what a kubelet may set itself", (key) => {
  expect(areNodeLabels({ [key]: "x" })).toEqual([
    {
      mustHold: expect.stringMatching(
        /^must not be of kubernetes\.io or k8s\.io, but .*node\.kubernetes\.io\/\*, beta\.kubernetes\.io\/arch/,
      ),
      got: key,
      fix: "take a domain of your own, or none",
    },
  ]);
});

test.each(["node-restriction.kubernetes.io/role", "my.node-restriction.kubernetes.io/role"])(
  "%s is refused, since only the control plane sets it",
  (key) => {
    expect(areNodeLabels({ [key]: "loadbalancer" })).toEqual([
      {
        mustHold:
          "must not be of node-restriction.kubernetes.io: a node cannot set what only the control plane sets",
        got: key,
        fix: "leave it to the control plane, and name the label here without the domain",
      },
    ]);
  },
);

test("everything that is wrong with labels is reported at once", () => {
  expect(mustHold({ "a b": "x", role: "a b", "k8s.io/x": "-" })).toEqual([
    expect.stringContaining("must have keys"),
    expect.stringContaining("must have values"),
    expect.stringContaining("must not be of kubernetes.io"),
    expect.stringContaining("must have values"),
  ]);
});
