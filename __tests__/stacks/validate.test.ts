import { type AwsEnvironment, validate } from "../../stacks";
import { environments } from "../../stacks/environments";
import { problemsIn } from "../support/problems";

const good: AwsEnvironment = {
  name: "prod",
  cloud: "aws",
  prefix: "acme",
  account: "123456789012",
  region: "eu-west-1",
  domain: "acme.io",
  network: { zones: ["eu-west-1a", "eu-west-1b"] },
  controlPlane: {
    kubernetesVersion: "1.36.4",
    image: { id: "ami-0a1b2c3d4e5f60718", architecture: "amd64" },
  },
};

const existing = {
  networkId: "vpc-0a1b2c3d",
  cidrBlock: "172.31.0.0/16",
  zones: ["eu-west-1a", "eu-west-1b"],
  privateSubnetIds: ["subnet-0a", "subnet-0b"],
  publicSubnetIds: ["subnet-1a", "subnet-1b"],
};

function problems(list: readonly unknown[], simulated = false): readonly string[] {
  return problemsIn(() => {
    validate(list as AwsEnvironment[], { simulated });
  });
}

const withNetwork = (network: object) => problems([{ ...good, network: { ...good.network, ...network } }]);
const withExisting = (network: object) => problems([{ ...good, network: { ...existing, ...network } }]);
const without = (key: string) =>
  problems([Object.fromEntries(Object.entries(good).filter(([name]) => name !== key))]);

test("a sound environment has no problems", () => {
  expect(problems([good])).toEqual([]);
});

test("a sound environment with a VPC that exists has no problems", () => {
  expect(problems([{ ...good, network: existing }])).toEqual([]);
});

test("the reference estate is sound when simulated", () => {
  expect(problems(environments, true)).toEqual([]);
});

test.each(["cloud", "prefix", "account", "region", "domain", "network", "controlPlane"])(
  "an environment without %s is told what to add, and nothing of what it got",
  (key) => {
    expect(without(key)).toEqual([
      expect.stringMatching(new RegExp(`^prod: '${key}' must be [^;]*; add it$`)),
    ]);
    expect(without(key)[0]).not.toContain(", got");
  },
);

test("an environment without a name is called by its place", () => {
  expect(without("name")).toEqual([expect.stringMatching(/^environments\[0\]: 'name' must be a DNS label/)]);
});

test("what is no environment at all is said to be none", () => {
  const mustBe = "must be an object with name, cloud, prefix and what an environment of its cloud has";
  expect(problems([null, good, [], undefined, "prod"])).toEqual([
    `environments[0]: ${mustBe}, got null`,
    `environments[2]: ${mustBe}, got []`,
    `environments[3]: ${mustBe}`,
    `environments[4]: ${mustBe}, got "prod"`,
  ]);
});

test.each([
  [{}, ", got {}"],
  [null, ", got null"],
  [{ prod: 1 }, ', got {"prod":1}'],
  [undefined, ""],
])("what is no list of environments is said to be none: %j", (list, got) => {
  expect(problems(list as never)).toEqual([`environments: must be a list of environments${got}`]);
});

test.each([
  [{ name: "Prod" }, "'name' must be a DNS label"],
  [{ cloud: "gcp" }, `'cloud' must be "aws" or "azure", got "gcp"`],
  [{ prefix: "-acme" }, "'prefix' must be a DNS label"],
  [{ account: "1234" }, "'account' must be the AWS account's number, twelve digits in quotes, got \"1234\""],
  [
    { account: 123456789012 },
    "'account' must be the AWS account's number, twelve digits in quotes, got 123456789012",
  ],
  [{ region: "ireland", network: existing }, `'region' must be a region such as "us-east-1", got "ireland"`],
  [{ domain: "acme" }, "'domain' must be a domain name"],
  [{ network: "vpc-1" }, "'network' must be"],
  [{ network: null }, "'network' must be"],
])("%j is refused", (part, message) => {
  expect(problems([{ ...good, ...part }])[0]).toContain(
    `${(part as { name?: string }).name ?? "prod"}: ${message}`,
  );
});

test("an unknown key is named, with the keys that there are", () => {
  expect(problems([{ ...good, zone: "eu-west-1a" }])).toEqual([
    "prod: 'zone' must be left out: there is no such key; the keys are name, cloud, prefix, account, region, domain, network, publicZone, controlPlane, nodePools, platform, retainData, alarmActions",
  ]);
  expect(withNetwork({ cidr: "10.0.0.0/16" })).toEqual([
    "prod/network: 'cidr' must be left out: there is no such key; " +
      "the keys are cidrBlock, peeredRanges, zones, nat, tenancy, flowLogRetentionDays",
  ]);
  expect(withExisting({ nat: "single" })).toEqual([
    expect.stringMatching(
      /^prod\/network: 'nat' must be left out: .* the keys are networkId, cidrBlock, peeredRanges, zones, /,
    ),
  ]);
});

test.each([
  [{ cidrBlock: "10.0.0.0/21" }, "'cidrBlock' must be from /16 to /20"],
  [{ cidrBlock: 10 }, "'cidrBlock' must be an IPv4 range, got 10"],
  [{ zones: ["eu-west-1a"] }, "'zones' must name two or three different zones"],
  [{ zones: ["eu-west-1a", 2] }, "'zones[1]' must be a zone's name, got 2"],
  [{ zones: ["us-east-1a", "us-east-1b"] }, "'zones' must be zones of 'eu-west-1', the environment's region"],
  [{ nat: "none" }, `'nat' must be "per-zone", "single" or "instance", got "none"`],
  [{ tenancy: "host" }, `'tenancy' must be "default" or "dedicated", got "host"`],
  [{ nat: "instance", tenancy: "dedicated" }, "'nat' must not be an instance where tenancy is dedicated"],
  [{ flowLogRetentionDays: 31 }, "'flowLogRetentionDays' must be a number of days that CloudWatch has"],
])("a network with %j is refused", (part, message) => {
  expect(withNetwork(part)).toEqual([expect.stringContaining(`prod/network: ${message}`)]);
});

test.each([
  [{ networkId: "net-1" }, "'networkId' must be a VPC's id"],
  [{ cidrBlock: "172.31.0.1/16" }, `'cidrBlock' must be the network's own address`],
  [{ zones: ["eu-west-1a", "eu-west-2b"] }, "'zones' must be zones of one region"],
  [{ privateSubnetIds: ["subnet-0a"] }, "'privateSubnetIds' must name one subnet for each of the 2 zones"],
  [
    { publicSubnetIds: ["subnet-1a", "subnet-1a"] },
    "'publicSubnetIds' must name one subnet for each of the 2 zones",
  ],
  [{ privateSubnetIds: ["subnet-0a", "b"] }, "'privateSubnetIds[1]' must be a subnet's id"],
])("an existing network with %j is refused", (part, message) => {
  expect(withExisting(part)[0]).toContain(`prod/network: ${message}`);
});

test("prefix and name that make too long a name for load balancers are refused", () => {
  expect(problems([{ ...good, name: "a".repeat(23) }])).toEqual([]);
  expect(problems([{ ...good, name: "a".repeat(24) }])).toEqual([
    expect.stringMatching(
      /: 'name' must make, with the prefix, a name for resources .* 28 letters.*; shorten 'name' or 'prefix'$/,
    ),
  ]);
});

test("two environments whose names would be one's are refused, in one account", () => {
  const one = { ...good, prefix: "a", name: "b-c" };
  const network = { ...existing, cidrBlock: "10.9.0.0/16" };
  const other = { ...good, prefix: "a-b", name: "c", network };
  expect(problems([one, other])).toEqual([
    `c: 'name' must lead to names that no other environment has (b-c makes a-b-c in ${good.account}, too), got "c"; change 'name' or 'prefix'`,
  ]);
  expect(problems([one, { ...other, account: "222222222222" }])).toEqual([]);
});

test.each(["${path.module}", '${file("/etc/hostname")}', "on call"])(
  "an ARN of %s is none, and nothing that Terraform would work out",
  (topic) => {
    expect(problems([{ ...good, alarmActions: [`arn:aws:sns:us-east-1:111111111111:${topic}`] }])).toEqual([
      expect.stringMatching(/^prod: 'alarmActions\[0\]' must be an ARN/),
    ]);
  },
);

test.each([
  ["two that are made", { cidrBlock: "10.0.128.0/20", zones: existing.zones }],
  ["one that is made and one that exists", { ...existing, cidrBlock: "10.0.0.0/12" }],
  ["two by default", { zones: existing.zones }],
])("overlapping networks are refused: %s", (_what, network) => {
  expect(problems([good, { ...good, name: "dev", network }])).toEqual([
    expect.stringMatching(
      /^dev\/network: 'cidrBlock' must not overlap with 10\.0\.0\.0\/16 of prod, or the two can never be peered/,
    ),
  ]);
});

test("an environment that left its range to the default is not accused of it", () => {
  expect(problems([good, { ...good, name: "dev" }])[0]).not.toContain(", got");
});

test("placeholders are refused for a real deploy, with the file to edit and the command to try it without", () => {
  const found = problems([{ ...good, account: "000000000000", domain: "k8s.example.com" }]);
  expect(found).toEqual([
    expect.stringMatching(
      /^prod: 'account' must be your own account's number for a real deploy, got "000000000000"; /,
    ),
    expect.stringMatching(
      /^prod: 'domain' must be your own domain for a real deploy, got "k8s\.example\.com"; /,
    ),
  ]);
  for (const line of found) {
    expect(line).toContain("put in your own in the file of prod");
    expect(line).toContain("npx keelson simulate -- cdktf deploy prod");
  }
});

test("placeholders are taken when the providers are simulated", () => {
  expect(problems([{ ...good, account: "000000000000", domain: "example.com" }], true)).toEqual([]);
});

test("placeholders of an environment without a name come with no command to paste", () => {
  const found = problems([{ ...good, name: "$(reboot)", account: "000000000000" }]);
  expect(found).toHaveLength(2);
  expect(found[1]).toMatch(/, got "000000000000"; put in your own$/);
});

test("all mistakes of all environments are reported at once", () => {
  const found = problems([
    {
      ...good,
      account: "000000000000",
      network: { zones: ["us-east-1a", "us-east-1a"], cidrBlock: "10.0.0.0/24" },
    },
    {
      ...good,
      name: "dev",
      domain: undefined,
      colour: "red",
      network: { zones: existing.zones, cidrBlock: "10.0.0.0/16" },
    },
  ]);
  expect(found.map((line) => /^(\S+: '[^']+' must \w+)/.exec(line)?.[1])).toEqual([
    "prod/network: 'cidrBlock' must be",
    "prod/network: 'zones' must name",
    "prod: 'account' must be",
    "prod/network: 'zones' must be",
    "dev: 'domain' must be",
    "dev: 'colour' must be",
    "dev/network: 'cidrBlock' must not",
  ]);
});

test.each([NaN, 10n, Symbol("x"), () => "prod"])(
  "no kind of value is too strange to be refused: case %#",
  (strange) => {
    for (const key of Object.keys(good)) {
      expect(problems([{ ...good, [key]: strange }], false)).not.toEqual([]);
    }
    for (const key of Object.keys(existing)) {
      expect(withExisting({ [key]: strange })).not.toEqual([]);
    }
  },
);

test("an unknown key with control characters stays plain text on one line", () => {
  expect(problems([{ ...good, "\u001b[2J\nprod: 'x'": 1 }])).toEqual([
    expect.stringMatching(/^prod: '\\u001b\[2J\\u000aprod: 'x'' must be left out/),
  ]);
});

const withMaster = (controlPlane: object) =>
  problems([{ ...good, controlPlane: { ...good.controlPlane, ...controlPlane } }]);

test("all that is wrong with a master is said at once, before any stack is made", () => {
  const found = withMaster({
    kubernetesVersion: "1.37.0",
    previousKubernetesVersion: "1.35.7",
    instanceType: "m7g.medium",
    diskGiB: 8,
    podCidr: "10.0.64.0/18",
    publicApi: { allowedCidrs: ["0.0.0.0/0"] },
  });
  expect(found.map((line) => line.split(" must")[0])).toEqual([
    "prod/controlPlane: 'kubernetesVersion'",
    "prod/controlPlane: 'instanceType'",
    "prod/controlPlane: 'instanceType'",
    "prod/controlPlane: 'diskGiB'",
    "prod/controlPlane/publicApi: 'allowedCidrs'",
    "prod/controlPlane: 'podCidr'",
    "prod/controlPlane: 'publicApi'",
  ]);
});

test("what stands deeper in a master is named with its path", () => {
  expect(withMaster({ image: { id: 7, architecture: "x86" } }).map((line) => line.split(",")[0])).toEqual([
    "prod/controlPlane: 'image.id' must be an image's id",
    `prod/controlPlane: 'image.architecture' must be "amd64" or "arm64"`,
  ]);
  expect(withMaster({ image: { ...good.controlPlane.image, owner: "me" } })).toEqual([
    "prod/controlPlane: 'image.owner' must be left out: there is no such key",
  ]);
});

test("a public API has to say whom it is open to", () => {
  expect(withMaster({ publicApi: {} })).toEqual([
    "prod/controlPlane: 'publicApi.allowedCidrs' must name the ranges that may reach the API; add it",
  ]);
});

test("an existing zone has to be one that the domain lies in", () => {
  const zone = (name: string) => problems([{ ...good, publicZone: { zoneId: "Z0123456789", name } }]);
  expect(zone("acme.io")).toEqual([]);
  expect(zone("prod.acme.io")).toEqual([]);
  expect(zone("me.io")).toEqual([expect.stringMatching(/^prod: 'publicZone' must be the zone of 'acme.io'/)]);
});
