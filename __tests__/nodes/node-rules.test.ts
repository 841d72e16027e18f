import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { areNodeLabels, areNodeTaints, type NodeTaint } from "../../lib/core";
import { has, testWith } from "../support/tools";

const withKubelet = testWith({ "kubelet-rules": has("kubelet-rules") }, "scripts/dev/setup.sh nodes");

/** What a pool says of its nodes, sound or not. */
interface Case {
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly NodeTaint[];
}

const CASES = 6000;
const DOMAINS = [
  ...["kubernetes.io", "k8s.io", "node.kubernetes.io", "kubelet.kubernetes.io", "topology.kubernetes.io"],
  ...["beta.kubernetes.io", "failure-domain.beta.kubernetes.io", "node-role.kubernetes.io", "node.k8s.io"],
  ...["node-restriction.kubernetes.io", "x.node-restriction.kubernetes.io", "x-node.kubernetes.io"],
  ...["my.node.kubernetes.io", "my.kubelet.kubernetes.io", "xnode.kubernetes.io", "kubelet.k8s.io"],
  ...["my-kubernetes.io", "myk8s.io", "kubernetes.io.example.org", "k8s.io.local", "io", "Kubernetes.io"],
  ...[".kubernetes.io", "kubernetes.io.", "kubernetes..io", "-x.k8s.io", "x-.k8s.io", "example.org", "0", ""],
];
const NAMES = ["arch", "os", "hostname", "zone", "region", "instance-type", "role", "master", "v1.2_3", ""];
const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
const MISSPELLED = [
  ...["", "noSchedule", "NoSchedule-", "NoSchedule ", "NOEXECUTE", "PreferNoExecute"],
  ...["NoSchedule:NoExecute", "NoSchedule,b:NoExecute", "No"],
];

const text = (alphabet: string, ...lengths: readonly number[]) =>
  fc
    .constantFrom(...lengths)
    .chain((length) =>
      fc.string({ unit: fc.constantFrom(...alphabet), minLength: length, maxLength: length }),
    );

/** As long as a name may be, one less and one more, with what may stand inside it at its ends now and then. */
const atTheBorder = fc
  .tuple(text("aZ9", 1), text("aZ9-_.", 60, 61, 62, 0, 1), text("aZ9aZ9-_.", 0, 1))
  .map((parts) => parts.join(""));
const name = fc.oneof(fc.constantFrom(...NAMES), atTheBorder);

/** Domains of about 253 characters, of short parts or of longer ones than a host's name may have, Kubernetes' own or not. */
const longDomain = fc
  .tuple(
    fc.constantFrom(1, 63, 64, 240),
    fc.constantFrom("", ".kubernetes.io", ".node.kubernetes.io", ".org"),
    fc.constantFrom(252, 253, 254),
  )
  .map(([part, end, length]) => {
    const parts = `${"a".repeat(part)}.`.repeat(length).slice(0, length - end.length);
    return parts.replace(/\.$/, "b") + end;
  });
const domain = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...DOMAINS) }, longDomain);

const key = fc.oneof(
  { weight: 2, arbitrary: name },
  { weight: 5, arbitrary: fc.tuple(domain, name).map((parts) => parts.join("/")) },
  { weight: 1, arbitrary: fc.tuple(domain, domain, name).map((parts) => parts.join("/")) },
);

/** The same with one character more somewhere, which may mean something to a command line. */
const slipped = (arbitrary: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 5, arbitrary },
    {
      weight: 1,
      arbitrary: fc
        .tuple(arbitrary, fc.nat(300), fc.constantFrom(..." ,=:/-_.\n\t\0é\u00a0\u212a\u017fA"))
        .map(([sound, place, slip]) => {
          const at = place % (sound.length + 1);
          return sound.slice(0, at) + slip + sound.slice(at);
        }),
    },
  );

const labels = fc
  .array(fc.tuple(slipped(key), slipped(name)), { minLength: 1, maxLength: 2 })
  .map((entries) => Object.fromEntries(entries));
const effect = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...EFFECTS) },
  { weight: 1, arbitrary: fc.constantFrom(...MISSPELLED) },
) as fc.Arbitrary<NodeTaint["effect"]>;
const taint = fc
  .record({ key: slipped(key), value: fc.option(slipped(name), { nil: undefined }), effect })
  .map(({ value, ...rest }): NodeTaint => (value === undefined ? rest : { ...rest, value }));
/** Some with one key twice, whose effects are the same or not. */
const taints = fc.oneof(
  fc.array(taint, { minLength: 1, maxLength: 2 }),
  fc.tuple(taint, effect).map(([first, second]) => [first, { ...first, effect: second }]),
);

function acceptedByKubelet(cases: readonly Case[]): boolean[] {
  const { stdout, stderr, status } = spawnSync("kubelet-rules", {
    input: cases.map((each) => `${JSON.stringify(each)}\n`).join(""),
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    timeout: 60_000,
  });
  expect([status, stderr]).toEqual([0, ""]);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { readonly accepted: boolean }).accepted);
}

function acceptedHere(each: Case): boolean {
  return areNodeLabels(each.labels).length === 0 && areNodeTaints(each.taints).length === 0;
}

withKubelet.each([
  ["labels", fc.record({ labels, taints: fc.constant([]) })],
  ["taints", fc.record({ labels: fc.constant({}), taints })],
] as const)("a pool's %s are accepted if and only if a kubelet accepts them", (_, pool) => {
  const cases: readonly Case[] = fc.sample<Case>(pool, CASES);
  const accepted = acceptedByKubelet(cases);
  expect(accepted).toHaveLength(CASES);
  // Neither side of the border may go untried.
  expect(accepted.filter(Boolean).length).toBeGreaterThan(CASES / 20);
  expect(accepted.filter((yes) => !yes).length).toBeGreaterThan(CASES / 20);

  expect(cases.filter((each, at) => acceptedHere(each) !== accepted[at]).slice(0, 5)).toEqual([]);
});

withKubelet("a kubelet accepts none of what only the control plane sets", () => {
  expect(
    acceptedByKubelet([
      { labels: { role: "loadbalancer" }, taints: [] },
      { labels: { "node-restriction.kubernetes.io/role": "loadbalancer" }, taints: [] },
      { labels: { "node-role.kubernetes.io/worker": "" }, taints: [] },
    ]),
  ).toEqual([true, false, false]);
});
