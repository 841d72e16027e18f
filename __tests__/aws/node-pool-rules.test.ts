import fc from "fast-check";
import { checkAwsNodePool, type NodePoolProps } from "../../lib/aws";
import { kubeletTexts, type NodeTaint, Problems } from "../../lib/core";
import { only } from "../support/synth";
import { nodePools, poolProblems, WORKERS } from "../support/node-pool";

const SURROUNDINGS = {
  kubernetesVersion: "1.36.4",
  zones: ["us-east-1a", "us-east-1b", "us-east-1c"],
  cluster: "acme-prod",
};

/** What is wrong with a pool by itself, quicker than by making it. */
function wrong(differs: Partial<NodePoolProps>): readonly string[] {
  const problems = new Problems("prod/general");
  checkAwsNodePool(problems, { ...WORKERS, ...differs }, SURROUNDINGS);
  return problems.found;
}

const key = (length: number) =>
  fc.constantFrom("a", "b", "z").map((letter) => `${"d".repeat(length - 3)}.x/${letter}`.slice(-length));

test("a sound pool has nothing wrong with it, whatever its role", () => {
  expect(poolProblems({})).toEqual([]);
  expect(poolProblems({ role: "loadbalancer" })).toEqual([]);
});

test.each(["flow-logs", "members", "nat", "pub", "services"])(
  "a pool may not be called %s, as something of the cluster is",
  (name) => {
    expect(wrong({ name })).toEqual([
      `prod/general: 'name' must not be one of flow-logs, members, nat, pub, services: the cluster has its own, got "${name}"`,
    ]);
  },
);

test("an image has to be one that EC2 knows, of the processors of each type", () => {
  expect(wrong({ image: { id: "ubuntu", architecture: "arm64" } })).toEqual([
    `prod/general: 'image' must have an image's id, such as ami-0a1b2c3d4e5f60718, got "ubuntu"`,
  ]);
  expect(wrong({ machineTypes: ["m7g.large", "m7i.large", "c7a.xlarge"] })).toEqual([
    "prod/general: 'machineTypes' must run the image, which is for arm64; m7i is amd64, got \"m7i.large\"; change the type or the image",
    "prod/general: 'machineTypes' must run the image, which is for arm64; c7a is amd64, got \"c7a.xlarge\"; change the type or the image",
  ]);
});

test.each<[string, string]>([
  ["mac2.metal", "must run Linux, and what Apple makes runs macOS only"],
  ["mac1.metal", "must run Linux, and what Apple makes runs macOS only"],
  ["t4g.micro", "must have 2 GiB, which kubeadm wants of a node"],
  ["t4g.nano", "must have 2 GiB, which kubeadm wants of a node"],
  ["mac-m4.metal", "must be an instance type"],
  ["m7g", "must be an instance type"],
  ["Standard_D2s_v5", "must be an instance type"],
])("no node runs on %s", (type, because) => {
  expect(wrong({ machineTypes: [type] })).toEqual([
    expect.stringContaining(`prod/general: 'machineTypes' ${because}`),
  ]);
});

test("what is no type at all is said once", () => {
  expect(wrong({ machineTypes: ["m7g large"] })).toHaveLength(1);
});

test("a type is taken if and only if it is of the image's processors", () => {
  const arm = ["t4g", "m6g", "m7gd", "c7gn", "r8g", "im4gn", "x2gd", "a1"];
  const other = ["t3", "t3a", "m7i", "m7i-flex", "c6a", "g4dn", "r7iz", "u7i-12tb"];
  fc.assert(
    fc.property(
      fc.constantFrom("arm64", "amd64"),
      fc.uniqueArray(fc.constantFrom(...arm, ...other), { minLength: 1 }),
      fc.constantFrom("medium", "large", "4xlarge", "metal"),
      (architecture, families, size) => {
        const unfit = families.filter((family) => arm.includes(family) !== (architecture === "arm64"));
        const machineTypes = families.map((family) => `${family}.${size}`);
        const image = { id: "ami-0a1b2c3d4e5f60718", architecture } as const;
        expect(wrong({ image, machineTypes }).map((line) => /got "([^.]+)\./.exec(line)?.[1])).toEqual(unfit);
      },
    ),
  );
});

test("a group takes forty types", () => {
  const types = (count: number) => Array.from({ length: count }, (_, index) => `m${index + 10}g.large`);
  expect(wrong({ machineTypes: types(40) })).toEqual([]);
  expect(wrong({ machineTypes: types(41) })).toEqual([
    "prod/general: 'machineTypes' must be 40 types at most, which is what a group takes, got 41",
  ]);
});

test("a disk is from 30 GiB to what gp3 has", () => {
  fc.assert(
    fc.property(fc.integer({ min: 30, max: 16_384 }), (diskGiB) => {
      expect(wrong({ diskGiB })).toEqual([]);
    }),
  );
  expect(wrong({ diskGiB: 16_385 })).toEqual([
    "prod/general: 'diskGiB' must be at most 16384, which is gp3's limit, got 16385",
  ]);
});

test("keys of labels and taints are taken as far as a tag of the group has room for them", () => {
  fc.assert(
    fc.property(fc.integer({ min: 60, max: 100 }).chain(key), (name) => {
      const fits = name.length <= 82;
      const [label] = wrong({ labels: { [name]: "x" } });
      const [taint] = wrong({ taints: [{ key: name, effect: "NoSchedule" }] });
      expect([label === undefined, taint === undefined]).toEqual([fits, fits]);
      if (fits) {
        const tf = nodePools([{ ...WORKERS, labels: { [name]: "x" } }]);
        const tags = only(tf, "aws_autoscaling_group")["tag"] as { key: string }[];
        expect(Math.max(...tags.map((tag) => tag.key.length))).toBeLessThanOrEqual(128);
      } else {
        expect(label).toMatch(/'labels' must have keys of at most 82 characters: a tag of the group/);
        expect(taint).toMatch(/'taints' must have keys of at most 82 characters: a tag of the group/);
      }
    }),
    { numRuns: 20 },
  );
});

test("labels and taints are taken as long as they and the group's own make fifty tags", () => {
  fc.assert(
    fc.property(fc.nat(60), fc.nat(20), (labels, taints) => {
      const lines = wrong({
        labels: Object.fromEntries(Array.from({ length: labels }, (_, index) => [`l${index}`, "x"])),
        taints: Array.from({ length: taints }, (_, index) => ({ key: `t${index}`, effect: "NoExecute" })),
      });
      // Name, two of the autoscaler's, the labels of role and pool, and the disk.
      expect(lines).toEqual(
        labels + taints + 6 <= 50
          ? []
          : [
              "prod/general: 'labels' must be fewer: with the taints they make more than the 50 tags that a group may have, " +
                `got ${labels + taints + 6}`,
            ],
      );
    }),
  );
});

/** Labels that a kubelet is told of in so many bytes: each of a key, "=", a value, and a comma but after the last. */
const labelsOf = (bytes: number) => ({
  ...Object.fromEntries(
    Array.from({ length: Math.floor(bytes / 125) }, (_, at) => [`${at}`.padEnd(60, "k"), "v".repeat(63)]),
  ),
  last: "v".repeat((bytes % 125) - "last=".length),
});

test.each(["worker", "loadbalancer"] as const)(
  "a %s's labels and taints are taken as long as user data has room for them, whatever else is in it",
  (role) => {
    const own = kubeletTexts({ role, labels: {}, taints: [] });
    const room = 768 - own.taints.length - (own.labels === "" ? 0 : own.labels.length + 1);
    const cluster = {
      resourceName: "r".repeat(28),
      joinParameter: `/keelson/${"r".repeat(28)}/join`,
      store: { name: "s".repeat(63), url: `https://${"s".repeat(63)}.s3.us-gov-west-1.amazonaws.com` },
    };
    expect(poolProblems({ name: "n".repeat(28), role, labels: labelsOf(room) }, cluster)).toEqual([]);
    expect(wrong({ role, labels: labelsOf(room + 1) })).toEqual([
      "prod/general: 'labels' must be shorter: with the taints they may have 768 bytes, which is what user data has room for, got 769",
    ]);
  },
);

test("a taint's key comes once, since a tag says it to the autoscaler", () => {
  const taints: readonly NodeTaint[] = [
    { key: "dedicated", value: "a", effect: "NoSchedule" },
    { key: "dedicated", value: "a", effect: "NoExecute" },
  ];
  expect(wrong({ taints })).toEqual([
    expect.stringMatching(/^prod\/general: 'taints' must name each key once: a tag of the group says it/),
  ]);
  // A load balancer's own counts as well.
  expect(wrong({ role: "loadbalancer", taints: [{ key: "role", value: "x", effect: "NoExecute" }] })).toEqual(
    [expect.stringMatching(/'taints' must name each key once: .*"effect":"NoSchedule"/)],
  );
});

test("a taint that is there twice with one effect is said to be so once", () => {
  const taint = { key: "dedicated", effect: "NoSchedule" } as const;
  expect(wrong({ taints: [taint, taint] })).toEqual([
    expect.stringContaining("must name each key once for each effect"),
  ]);
});

test("everything that is wrong with a pool is reported at once, and nothing of it is made", () => {
  expect(
    poolProblems({
      name: "services",
      image: { id: "ubuntu", architecture: "arm64" },
      machineTypes: ["m7i.large"],
      maxCount: 0,
      minCount: 0,
      diskGiB: 20_000,
      labels: { ["x".repeat(64)]: "y" },
    }).map((line) => line.split("'")[1]),
  ).toEqual(["maxCount", "labels", "name", "image", "machineTypes", "diskGiB"]);
});

test("the label that the volumes' driver sets is left to it", () => {
  expect(wrong({ labels: { "topology.ebs.csi.aws.com/zone": "us-east-1a" } })).toEqual([
    `prod/general: 'labels' must leave out topology.ebs.csi.aws.com/zone, which the driver of volumes sets on each node, got "us-east-1a"`,
  ]);
});
