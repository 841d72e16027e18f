import type { TerraformStack } from "cdktf";
import { Cluster, type ClusterProps, Network } from "../../lib/aws";
import { type ICluster, InvalidError } from "../../lib/core";
import { addresses, resources, synth } from "../support/synth";
import { problemsIn } from "../support/problems";

const network = {
  networkId: "vpc-0a",
  cidrBlock: "10.9.0.0/16",
  zones: ["eu-west-1a", "eu-west-1b"],
  privateSubnetIds: ["subnet-0a", "subnet-0b"],
  publicSubnetIds: ["subnet-1a", "subnet-1b"],
};
const good: ClusterProps = {
  name: "acme-prod",
  cluster: "prod",
  network,
  domain: "acme.io",
  store: { name: "acme-store", url: "https://acme-store.s3.eu-west-1.amazonaws.com" },
  sealingKey: "alias/acme-prod",
  controlPlane: {
    kubernetesVersion: "1.36.4",
    image: { id: "ami-0a1b2c3d4e5f60718", architecture: "amd64" },
  },
};
const office = { allowedCidrs: ["203.0.113.0/24"] };
const existing = { zoneId: "Z0123456789ABCDEFGHIJ", name: "acme.io" };

type Wrong = Partial<Omit<ClusterProps, "controlPlane">> & {
  controlPlane?: Partial<ClusterProps["controlPlane"]>;
};

const make = (stack: TerraformStack, { controlPlane, ...props }: Wrong = {}) =>
  new Cluster(stack, "cluster", {
    ...good,
    ...props,
    controlPlane: { ...good.controlPlane, ...controlPlane },
  });

/** What it is to those who build on it. */
function seen(props: Wrong = {}): ICluster {
  const clusters: ICluster[] = [];
  synth((stack) => clusters.push(make(stack, props)));
  return clusters[0] as ICluster;
}

function problems(props: Wrong): readonly string[] {
  return problemsIn(() => {
    synth((stack) => make(stack, props));
  });
}

test("those who build on it are told its name, its network, its version, its ranges and where its API is", () => {
  const cluster = seen();
  expect(cluster).toMatchObject({
    name: "prod",
    network,
    kubernetesVersion: "1.36.4",
    endpoint: "https://master.prod.kube:6443",
    podCidr: "10.244.0.0/16",
    serviceCidr: "10.96.0.0/16",
  });
  expect(cluster.publicEndpoint).toBeUndefined();
});

test("ranges of its own, and a public API, are what they are told", () => {
  const controlPlane = { podCidr: "10.32.0.0/16", serviceCidr: "10.33.0.0/16", publicApi: office };
  expect(seen({ publicZone: "new", controlPlane })).toMatchObject({
    podCidr: "10.32.0.0/16",
    serviceCidr: "10.33.0.0/16",
    endpoint: "https://master.prod.kube:6443",
    publicEndpoint: "https://master.prod.acme.io:6443",
  });
});

test("what they are told is what its machines do", () => {
  const tf = synth((stack) =>
    make(stack, { publicZone: existing, controlPlane: { publicApi: office, podCidr: "10.32.0.0/16" } }),
  );
  const [template] = Object.values(resources(tf, "aws_launch_template"));
  const told = String(template?.["user_data"]).matchAll(/"([A-Z_]+)='", replace\("([^"]*)"/g);
  expect(Object.fromEntries([...told].map(([, name, value]) => [name, value]))).toMatchObject({
    CLUSTER: "acme-prod",
    KUBERNETES_VERSION: "1.36.4",
    ETCD_VERSION: "3.6.16",
    API_NAME: "master.prod.kube",
    PUBLIC_API_NAME: "master.prod.acme.io",
    POD_CIDR: "10.32.0.0/16",
    SERVICE_CIDR: "10.96.0.0/16",
    SEALING_KEY: "alias/acme-prod",
    STORE_URL: "https://acme-store.s3.eu-west-1.amazonaws.com",
  });
  expect(
    Object.values(resources(tf, "aws_route53_record"))
      .map(({ name }) => name)
      .sort(),
  ).toEqual(["master.prod.acme.io", "master.prod.kube"]);
});

test("it has names, a control plane, security groups of nodes and alarms, and makes neither network nor store", () => {
  const parts = new Set(
    addresses(synth((stack) => make(stack))).map((address) => /cluster_([a-z-]+)_/.exec(address)?.[1]),
  );
  expect([...parts].sort()).toEqual(["alarms", "control-plane", "dns", "nodes"]);
});

test("it stands in a network of ours as in one that exists", () => {
  const tf = synth((stack) => {
    const ours = new Network(stack, "network", {
      name: "acme",
      zones: network.zones,
      cidrBlock: "10.9.0.0/16",
    });
    expect(make(stack, { network: ours }).network).toBe(ours);
  });
  const theirs = synth((stack) => make(stack));
  expect(addresses(tf).filter((address) => address.includes("cluster_"))).toEqual(addresses(theirs));
});

test("alarms are told to those who are named", () => {
  const topic = "arn:aws:sns:eu-west-1:123456789012:keelson";
  const alarms = Object.values(
    resources(
      synth((stack) => make(stack, { alarmActions: [topic] })),
      "aws_cloudwatch_metric_alarm",
    ),
  );
  expect(alarms.length).toBeGreaterThan(1);
  expect(alarms.filter(({ alarm_actions: actions }) => String(actions) !== topic)).toEqual([]);
});

test("the world may reach its API if that is said twice", () => {
  const publicApi = { allowedCidrs: ["0.0.0.0/0"], openToTheWorld: true };
  expect(problems({ publicZone: "new", controlPlane: { publicApi } })).toEqual([]);
});

const at = "test/cluster";
const SMALL = "must have two processors and 4 GiB, or etcd and the API server do not fit";
const OPEN = "must not be the whole world";
const FIT = "must run the image, which is for amd64; t4g is arm64";
const TWO = "must be of the minor of 1.35.7 or of the next one: a minor is neither skipped nor taken back";
const BACK = "must be of the minor of 1.37.2 or of the next one: a minor is neither skipped nor taken back";
const ZONE = "must be the zone of 'acme.io' or of a domain that it lies in, since the public names end in it";
const SUBNETS = "must be one for each of the zones (eu-west-1a, eu-west-1b), in their order";
const NAMED = "must have a public zone to be named in, since its certificate holds names and no addresses";

const withApi = (allowedCidrs: readonly string[] | undefined): Wrong => ({
  publicZone: "new",
  controlPlane: { publicApi: { allowedCidrs } as typeof office },
});
const ofVersion = (kubernetesVersion: string, previousKubernetesVersion?: string): Wrong => ({
  controlPlane: { kubernetesVersion, previousKubernetesVersion },
});

test.each<[string, Wrong, string]>([
  [
    "an API for nobody",
    withApi([]),
    `${at}/controlPlane/publicApi: 'allowedCidrs' must name the ranges that may reach the API, got []; such as ["203.0.113.0/24"]`,
  ],
  [
    "an API that does not say for whom",
    withApi(undefined),
    `${at}/controlPlane/publicApi: 'allowedCidrs' must name the ranges that may reach the API, got []; such as ["203.0.113.0/24"]`,
  ],
  [
    "an API for the world, said once",
    withApi(["0.0.0.0/0"]),
    `${at}/controlPlane/publicApi: 'allowedCidrs' ${OPEN}, got "0.0.0.0/0"; name your own ranges, or say openToTheWorld: true as well`,
  ],
  [
    "a public API without a public name",
    { controlPlane: { publicApi: office } },
    `${at}/controlPlane: 'publicApi' ${NAMED}; say publicZone: "new", or name a zone that exists`,
  ],
  [
    "a subnet too few for the zones",
    { network: { ...network, privateSubnetIds: ["subnet-0a"] } },
    `${at}/network: 'privateSubnetIds' ${SUBNETS}, got ["subnet-0a"]`,
  ],
  [
    "a public subnet too many for the zones, where there is a public API",
    {
      ...withApi(office.allowedCidrs),
      network: { ...network, publicSubnetIds: ["subnet-1a", "subnet-1b", "subnet-1c"] },
    },
    `${at}/network: 'publicSubnetIds' ${SUBNETS}, got ["subnet-1a","subnet-1b","subnet-1c"]`,
  ],
  [
    "zones of two regions",
    { network: { ...network, zones: ["eu-west-1a", "us-east-1b"] } },
    `${at}/network: 'zones' must be zones of one region, since a VPC cannot span two, got ["eu-west-1a","us-east-1b"]`,
  ],
  [
    "a network whose range is none",
    { network: { ...network, cidrBlock: "10.9.0.1/16" } },
    `${at}/network: 'cidrBlock' must be the network's own address, with all host bits zero, got "10.9.0.1/16"; write "10.9.0.0/16"`,
  ],
  [
    "more to tell of alarms than an alarm can",
    { alarmActions: Array<string>(6).fill("arn:aws:sns:us-east-1:111111111111:on-call") },
    `${at}: 'alarmActions' must be 5 ARNs at most, got 6; let an SNS topic tell the others`,
  ],
  [
    "one subnet for two zones",
    { network: { ...network, privateSubnetIds: ["subnet-0a", "subnet-0a"] } },
    `${at}/network: 'privateSubnetIds' ${SUBNETS}, got ["subnet-0a","subnet-0a"]`,
  ],
  [
    "a minor that is not supported any more",
    ofVersion("1.34.9"),
    `${at}/controlPlane: 'kubernetesVersion' must be of a supported minor: 1.37, 1.36, 1.35, got "1.34.9"`,
  ],
  [
    "a minor that is not supported yet",
    ofVersion("1.38.0"),
    `${at}/controlPlane: 'kubernetesVersion' must be of a supported minor: 1.37, 1.36, 1.35, got "1.38.0"`,
  ],
  [
    "a jump of two minors",
    ofVersion("1.37.0", "1.35.7"),
    `${at}/controlPlane: 'kubernetesVersion' ${TWO}, got "1.37.0"; upgrade to 1.36 first`,
  ],
  [
    "a way back",
    ofVersion("1.36.4", "1.37.2"),
    `${at}/controlPlane: 'kubernetesVersion' ${BACK}, got "1.36.4"; stay with 1.37`,
  ],
  [
    "a type that is too small",
    { controlPlane: { instanceType: "t3.small" } },
    `${at}/controlPlane: 'instanceType' ${SMALL}, got "t3.small"; take t3.medium`,
  ],
  [
    "a type of another architecture than the image",
    { controlPlane: { instanceType: "t4g.medium" } },
    `${at}/controlPlane: 'instanceType' ${FIT}, got "t4g.medium"; change the type or the image`,
  ],
  [
    "a zone that is not the domain's",
    { publicZone: { ...existing, name: "acme.org" } },
    `${at}: 'publicZone' ${ZONE}, got "acme.org"; name another zone, or change the domain`,
  ],
])("%s is refused, with path, what must hold, what was got and how to mend it", (_what, props, line) => {
  expect(problems(props)).toEqual([line]);
});

// A load balancer's name has 32 characters, of which its parts take four; a label of DNS has 63.
test.each<[Wrong, string]>([
  [{ name: "a".repeat(29) }, "'name' must be at most 28 letters"],
  [{ name: "acme_prod" }, "'name' must be at most 28 letters"],
  [{ name: "internal-acme" }, "'name' must be at most 28 letters"],
  [{ cluster: "a".repeat(64) }, "'cluster' must be a DNS label"],
  [{ cluster: "Prod" }, "'cluster' must be a DNS label"],
  [{ domain: `${"a".repeat(64)}.io` }, "'domain' must be a domain name"],
  [{ domain: `${"a.".repeat(100)}io` }, "'domain' must leave room for names"],
])("a name that AWS does not take is refused: %j", (props, message) => {
  expect(problems(props)).toEqual([expect.stringContaining(`${at}: ${message}`)]);
});

test("the longest name that is taken makes no name that AWS does not take", () => {
  const name = "a".repeat(28);
  const tf = synth((stack) => make(stack, { ...withApi(office.allowedCidrs), name }));
  const limits = {
    aws_lb: 32,
    aws_lb_target_group: 32,
    aws_iam_role: 64,
    aws_iam_instance_profile: 128,
    aws_iam_policy: 128,
    aws_launch_template: 128,
    aws_autoscaling_group: 255,
    aws_security_group: 255,
    aws_cloudwatch_metric_alarm: 255,
  };
  for (const [type, limit] of Object.entries(limits)) {
    const names = Object.values(resources(tf, type)).map((one) => String(one["alarm_name"] ?? one["name"]));
    expect([type, names.filter((one) => one.startsWith(name)).length]).toEqual([type, names.length]);
    expect([type, names.length > 0, names.filter((one) => one.length > limit)]).toEqual([type, true, []]);
  }
});

test("everything that is wrong with it and with its parts is reported in one error", () => {
  const found = problems({
    name: "acme_prod",
    cluster: "Prod",
    publicZone: { ...existing, name: "acme.org" },
    network: { ...network, zones: ["eu-west-1a"], publicSubnetIds: [] },
    controlPlane: {
      kubernetesVersion: "1.38.0",
      previousKubernetesVersion: "1.35.7",
      image: { id: "ubuntu", architecture: "amd64" },
      instanceType: "m7g.medium",
      diskGiB: 8,
      podCidr: "10.9.0.0/20",
      serviceCidr: "services",
      publicApi: { allowedCidrs: ["0.0.0.0/0", "office"] },
    },
  });
  expect(found.map((line) => line.split(" must ")[0])).toEqual([
    `${at}: 'name'`,
    `${at}: 'cluster'`,
    `${at}: 'publicZone'`,
    `${at}/network: 'zones'`,
    `${at}/network: 'privateSubnetIds'`,
    `${at}/controlPlane: 'kubernetesVersion'`,
    `${at}/controlPlane: 'kubernetesVersion'`,
    `${at}/controlPlane: 'image'`,
    `${at}/controlPlane: 'instanceType'`,
    `${at}/controlPlane: 'instanceType'`,
    `${at}/controlPlane: 'diskGiB'`,
    `${at}/controlPlane/publicApi: 'allowedCidrs'`,
    `${at}/controlPlane/publicApi: 'allowedCidrs'`,
    `${at}/controlPlane: 'podCidr'`,
    `${at}/controlPlane: 'serviceCidr'`,
    `${at}/network: 'publicSubnetIds'`,
  ]);
});

test("no part of a cluster that is refused is made", () => {
  synth((stack) => {
    expect(() => make(stack, { controlPlane: { diskGiB: 8 } })).toThrow(InvalidError);
    expect(stack.node.findChild("cluster").node.children).toEqual([]);
  });
});
