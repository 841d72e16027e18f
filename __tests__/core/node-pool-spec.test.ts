import { Fn, Token } from "cdktf";
import fc from "fast-check";
import {
  checkNodePool,
  type NodePoolSpec,
  type NodePoolSurroundings,
  Problems,
  withNodePoolDefaults,
} from "../../lib/core";

const cluster: NodePoolSurroundings = {
  kubernetesVersion: "1.36.4",
  zones: ["us-east-1a", "us-east-1b", "us-east-1c"],
};
const general: NodePoolSpec = {
  name: "general",
  machineTypes: ["m7g.large", "m6g.large"],
  image: { id: "ami-0a1b2c3d4e5f60718", architecture: "arm64" },
  minCount: 3,
  maxCount: 12,
};

/** What is wrong with the pool, where it differs from a sound one. */
function problemsOf(differs: Partial<NodePoolSpec>, surroundings = cluster): readonly string[] {
  const problems = new Problems("prod/general");
  checkNodePool(problems, { ...general, ...differs }, surroundings);
  return problems.found;
}

test("a pool needs no more than a name, machines, an image and two counts", () => {
  expect(problemsOf({})).toEqual([]);
  expect(withNodePoolDefaults(general, cluster)).toEqual({
    ...general,
    role: "worker",
    wildcard: false,
    labels: {},
    taints: [],
    diskGiB: 50,
    zones: cluster.zones,
    spotPercent: 0,
    kubernetesVersion: "1.36.4",
  });
});

test("what is said stands, whatever the default is", () => {
  const said: Required<NodePoolSpec> = {
    ...general,
    role: "loadbalancer",
    wildcard: false,
    labels: { role: "loadbalancer" },
    taints: [{ key: "role", value: "loadbalancer", effect: "NoSchedule" }],
    diskGiB: 100,
    zones: ["us-east-1b"],
    spotPercent: 0,
    kubernetesVersion: "1.35.7",
  };
  expect(problemsOf(said)).toEqual([]);
  expect(withNodePoolDefaults(said, cluster)).toEqual(said);
});

test("whole counts from 0 to 5000 are accepted if the least is not more than the most", () => {
  fc.assert(
    fc.property(fc.nat(5000), fc.integer({ min: 1, max: 5000 }), (minCount, maxCount) => {
      expect(problemsOf({ minCount, maxCount })).toEqual(
        minCount <= maxCount
          ? []
          : [`prod/general: 'minCount' must be at most 'maxCount', which is ${maxCount}, got ${minCount}`],
      );
    }),
  );
});

const notBetween = (least: number, most: number) =>
  fc.oneof(
    fc.integer({ max: least - 1 }),
    fc.integer({ min: most + 1 }),
    fc.double().filter((value) => !Number.isInteger(value)),
    fc.constantFrom(NaN, Infinity, -Infinity, Token.asNumber(Fn.max([1, 2]))),
  );

test("no other number is a count, a share of spot or a disk's size", () => {
  fc.assert(
    fc.property(
      notBetween(0, 5000),
      notBetween(0, 100),
      fc.oneof(fc.integer({ max: 29 }), fc.constantFrom(30.5, NaN, Infinity)),
      (count, share, size) => {
        expect(problemsOf({ minCount: count, maxCount: 5000 })[0]).toMatch(
          /^prod\/general: 'minCount' must be a whole number from 0 to 5000, got/,
        );
        expect(problemsOf({ minCount: 0, maxCount: count })).toContainEqual(
          expect.stringMatching(/'maxCount' must be a whole number from 1 to 5000, got/),
        );
        expect(problemsOf({ spotPercent: share })).toEqual([
          expect.stringMatching(/'spotPercent' must be a whole number from 0 to 100, got/),
        ]);
        expect(problemsOf({ diskGiB: size })).toEqual([
          expect.stringMatching(/'diskGiB' must be a whole number of at least 30 \(/),
        ]);
      },
    ),
  );
});

test("a pool of which there may be none at most is refused", () => {
  expect(problemsOf({ minCount: 0, maxCount: 0 })).toEqual([
    "prod/general: 'maxCount' must be a whole number from 1 to 5000, got 0",
  ]);
});

test("any share of spot and any size of disk from 30 GiB is accepted", () => {
  fc.assert(
    fc.property(fc.nat(100), fc.integer({ min: 30, max: 65_536 }), (spotPercent, diskGiB) => {
      expect(problemsOf({ spotPercent, diskGiB })).toEqual([]);
    }),
  );
});

test.each(["g", "load-balancer", "a".repeat(28), "master-like"])("a pool may be called %s", (name) => {
  expect(problemsOf({ name })).toEqual([]);
});

test.each(["", "General", "a_b", "-a", "a-", "a".repeat(29), "a.b", "a\n"])(
  "a pool may not be called %j",
  (name) => {
    expect(problemsOf({ name })).toEqual([
      expect.stringContaining("'name' must be a DNS label of at most 28 characters"),
    ]);
  },
);

test.each(["api", "control-plane", "master"])("a pool is not called %s, as the cluster's own", (name) => {
  expect(problemsOf({ name })).toEqual([
    `prod/general: 'name' must not be one of api, control-plane, master: the cluster has its own, got "${name}"`,
  ]);
});

test.each([[[]], [["m7g.large", "m7g.large"]]])("machine types %j are refused", (machineTypes) => {
  expect(problemsOf({ machineTypes })).toEqual([
    expect.stringContaining("'machineTypes' must name at least one type of machine, and each once"),
  ]);
});

test("machine types of either cloud are accepted, and no other text", () => {
  expect(problemsOf({ machineTypes: ["u-6tb1.56xlarge", "Standard_D2s_v5"] })).toEqual([]);
  expect(problemsOf({ machineTypes: ["m7g.large", "", "m7g large"] })).toEqual([
    `prod/general: 'machineTypes' must be types such as "m7g.large" or "Standard_D2_v2", got ["","m7g large"]`,
  ]);
});

test.each([
  { id: "", architecture: "arm64" },
  { id: "ami 1", architecture: "arm64" },
  { id: "ami-0a1b2c3d4e5f60718", architecture: "x86_64" },
] as NodePoolSpec["image"][])("image %j is refused", (image) => {
  expect(problemsOf({ image })).toEqual([
    expect.stringContaining("'image' must have an id, and amd64 or arm64"),
  ]);
});

test("any of the cluster's zones are accepted, each once", () => {
  fc.assert(
    fc.property(fc.subarray([...cluster.zones], { minLength: 1 }), (zones) => {
      expect(problemsOf({ zones })).toEqual([]);
      expect(problemsOf({ zones: [...zones, ...zones] })).toHaveLength(1);
      expect(problemsOf({ zones: [...zones, "us-east-1f"] })).toHaveLength(1);
    }),
  );
  expect(problemsOf({ zones: [] })).toEqual([
    "prod/general: 'zones' must be some of the cluster's zones (us-east-1a, us-east-1b, us-east-1c), each once, got []",
  ]);
});

test("nodes newer than their control plane are refused", () => {
  expect(problemsOf({ kubernetesVersion: "1.37.0" })).toEqual([
    expect.stringContaining("'kubernetesVersion' must not be of a newer minor than the control plane"),
  ]);
});

test("a label that a kubelet may not set is refused", () => {
  expect(problemsOf({ labels: { "node-restriction.kubernetes.io/role": "loadbalancer" } })).toEqual([
    expect.stringContaining("'labels' must not be of node-restriction.kubernetes.io"),
  ]);
});

test.each(["kubernetes.io/hostname", "topology.kubernetes.io/zone", "node.kubernetes.io/instance-type"])(
  "%s is left to Kubernetes, since it differs between a pool's machines",
  (key) => {
    expect(problemsOf({ labels: { [key]: "x" } })).toEqual([
      `prod/general: 'labels' must leave out what follows from each machine and where it runs, got "${key}"; ` +
        "leave it to Kubernetes",
    ]);
  },
);

test("taints that a kubelet does not take are refused", () => {
  const twice = { key: "role", effect: "NoSchedule" } as const;
  expect(problemsOf({ taints: [twice, twice] })).toEqual([
    expect.stringContaining("'taints' must name each key once for each effect"),
  ]);
});

test.each(["node.kubernetes.io/not-ready", "node.cloudprovider.kubernetes.io/uninitialized"])(
  "the taint %s is left to Kubernetes, which takes it away again",
  (key) => {
    expect(problemsOf({ taints: [{ key, effect: "NoSchedule" }] })).toEqual([
      expect.stringContaining("'taints' must leave out what Kubernetes puts on a node and takes away"),
    ]);
    expect(problemsOf({ taints: [{ key: `${key}-x`, effect: "NoSchedule" }] })).toEqual([]);
  },
);

test("everything that is wrong with a pool is reported at once", () => {
  expect(
    problemsOf({ name: "master", machineTypes: [], minCount: 4, maxCount: 3, diskGiB: 8, zones: [] }).map(
      (line) => line.split("'")[1],
    ),
  ).toEqual(["name", "machineTypes", "minCount", "diskGiB", "zones"]);
});
