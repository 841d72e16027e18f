import { type AzureEnvironment, type Environment, validate } from "../../stacks";
import { problemsIn } from "../support/problems";

const SUBSCRIPTION = "11111111-2222-3333-4444-555555555555";
const VNET = `/subscriptions/${SUBSCRIPTION}/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/net`;

const good: AzureEnvironment = {
  name: "prod",
  cloud: "azure",
  prefix: "acme",
  subscription: SUBSCRIPTION,
  location: "westeurope",
  domain: "acme.io",
  network: { zones: ["1", "2", "3"] },
  controlPlane: {
    kubernetesVersion: "1.36.4",
    image: { id: "Canonical:ubuntu-24_04-lts:server:24.04.202510010", architecture: "amd64" },
  },
};

const existing = {
  networkId: VNET,
  cidrBlock: "172.20.0.0/16",
  zones: ["1", "2"],
  privateSubnetIds: [`${VNET}/subnets/private`],
  publicSubnetIds: [`${VNET}/subnets/public`],
};

function problems(list: readonly unknown[], simulated = false): readonly string[] {
  return problemsIn(() => {
    validate(list as Environment[], { simulated });
  });
}

const withPart = (part: object) => problems([{ ...good, ...part }]);
const withNetwork = (network: object) => withPart({ network: { ...good.network, ...network } });
const withMaster = (controlPlane: object) =>
  withPart({ controlPlane: { ...good.controlPlane, ...controlPlane } });

test("a sound environment has no problems, with a virtual network that exists either", () => {
  expect(problems([good])).toEqual([]);
  expect(withPart({ network: existing })).toEqual([]);
});

test.each(["prefix", "subscription", "location", "domain", "network", "controlPlane"])(
  "an environment without %s is told what to add, and nothing of what it got",
  (key) => {
    const found = problems([Object.fromEntries(Object.entries(good).filter(([name]) => name !== key))]);
    expect(found).toEqual([expect.stringMatching(new RegExp(`^prod: '${key}' must be [^;]*; add it$`))]);
  },
);

test.each([
  [{ subscription: "1111" }, "prod: 'subscription' must be a subscription's id in lower case"],
  [{ location: "East US" }, `prod: 'location' must be a region such as "eastus", got "East US"`],
  [
    { prefix: "a".repeat(44) },
    "prod: 'name' must make, with the prefix, a name for resources (it must be at most 48",
  ],
  [
    { account: "123456789012" },
    "prod: 'account' must be left out: there is no such key; the keys are name, cloud, ",
  ],
  [{ alarmActions: ["arn:aws:sns:eu-west-1:123456789012:x"] }, "prod: 'alarmActions' must be"],
])("%j is refused", (part, message) => {
  expect(withPart(part)).toEqual([expect.stringContaining(message)]);
});

test.each([
  [{ zones: ["1"] }, "'zones' must name two or three different zones"],
  [{ zones: ["1", "4"] }, `'zones' must be zones: "1", "2" or "3", got ["4"]`],
  [{ cidrBlock: "10.0.0.0/24" }, "'cidrBlock' must be from /16 to /20"],
  [
    { peeredRanges: ["10.1.0.0/16", "10.0.128.0/20"] },
    `'peeredRanges' must be apart from the network's own range, 10.0.0.0/16, or nothing can be routed between the two, got "10.0.128.0/20"`,
  ],
  [{ peeredRanges: ["10.1.0.0"] }, "'peeredRanges' must be"],
  [
    { nat: "single" },
    "'nat' must be left out: there is no such key; the keys are cidrBlock, peeredRanges, zones",
  ],
])("a network with %j is refused", (part, message) => {
  expect(withNetwork(part)).toEqual([expect.stringContaining(`prod/network: ${message}`)]);
});

test("pods and services have no address of a peered network", () => {
  const network = { ...good.network, peeredRanges: ["10.244.0.0/20", "10.96.0.0/12"] };
  expect(withPart({ network })).toEqual([
    expect.stringContaining(
      "prod/controlPlane: 'podCidr' must not overlap with the peered network, 10.244.0.0/20",
    ),
    expect.stringContaining(
      "prod/controlPlane: 'serviceCidr' must not overlap with the peered network, 10.96.0.0/12",
    ),
  ]);
});

test.each([
  [{ networkId: "vnet" }, "'networkId' must be a virtual network's id"],
  [{ privateSubnetIds: [] }, "'privateSubnetIds' must name one private subnet"],
  [{ publicSubnetIds: ["public"] }, "'publicSubnetIds[0]' must be a subnet's id"],
  [{ peeredRanges: ["172.20.4.0/24"] }, "'peeredRanges' must be apart from the network's own range"],
])("an existing network with %j is refused", (part, message) => {
  expect(withPart({ network: { ...existing, ...part } })).toEqual([
    expect.stringContaining(`prod/network: ${message}`),
  ]);
});

test.each([
  [{ instanceType: "Standard_NV6" }, "'instanceType' must be a size that can stand in a zone"],
  [{ instanceType: "Standard_D3_v2" }, "'instanceType' must start the image, which is of generation 2"],
  [{ instanceType: "m5.large" }, `'instanceType' must be a size such as "Standard_D2s_v5"`],
  [
    { image: { id: "ami-0a1b2c3d", architecture: "amd64" } },
    "'image' must have an image's id with its version",
  ],
  [{ publicApi: { allowedCidrs: ["203.0.113.0/24"] } }, "'publicApi' must have a public zone to be named in"],
])("a master with %j is refused", (part, message) => {
  expect(withMaster(part)).toEqual([expect.stringContaining(`prod/controlPlane: ${message}`)]);
});

describe("in the shape that Azure Container Service gave", () => {
  const image = { id: "Canonical:ubuntu-24_04-lts:server-gen1:24.04.202510010", architecture: "amd64" };
  const agents = { image, maxCount: 6 };
  const controlPlane = { ...good.controlPlane, image };
  const withAgents = (own: object, master: object = {}) =>
    withPart({ controlPlane: { ...controlPlane, ...master }, agents: { ...agents, ...own } });

  test("sizes and the least count need not be said", () => {
    expect(withAgents({})).toEqual([]);
  });

  test.each([
    [{ minCount: 2 }, "'minCount' must be at least 3 (IEP-4 keeps three agents running), got 2"],
    [{ minCount: 7 }, "'minCount' must be at most 'maxCount', which is 6, got 7"],
    [{ minCount: "3" }, `'minCount' must be a number of machines, got "3"`],
    [
      { name: "x" },
      "'name' must be left out: there is no such key; the keys are machineTypes, image, minCount",
    ],
    [{ maxCount: undefined }, "'maxCount' must be a number of machines; add it"],
    [{ machineTypes: ["Standard_NV6"] }, "'machineTypes' must"],
    [{ image: { ...image, id: "Canonical:ubuntu-24_04-lts:server:24.04.202510010" } }, "'machineTypes' must"],
    [{ zones: ["9"] }, "'zones' must be some of the cluster's zones (1, 2, 3), each once"],
  ])("agents with %j are refused", (own, message) => {
    expect(withAgents(own)).toEqual([expect.stringContaining(`prod/agents: ${message}`)]);
  });

  test("the master's default is Dv2, which its image has to suit", () => {
    expect(withAgents({}, { image: good.controlPlane.image })).toEqual([
      expect.stringContaining(
        "prod/controlPlane: 'instanceType' must start the image, which is of generation 2",
      ),
    ]);
  });

  test.each([null, 7, "three"])(
    "agents that are %j are none, and all else is looked at as well",
    (agents) => {
      expect(withPart({ agents, domain: "acme" })).toEqual([
        expect.stringContaining("prod: 'domain' must be a domain name"),
        expect.stringContaining("prod: 'agents' must be the agents' image, maxCount and the like"),
      ]);
    },
  );

  test("no other pool has the agents' name, and all fit into the range of pods together", () => {
    const pool = { name: "agents", machineTypes: ["Standard_D2s_v5"], image, minCount: 0, maxCount: 300 };
    expect(withPart({ controlPlane, agents, nodePools: [pool] })).toEqual([
      expect.stringContaining("prod: 'nodePools' must have a name of its own each"),
      expect.stringContaining("prod: 'nodePools' must come to at most 256 nodes"),
    ]);
  });
});

test("a zone that exists has to be of the environment's own subscription", () => {
  const of = (subscription: string) => ({
    zoneId: `/subscriptions/${subscription}/resourceGroups/names/providers/Microsoft.Network/dnsZones/acme.io`,
    name: "acme.io",
  });
  expect(withPart({ publicZone: of(SUBSCRIPTION) })).toEqual([]);
  // As Azure's own tools write it.
  const written = of(SUBSCRIPTION)
    .zoneId.replace("resourceGroups", "resourcegroups")
    .replace("dnsZones", "dnszones");
  expect(withPart({ publicZone: { zoneId: written, name: "acme.io" } })).toEqual([]);
  expect(withPart({ publicZone: of(SUBSCRIPTION.replace("1", "9")) })).toEqual([
    expect.stringContaining(
      `prod: 'publicZone' must be a zone of the stack's own subscription, ${SUBSCRIPTION}`,
    ),
  ]);
});

test.each([
  { network: { ...existing, privateSubnetIds: [`${VNET}/subnets/${'${file("x")}'}`] } },
  { network: { ...existing, privateFence: { name: "${path.cwd}", resourceGroup: "net" } } },
  { network: { ...existing, privateFence: { name: "fence", resourceGroup: "" } } },
  {
    alarmActions: [
      `/subscriptions/${SUBSCRIPTION}/resourceGroups/${"${path.cwd}"}/providers/Microsoft.Insights/actionGroups/a`,
    ],
  },
  {
    publicZone: {
      zoneId: `/subscriptions/${SUBSCRIPTION}/resourceGroups/${"${path.cwd}"}/providers/Microsoft.Network/dnsZones/acme.io`,
      name: "acme.io",
    },
  },
])("what Terraform would evaluate is no id: %j", (part) => {
  expect(withPart(part)).toHaveLength(1);
});

test("all that is wrong is said together", () => {
  const found = problems([
    {
      ...good,
      subscription: "x",
      network: { zones: ["1"], peeredRanges: ["10.0.0.0/12"] },
      controlPlane: { ...good.controlPlane, instanceType: "m5.large" },
    },
  ]);
  expect(found.map((line) => line.slice(0, line.indexOf(" must")))).toEqual([
    "prod: 'subscription'",
    "prod/network: 'zones'",
    "prod/controlPlane: 'instanceType'",
    "prod/network: 'peeredRanges'",
  ]);
});

test("environments on two clouds must not overlap either, and may have the same names", () => {
  const other = {
    name: "prod",
    cloud: "aws",
    prefix: "acme",
    account: "123456789012",
    region: "eu-west-1",
    domain: "acme.io",
    network: { cidrBlock: "10.0.0.0/16", zones: ["eu-west-1a", "eu-west-1b"] },
    controlPlane: {
      kubernetesVersion: "1.36.4",
      image: { id: "ami-0a1b2c3d4e5f60718", architecture: "amd64" },
    },
  };
  expect(problems([good, { ...other, name: "test" }])).toEqual([
    expect.stringContaining("test/network: 'cidrBlock' must not overlap with 10.0.0.0/16 of prod"),
  ]);
  expect(
    problems([good, { ...other, name: "test", network: { ...other.network, cidrBlock: "10.1.0.0/16" } }]),
  ).toEqual([]);
});

test("placeholders are refused for a real deploy, and taken for a simulated one", () => {
  const placeholders = {
    ...good,
    subscription: "00000000-0000-0000-0000-000000000000",
    domain: "example.com",
    controlPlane: {
      ...good.controlPlane,
      image: { id: "Canonical:ubuntu-24_04-lts:server:0.0.0", architecture: "amd64" },
    },
  };
  expect(problems([placeholders], true)).toEqual([]);
  expect(problems([placeholders]).map((line) => line.slice(0, line.indexOf(" must")))).toEqual([
    "prod: 'subscription'",
    "prod/controlPlane: 'image'",
    "prod: 'domain'",
  ]);
});

test("ranges of the public API share no address, which Azure refuses in a rule", () => {
  const publicApi = { allowedCidrs: ["203.0.113.0/24", "203.0.113.0/25", "198.51.100.0/24"] };
  expect(withPart({ publicZone: "new", controlPlane: { ...good.controlPlane, publicApi } })).toEqual([
    expect.stringContaining(
      `prod/controlPlane/publicApi: 'allowedCidrs' must be apart from each other: Azure takes no two in a rule that share an address, got ["203.0.113.0/24","203.0.113.0/25"]`,
    ),
  ]);
});
