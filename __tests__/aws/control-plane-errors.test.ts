import { Fn, Token } from "cdktf";
import type { ControlPlaneProps } from "../../lib/aws";
import { IMAGE, NETWORK, type Own, problems } from "../support/control-plane";

const AT = "test/control-plane";
const publicApi = { allowedCidrs: ["203.0.113.0/24"] };

/** Each bad input with what is said of it: what must hold, what was got, what to do. */
test.each<[string, Own, string]>([
  [
    "ranges of a public API that name nobody",
    { publicApi: { allowedCidrs: [] } },
    `${AT}/publicApi: 'allowedCidrs' must name the ranges that may reach the API, got []; such as ["203.0.113.0/24"]`,
  ],
  [
    "a public API without ranges",
    { publicApi: {} as ControlPlaneProps["publicApi"] },
    `${AT}/publicApi: 'allowedCidrs' must name the ranges that may reach the API, got []; such as ["203.0.113.0/24"]`,
  ],
  [
    "the world, said once",
    { publicApi: { allowedCidrs: ["0.0.0.0/0"] } },
    `${AT}/publicApi: 'allowedCidrs' must not be the whole world, got "0.0.0.0/0"; ` +
      "name your own ranges, or say openToTheWorld: true as well",
  ],
  [
    "the world, said the second time only",
    { publicApi: { ...publicApi, openToTheWorld: true } },
    `${AT}/publicApi: 'allowedCidrs' must hold "0.0.0.0/0" where openToTheWorld is true, got ["203.0.113.0/24"]; ` +
      "leave openToTheWorld out",
  ],
  [
    "a public API that has no public name",
    { publicApi, publicZone: "none" },
    `${AT}: 'publicApi' must have a public zone to be named in, since its certificate holds names and no addresses; ` +
      'say publicZone: "new", or name a zone that exists',
  ],
  [
    "fewer private subnets than zones",
    { network: { ...NETWORK, privateSubnetIds: ["subnet-1"] } },
    `${AT}/network: 'privateSubnetIds' must be one for each of the zones (us-east-1a, us-east-1b), in their order, ` +
      'got ["subnet-1"]',
  ],
  [
    "a private subnet that stands for two zones",
    { network: { ...NETWORK, privateSubnetIds: ["subnet-1", "subnet-1"] } },
    `${AT}/network: 'privateSubnetIds' must be one for each of the zones (us-east-1a, us-east-1b), in their order, ` +
      'got ["subnet-1","subnet-1"]',
  ],
  [
    "more public subnets than zones, where the API is public",
    { publicApi, network: { ...NETWORK, publicSubnetIds: ["subnet-1", "subnet-2", "subnet-3"] } },
    `${AT}/network: 'publicSubnetIds' must be one for each of the zones (us-east-1a, us-east-1b), in their order, ` +
      'got ["subnet-1","subnet-2","subnet-3"]',
  ],
  [
    "zones of two regions",
    { network: { ...NETWORK, zones: ["us-east-1a", "eu-west-1b"] } },
    `${AT}/network: 'zones' must be zones of one region, since a VPC cannot span two, got ["us-east-1a","eu-west-1b"]`,
  ],
  [
    "a network whose range is none",
    { network: { ...NETWORK, cidrBlock: "10.0.0.7/16" } },
    `${AT}/network: 'cidrBlock' must be the network's own address, with all host bits zero, got "10.0.0.7/16"; ` +
      'write "10.0.0.0/16"',
  ],
  [
    "a version that is not full",
    { kubernetesVersion: "1.36" },
    `${AT}: 'kubernetesVersion' must be a full version such as "1.36.4", got "1.36"`,
  ],
  [
    "a minor that is not supported any more",
    { kubernetesVersion: "1.34.9" },
    `${AT}: 'kubernetesVersion' must be of a supported minor: 1.37, 1.36, 1.35, got "1.34.9"`,
  ],
  [
    "a minor that is not supported yet",
    { kubernetesVersion: "1.38.0" },
    `${AT}: 'kubernetesVersion' must be of a supported minor: 1.37, 1.36, 1.35, got "1.38.0"`,
  ],
  [
    "a jump of two minors",
    { kubernetesVersion: "1.37.1", previousKubernetesVersion: "1.35.7" },
    `${AT}: 'kubernetesVersion' must be of the minor of 1.35.7 or of the next one: a minor is neither skipped nor ` +
      'taken back, got "1.37.1"; upgrade to 1.36 first',
  ],
  [
    "a minor that is taken back",
    { kubernetesVersion: "1.35.9", previousKubernetesVersion: "1.36.4" },
    `${AT}: 'kubernetesVersion' must be of the minor of 1.36.4 or of the next one: a minor is neither skipped nor ` +
      'taken back, got "1.35.9"; stay with 1.36',
  ],
  [
    "an image that is none",
    { image: { ...IMAGE, id: "ubuntu-24.04" } },
    `${AT}: 'image' must have an image's id, such as ami-0a1b2c3d4e5f60718, got "ubuntu-24.04"`,
  ],
  [
    "an instance type that is none",
    { instanceType: "Standard_D2_v3" },
    `${AT}: 'instanceType' must be an instance type such as "m7g.large", got "Standard_D2_v3"`,
  ],
  [
    "an instance type that is too small",
    { instanceType: "t3.small" },
    `${AT}: 'instanceType' must have two processors and 4 GiB, or etcd and the API server do not fit, ` +
      'got "t3.small"; take t3.medium',
  ],
  [
    "an instance type of another architecture than the image",
    { instanceType: "m7g.large" },
    `${AT}: 'instanceType' must run the image, which is for amd64; m7g is arm64, got "m7g.large"; ` +
      "change the type or the image",
  ],
  [
    "a cluster that no zone of names can be called after",
    { cluster: "Prod_1" },
    `${AT}: 'cluster' must be a DNS label, such as prod-us-east-1, got "Prod_1"`,
  ],
  [
    "pods in the services' range",
    { podCidr: "10.96.128.0/17" },
    `${AT}: 'serviceCidr' must not overlap with podCidr, 10.96.128.0/17, got "10.96.0.0/16"; ` +
      "give it a range of its own",
  ],
  ...[
    ["podCidr", "169.254.0.0/16", "link-local addresses, 169.254.0.0/16"],
    ["podCidr", "127.0.0.0/8", "the machine's own addresses, 127.0.0.0/8"],
    ["serviceCidr", "224.0.0.0/16", "multicast and reserved addresses, 224.0.0.0/3"],
  ].map(([prop = "", range, taken]): [string, Partial<ControlPlaneProps>, string] => [
    `${prop} of ${taken}`,
    { [prop]: range },
    `${AT}: '${prop}' must not overlap with ${taken}, got "${range}"; give it a range of its own`,
  ]),
])("%s: is told with its path, what it must be, what it is, and what to do", (_what, own, line) => {
  expect(problems(own)).toEqual([line]);
});

test("of public subnets nothing is asked where there is no public API", () => {
  expect(problems({ network: { ...NETWORK, publicSubnetIds: [] } })).toEqual([]);
});

test.each(["a".repeat(29), "internal-acme", "sg-acme", "-acme", "acme-", "acme_prod", "acme prod", ""])(
  "%j is no name that a load balancer can be called after",
  (name) => {
    expect(problems({ name })).toEqual([
      `${AT}: 'name' must be at most 28 letters, digits and hyphens, with no hyphen at either end and no "internal-" ` +
        `or "sg-" before it: load balancers and security groups are named after it, got ${JSON.stringify(name)}`,
    ]);
  },
);

test.each(["podCidr", "serviceCidr"] as const)(
  "of %s, what is no literal range is refused once, by its form",
  (prop) => {
    for (const given of ["10.244.0.1/16", "10.244.0.0", "pods", "fd00::/108", ""]) {
      expect(problems({ [prop]: given })).toEqual([expect.stringContaining(`'${prop}' must be`)]);
    }
    expect(problems({ [prop]: Fn.cidrsubnet("10.244.0.0/15", 1, 0) })).toEqual([
      expect.stringMatching(/must be a literal range.*, got a value that only Terraform knows/),
    ]);
  },
);

test("zones that only Terraform knows are refused: nothing can be told of the region", () => {
  expect(problems({ network: { ...NETWORK, zones: Token.asList("${var.zones}") } })).toContainEqual(
    expect.stringMatching(/'zones' must be literal zone names.*, got a value that only Terraform knows$/),
  );
});

test("everything that is wrong is reported at once, in the order of the props", () => {
  expect(
    problems({
      name: "internal-acme",
      cluster: "Prod",
      kubernetesVersion: "1.38.0",
      previousKubernetesVersion: "1.36.4",
      image: { id: "ami", architecture: "arm64" },
      instanceType: "t3.nano",
      diskGiB: 8,
      publicApi: { allowedCidrs: ["0.0.0.0/0", "10.0.0.1/8"] },
      publicZone: "none",
      podCidr: "10.0.0.0/30",
      serviceCidr: "10.96.0.0/11",
      network: { ...NETWORK, zones: ["us-east-1a"], publicSubnetIds: [] },
    }).map((line) => line.split(" must ")[0]),
  ).toEqual([
    `${AT}: 'name'`,
    `${AT}: 'cluster'`,
    `${AT}: 'kubernetesVersion'`,
    `${AT}: 'kubernetesVersion'`,
    `${AT}: 'image'`,
    `${AT}: 'instanceType'`,
    `${AT}: 'instanceType'`,
    `${AT}: 'diskGiB'`,
    `${AT}/publicApi: 'allowedCidrs'`,
    `${AT}/publicApi: 'allowedCidrs'`,
    `${AT}: 'podCidr'`,
    `${AT}: 'podCidr'`,
    `${AT}: 'serviceCidr'`,
    `${AT}/network: 'zones'`,
    `${AT}/network: 'privateSubnetIds'`,
    `${AT}/network: 'publicSubnetIds'`,
    `${AT}: 'publicApi'`,
  ]);
});
