import { type AwsEnvironment, validate } from "../../stacks";
import { AwsClusterStack } from "../../stacks/aws-cluster";
import { resources, synthApp, type Terraform } from "../support/synth";
import { problemsIn } from "../support/problems";

const general = {
  name: "general",
  machineTypes: ["m7i.large"],
  image: { id: "ami-0a1b2c3d4e5f60718", architecture: "amd64" },
  minCount: 3,
  maxCount: 12,
} as const;
const edge = { ...general, name: "edge", role: "loadbalancer", minCount: 2, maxCount: 3 } as const;

const good: AwsEnvironment = {
  name: "prod",
  cloud: "aws",
  prefix: "acme",
  account: "123456789012",
  region: "eu-west-1",
  domain: "acme.io",
  network: { zones: ["eu-west-1a", "eu-west-1b"] },
  publicZone: "new",
  controlPlane: {
    kubernetesVersion: "1.36.4",
    image: { id: "ami-0a1b2c3d4e5f60718", architecture: "amd64" },
  },
  nodePools: [general, edge],
};

function problems(list: readonly unknown[]): readonly string[] {
  return problemsIn(() => {
    validate(list as AwsEnvironment[], { simulated: false });
  });
}
const withPools = (nodePools: unknown, more: object = {}) => problems([{ ...good, ...more, nodePools }]);

test("sound pools, and none at all, have no problems", () => {
  expect(problems([good])).toEqual([]);
  expect(withPools([])).toEqual([]);
  expect(withPools(undefined)).toEqual([]);
});

test("all that is wrong with all pools is said at once, each with its path", () => {
  expect(
    withPools([
      { ...general, machineTypes: ["m7g.large", "mac2.metal"], minCount: 13 },
      { ...general, diskGiB: 8, labels: { "kubernetes.io/x": "y" } },
      { ...edge, spotPercent: 50, zones: ["eu-west-1c"] },
      { ...edge, name: "members" },
    ]).map((line) => line.split(" must ")[0]),
  ).toEqual([
    "prod/nodePools/general: 'minCount'",
    "prod/nodePools/general: 'machineTypes'",
    "prod/nodePools/general: 'machineTypes'",
    "prod/nodePools/general: 'labels'",
    "prod/nodePools/general: 'diskGiB'",
    "prod/nodePools/edge: 'zones'",
    "prod/nodePools/edge: 'spotPercent'",
    "prod/nodePools/members: 'name'",
    "prod: 'nodePools'",
    "prod: 'nodePools'",
  ]);
});

test("pools of one name, and two with the wildcard, are told apart", () => {
  expect(withPools([general, general, edge, { ...edge, name: "beside" }])).toEqual([
    `prod: 'nodePools' must have a name of its own each, got ["general"]`,
    "prod: 'nodePools' must have one load-balancer pool at most that the wildcard name leads to, " +
      `got ["edge","beside"]; say wildcard: false of the others`,
  ]);
  expect(withPools([edge, { ...edge, name: "beside", wildcard: false }])).toEqual([]);
});

test("more nodes than the range of pods has room for are refused", () => {
  const room = (podCidr: string | undefined, maxCount: number) =>
    withPools([{ ...general, maxCount }], { controlPlane: { ...good.controlPlane, podCidr } });
  expect(room(undefined, 230)).toEqual([]);
  expect(room(undefined, 231)).toEqual([
    expect.stringMatching(
      /^prod: 'nodePools' must come to at most 256 nodes, .*10\.244\.0\.0\/16\), got 257; /,
    ),
  ]);
  expect(room("10.244.0.0/20", 12)).toEqual([]);
  expect(room("10.244.0.0/20", 13)).toHaveLength(1);
});

test("what has not the shape of a pool is said with its place in the list", () => {
  expect(withPools("general")).toEqual([`prod: 'nodePools' must be a list of node pools, got "general"`]);
  expect(withPools([general, { ...edge, maxCount: "3", colour: "red" }])).toEqual([
    `prod: 'nodePools[1].maxCount' must be a number of machines, got "3"`,
    "prod: 'nodePools[1].colour' must be left out: there is no such key",
  ]);
  expect(withPools([{ ...general, taints: [{ key: "a", effect: "Never" }], role: "ingress" }])).toEqual([
    `prod: 'nodePools[0].role' must be "worker" or "loadbalancer", got "ingress"`,
    expect.stringMatching(/^prod: 'nodePools\[0\]\.taints\[0\]\.effect' must be one of NoSchedule, /),
  ]);
  expect(withPools([{ ...general, name: undefined }])).toEqual([
    expect.stringMatching(/^prod: 'nodePools\[0\]\.name' must be a DNS label .*; add it$/),
  ]);
});

test("one pool's bad shape keeps no other pool's mistakes back", () => {
  expect(
    withPools([
      { ...general, maxCount: "12" },
      { ...edge, diskGiB: 8 },
    ]),
  ).toEqual([
    expect.stringContaining("prod: 'nodePools[0].maxCount' must be a number"),
    expect.stringContaining("prod/nodePools/edge: 'diskGiB' must be"),
  ]);
});

test("one misshapen value of a pool keeps none of its other mistakes back", () => {
  expect(
    withPools([
      { ...general, name: "members", taints: [{ key: "a", effect: "X" }], diskGiB: 8, minCount: 13 },
      {
        ...edge,
        image: { id: "ami-00000000000000000", architecture: "amd64" },
        labels: { a: 1 },
        maxCount: 300,
      },
    ]).map((line) => line.split(" must ")[0]),
  ).toEqual([
    "prod: 'nodePools[0].taints[0].effect'",
    "prod: 'nodePools[1].labels.a'",
    "prod/nodePools/edge: 'image'",
    "prod/nodePools/members: 'minCount'",
    "prod/nodePools/members: 'diskGiB'",
    "prod/nodePools/members: 'name'",
    "prod: 'nodePools'",
  ]);
  expect(withPools([{ ...general, maxCount: "12", role: null }, general])).toEqual([
    expect.stringContaining("prod: 'nodePools[0].role' must be"),
    expect.stringContaining("prod: 'nodePools[0].maxCount' must be"),
    `prod: 'nodePools' must have a name of its own each, got ["general"]`,
  ]);
  expect(withPools([null, 7, { ...general, diskGiB: 8 }])).toEqual([
    expect.stringContaining("prod: 'nodePools[0]' must be a node pool"),
    expect.stringContaining("prod: 'nodePools[1]' must be a node pool"),
    expect.stringContaining("prod/nodePools/general: 'diskGiB'"),
  ]);
});

test.each(["", "General Pool", "a/b", "-"])("a pool by the name %j is told by its place", (name) => {
  expect(
    withPools([general, { ...general, name, diskGiB: 8 }]).map((line) => line.split(" must ")[0]),
  ).toEqual(["prod/nodePools[1]: 'name'", "prod/nodePools[1]: 'diskGiB'"]);
});

test("what is wrong with the cluster is not laid at the door of pools that left it to the cluster", () => {
  const found = withPools([general], {
    network: { zones: ["eu-west-1a", "eu-west-1a"] },
    controlPlane: { ...good.controlPlane, kubernetesVersion: "1.36" },
  });
  expect(found.map((line) => line.split(" must ")[0])).toEqual([
    "prod/network: 'zones'",
    "prod/controlPlane: 'kubernetesVersion'",
  ]);
});

test("the image of each pool has to be one's own for a real deploy", () => {
  const image = { id: "ami-00000000000000000", architecture: "amd64" };
  expect(withPools([{ ...general, image }, edge])).toEqual([
    expect.stringMatching(
      /^prod\/nodePools\/general: 'image' must be an image of your region for a real deploy/,
    ),
  ]);
});

test("while an upgrade of the master is not done, nodes may not be newer than the version before it", () => {
  const upgrade = { ...good.controlPlane, kubernetesVersion: "1.37.0", previousKubernetesVersion: "1.36.4" };
  expect(withPools([general], { controlPlane: upgrade })).toEqual([]);
  expect(withPools([{ ...general, kubernetesVersion: "1.37.0" }], { controlPlane: upgrade })).toEqual([
    expect.stringMatching(
      /^prod\/nodePools\/general: 'kubernetesVersion' must not be of a newer minor .* 1\.36\.4/,
    ),
  ]);
});

test("nodes stay with a minor that a cluster comes from, also when it is supported no more", () => {
  const upgrade = { ...good.controlPlane, kubernetesVersion: "1.35.3", previousKubernetesVersion: "1.34.5" };
  expect(withPools([general], { controlPlane: upgrade })).toEqual([]);
  const { cluster: tf } = synthApp(
    (app) => new AwsClusterStack(app, "cluster", { ...good, controlPlane: upgrade }),
  ) as { cluster: Terraform };
  const { "pools_general_launch-template": template } = resources(tf, "aws_launch_template");
  expect(JSON.stringify(template)).toMatch(/KUBELET_VERSION='\W+replace\(\W+1\.34\.5/);
  expect(
    withPools([{ ...general, diskGiB: 8 }], {
      controlPlane: { ...upgrade, previousKubernetesVersion: "1.34" },
    }),
  ).toEqual([
    `prod/controlPlane: 'previousKubernetesVersion' must be a full version such as "1.36.4", got "1.34"`,
    expect.stringContaining("prod/nodePools/general: 'diskGiB'"),
  ]);
});

test("a pool whose role another environment has, by a name that begins with this one's, is refused", () => {
  const one = { ...good, nodePools: [{ ...general, name: "eu-general" }, edge] };
  const other = {
    ...good,
    name: "prod-eu",
    network: { ...good.network, cidrBlock: "10.1.0.0/16" },
  };
  expect(problems([one, other])).toEqual([
    "prod-eu: 'nodePools' must make roles that no other environment has (prod makes acme-prod-eu-general in 123456789012, too); " +
      "give the pool another name",
  ]);
  expect(problems([one, { ...other, account: "222222222222" }])).toEqual([]);
  const master = { ...good, nodePools: [{ ...general, name: "eu-master" }] };
  expect(problems([master, { ...other, nodePools: [] }])).toHaveLength(1);
});

test("the stack makes each pool, for the cluster that it makes, and says where the open ones are", () => {
  const { cluster: tf } = synthApp((app) => new AwsClusterStack(app, "cluster", good)) as {
    cluster: Terraform;
  };
  expect(Object.values(resources(tf, "aws_autoscaling_group")).map(({ name }) => name)).toEqual([
    "acme-prod-master",
    "acme-prod-edge",
    "acme-prod-general",
  ]);
  expect(tf.output?.["pool_addresses"]?.["value"]).toEqual({
    edge: [1, 2, 3].map((number) =>
      expect.stringMatching(
        new RegExp(`^\\$\\{aws_eip\\.pools_edge_addresses_${number}_\\w+\\.public_ip\\}$`),
      ),
    ),
  });
  expect(new Set(Object.values(resources(tf, "aws_route53_record")).map(({ name }) => name))).toEqual(
    new Set(["master.prod.kube", "edge.prod.acme.io", "*.prod.acme.io"]),
  );
});

test("a node's way to the API, to the world and to the other nodes is destroyed after the node", () => {
  const { cluster: tf } = synthApp((app) => new AwsClusterStack(app, "cluster", good)) as {
    cluster: Terraform;
  };
  const { pools_general_group: group } = resources(tf, "aws_autoscaling_group");
  const needed = (group?.["depends_on"] as string[]).map((one) => one.replace(/_[0-9A-F]{8}$/, ""));
  for (const one of [
    "aws_autoscaling_group.cluster_control-plane_group",
    "aws_lb_listener.cluster_control-plane_internal_listener",
    "aws_route53_record.cluster_dns_private-names_master",
    "aws_vpc_security_group_egress_rule.cluster_nodes_out_world",
    "aws_vpc_security_group_ingress_rule.cluster_nodes_into_masters_members_vxlan",
    "aws_vpc_security_group_ingress_rule.cluster_control-plane_internal_in_10000--16",
    "aws_route.network_private_eu-west-1a_default-route",
    "aws_s3_object.pools_general_bundle",
  ]) {
    expect(needed).toContain(one);
  }
});
