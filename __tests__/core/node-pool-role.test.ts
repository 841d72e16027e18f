import fc from "fast-check";
import {
  areNodeLabels,
  areNodeTaints,
  checkNodePool,
  nodeLabelsOf,
  type NodePoolSpec,
  nodeTaintsOf,
  Problems,
  withNodePoolDefaults,
} from "../../lib/core";

const cluster = { kubernetesVersion: "1.36.4", zones: ["us-east-1a", "us-east-1b"] };
const edge: NodePoolSpec = {
  name: "edge",
  role: "loadbalancer",
  machineTypes: ["m7g.large"],
  image: { id: "ami-0a1b2c3d4e5f60718", architecture: "arm64" },
  minCount: 2,
  maxCount: 3,
};
const ROLE = { key: "role", value: "loadbalancer", effect: "NoSchedule" } as const;

function problemsOf(differs: Partial<NodePoolSpec>): readonly string[] {
  const problems = new Problems("prod/edge");
  checkNodePool(problems, { ...edge, ...differs }, cluster);
  return problems.found;
}
const whole = (differs: Partial<NodePoolSpec>) => withNodePoolDefaults({ ...edge, ...differs }, cluster);

test("a pool is one of workers, and has no wildcard, unless it says otherwise", () => {
  expect(whole({ role: undefined })).toMatchObject({ role: "worker", wildcard: false });
  expect(whole({})).toMatchObject({ role: "loadbalancer", wildcard: true });
  expect(whole({ wildcard: false })).toMatchObject({ wildcard: false });
});

test("a worker has the labels and taints that it was given, and no others", () => {
  const worker = whole({
    role: "worker",
    labels: { tier: "batch" },
    taints: [{ key: "slow", effect: "NoExecute" }],
  });
  expect(nodeLabelsOf(worker)).toEqual({ tier: "batch" });
  expect(nodeTaintsOf(worker)).toEqual([{ key: "slow", value: "", effect: "NoExecute" }]);
});

test("a load balancer is marked as one, beside what it was given, once", () => {
  expect(nodeLabelsOf(whole({ labels: { tier: "edge", role: "loadbalancer" } }))).toEqual({
    tier: "edge",
    role: "loadbalancer",
    "node.kubernetes.io/exclude-from-external-load-balancers": "true",
  });
  expect(nodeTaintsOf(whole({ taints: [{ key: "slow", effect: "NoExecute" }, ROLE] }))).toEqual([
    { key: "slow", value: "", effect: "NoExecute" },
    ROLE,
  ]);
});

test("a kubelet takes whatever a role marks a node with", () => {
  expect(areNodeLabels(nodeLabelsOf(whole({})))).toEqual([]);
  expect(areNodeTaints(nodeTaintsOf(whole({})))).toEqual([]);
});

test("what contradicts the role's marks is refused, and what repeats them is not", () => {
  const name = fc.constantFrom("", "worker", "loadbalancer", "LoadBalancer", "true", "false");
  fc.assert(
    fc.property(name, name, name, (role, excluded, taint) => {
      const key = "node.kubernetes.io/exclude-from-external-load-balancers";
      const labels = { role, [key]: excluded };
      const found = problemsOf({ labels, taints: [{ ...ROLE, value: taint }] });
      expect(found.map((line) => /must leave out (\S+?),? (?:with|which)/.exec(line)?.[1])).toEqual([
        ...(role === "loadbalancer" ? [] : ["role"]),
        ...(excluded === "true" ? [] : [key]),
        ...(taint === "loadbalancer" ? [] : ["role"]),
      ]);
    }),
  );
});

test("a worker may be labelled and tainted as it likes", () => {
  const taints = [{ ...ROLE, value: "worker" }];
  expect(problemsOf({ role: "worker", labels: { role: "batch" }, taints })).toEqual([]);
});

test("another role is none, and its marks are nobody's mistake", () => {
  expect(problemsOf({ role: "ingress" as never, labels: { role: "ingress" } })).toEqual([
    `prod/edge: 'role' must be one of worker, loadbalancer, got "ingress"`,
  ]);
});

test("load balancers hold connections, so none of them is spot", () => {
  expect(problemsOf({ spotPercent: 10 })).toEqual([
    "prod/edge: 'spotPercent' must be 0 for the role loadbalancer, whose machines hold connections, got 10",
  ]);
});

test("a worker has no name for the world", () => {
  expect(problemsOf({ role: "worker", wildcard: true })).toEqual([
    "prod/edge: 'wildcard' must be left out but for the role loadbalancer, got true",
  ]);
  expect(problemsOf({ role: "worker", wildcard: false })).toEqual([]);
});

test("a pool of load balancers has a node at any time, since nothing starts the first one", () => {
  expect(problemsOf({ minCount: 0 })).toEqual([
    expect.stringContaining(
      "'minCount' must be at least 1 for the role loadbalancer, whose first node nothing starts",
    ),
  ]);
  expect(problemsOf({ minCount: 0, role: "worker" })).toEqual([]);
});

test.each(["ToBeDeletedByClusterAutoscaler", "DeletionCandidateOfClusterAutoscaler"])(
  "the autoscaler's own taint %s is left to it",
  (key) => {
    expect(problemsOf({ taints: [{ key, effect: "NoSchedule" }] })).toEqual([
      expect.stringContaining("'taints' must leave out what the cluster autoscaler puts on a node"),
    ]);
  },
);
