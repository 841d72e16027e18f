import { readFileSync } from "node:fs";
import * as path from "node:path";
import { runInNewContext } from "node:vm";
import { Token } from "cdktf";
import { checkAzureNodePool, type IAzureCluster, storeOf } from "../../lib/azure";
import { Problems } from "../../lib/core";
import { AGENTS, BALANCERS, CLUSTER, makePools, type Pool, poolProblems } from "./support/node-pool";
import { problemsOf } from "./support/synth";

const SURROUNDINGS = { kubernetesVersion: "1.36.4", zones: ["1", "2", "3"], resourceName: "acme-prod" };

/** What is wrong with a pool by itself, quicker than by making it. */
function wrong(differs: Partial<Pool>): readonly string[] {
  const problems = new Problems("prod/agents");
  checkAzureNodePool(problems, { ...AGENTS, ...differs }, SURROUNDINGS);
  return problems.found;
}

const gen2 = { id: "Canonical:ubuntu-24_04-lts:server:24.04.202510010", architecture: "amd64" } as const;
const own = {
  id: "/subscriptions/1/resourceGroups/i/providers/Microsoft.Compute/images/node",
  architecture: "amd64",
} as const;

test("a sound pool has nothing wrong with it, whatever its role", () => {
  expect(poolProblems({})).toEqual([]);
  expect(poolProblems(BALANCERS)).toEqual([]);
});

test.each<[Partial<Pool>, string]>([
  [{ name: "private" }, "'name' must not be one of members, nat, private, pub, public, services"],
  [
    { machineTypes: ["Standard_D2_v2", "Standard_D3_v2"] },
    "'machineTypes' must be one size: all machines of a scale set are of the same",
  ],
  [{ machineTypes: ["m7i.large"] }, "'machineTypes' must be a size such as"],
  [{ machineTypes: ["Standard_D2"] }, "'machineTypes' must be a size that can stand in a zone"],
  [{ machineTypes: ["Standard_B1s"] }, "'machineTypes' must have 2 GiB, which kubeadm wants of a node"],
  [{ machineTypes: ["Standard_D2ps_v5"] }, "'machineTypes' must run the image, which is for amd64"],
  [
    { image: gen2 },
    "'machineTypes' must start the image, which is of generation 2; Standard_D2_v2 starts only generation 1",
  ],
  [{ image: { ...gen2, id: "latest" } }, "'image' must have an image's id with its version"],
  [{ spotPercent: 30 }, "'spotPercent' must be 0 or 100"],
  [{ diskGiB: 4096 }, "'diskGiB' must be at most 4095"],
  [{ maxCount: 910 }, "'maxCount' must be at most 909: a scale set takes 1000"],
  [{ maxCount: 546, image: own }, "'maxCount' must be at most 545: a scale set takes 600"],
  [
    { ...BALANCERS, maxCount: 57 },
    "'maxCount' must be at most 56: the ports of the pool's address are enough for 62",
  ],
  [{ zones: ["4"] }, "'zones' must be some of the cluster's zones (1, 2, 3)"],
  [{ labels: { Tier: "a", tier: "b" } }, "'labels' must name each key once, and capitals do not count"],
  [
    { labels: { "topology.disk.csi.azure.com/zone": "x" } },
    "'labels' must leave out topology.disk.csi.azure.com/zone",
  ],
  [
    {
      taints: [
        { key: "a", effect: "NoSchedule" },
        { key: "a", effect: "NoExecute" },
      ],
    },
    "'taints' must name each key once, and capitals do not count",
  ],
  [
    { labels: Object.fromEntries(Array.from({ length: 35 }, (_, at) => [`l${at}`, "x"])) },
    "'labels' must be fewer: with the taints they make more than the 40 tags",
  ],
])("of a pool, %j is refused", (differs, mustHold) => {
  expect(wrong(differs)).toEqual([expect.stringContaining(`prod/agents: ${mustHold}`)]);
});

test.each<Partial<Pool>>([
  { maxCount: 909 },
  { maxCount: 545, image: own },
  { ...BALANCERS, maxCount: 56 },
  { spotPercent: 100 },
  { diskGiB: 4095 },
  { machineTypes: ["Standard_B1ms"] },
  { machineTypes: ["Standard_D2s_v5"], image: gen2 },
  { labels: Object.fromEntries(Array.from({ length: 34 }, (_, at) => [`l${at}`, "x"])) },
])("of a pool, %j is taken", (differs) => {
  expect(wrong(differs)).toEqual([]);
});

test("a pool's name and the cluster's fit into a scale set's", () => {
  const resourceName = "r".repeat(48);
  const long = { resourceName };
  expect(poolProblems({ name: "n".repeat(15) }, long)).toEqual([]);
  expect(poolProblems({ name: "n".repeat(16) }, long)).toEqual([
    expect.stringContaining("'name' must be at most 15 characters: a scale set is called"),
  ]);
});

test("everything that is wrong with a pool is reported at once, and nothing of it is made", () => {
  const lines = poolProblems({
    name: "public",
    image: { id: "latest", architecture: "arm64" },
    spotPercent: 50,
    maxCount: 0,
    minCount: 0,
    diskGiB: 20,
    labels: { ["x".repeat(64)]: "y" },
  });
  expect(new Set(lines.map((line) => line.split("'")[1]))).toEqual(
    new Set(["maxCount", "labels", "diskGiB", "name", "image", "machineTypes", "spotPercent"]),
  );
});

test("what a literal cluster says is checked before it becomes rights", () => {
  const cluster: Partial<IAzureCluster> = {
    resourceName: "acme_prod",
    place: { ...CLUSTER.place, location: "East US" },
    network: { ...CLUSTER.network, privateSubnetIds: [] },
    store: { name: "*", account: "Acme", id: "/subscriptions", url: "http://acme" },
    joinSecret: {
      name: "*",
      vaultId: `${CLUSTER.joinSecret.vaultId}/secrets/witness`,
      vaultUrl: "https://v/",
    },
    nodeSecurity: { members: "sg-1", services: CLUSTER.nodeSecurity.members },
    publicZone: { name: "acme", resourceGroup: "n." },
  };
  expect(poolProblems({}, cluster).map((line) => line.split(" must ")[0])).toEqual(
    [
      ...["/cluster: 'resourceName'", "/cluster: 'place'", "/cluster/network: 'privateSubnetIds'"],
      ...["name", "account", "id", "url"].map((key) => `/cluster/store: '${key}'`),
      ...["name", "vaultId", "vaultUrl"].map((key) => `/cluster/joinSecret: '${key}'`),
      ...["members", "services"].map((key) => `/cluster/nodeSecurity: '${key}'`),
      ...["name", "resourceGroup"].map((key) => `/cluster/publicZone: '${key}'`),
    ].map((line) => `test/pools/agents${line}`),
  );
});

test("pools of one cluster are held against one another", () => {
  const together = (pools: readonly Pool[], cluster: Partial<IAzureCluster> = {}) =>
    problemsOf((stack) => makePools(stack, pools, cluster));
  expect(together([BALANCERS, { ...BALANCERS, name: "beside" }])).toEqual([
    expect.stringContaining(
      "'pools' must have one load-balancer pool at most that the wildcard name leads to",
    ),
  ]);
  expect(together([AGENTS, { ...AGENTS, name: "more" }], { podCidr: "10.244.0.0/20" })).toEqual([
    expect.stringContaining("'pools' must come to at most 16 nodes"),
  ]);
});

test("what only Terraform knows of a literal cluster is taken as it is", () => {
  const token = Token.asString({ only: "Terraform knows" });
  const { zones, cidrBlock, privateSubnetIds, publicSubnetIds } = CLUSTER.network;
  expect(
    poolProblems(BALANCERS, {
      place: { subscription: token, resourceGroup: token, location: token },
      network: { networkId: token, zones, cidrBlock, privateSubnetIds, publicSubnetIds },
      store: { name: token, account: token, id: token, url: token },
      joinSecret: { name: token, vaultId: token, vaultUrl: token },
      nodeSecurity: { members: token, services: token },
      publicZone: { name: token, resourceGroup: token },
    }),
  ).toEqual([]);
});

test("the literal cluster that the documentation shows is a sound one", () => {
  const page = readFileSync(path.join(__dirname, "../../docs/node-pools.md"), "utf8");
  const group = /^const group = "(.*)";$/m.exec(page)?.[1];
  const literal = /^const cluster: IAzureCluster = (\{.*?^\});$/ms.exec(page)?.[1];
  const cluster = runInNewContext(`(${literal})`, { group, storeOf }) as IAzureCluster;
  expect(Object.keys(cluster)).toEqual(Object.keys(CLUSTER));
  expect(poolProblems({}, cluster)).toEqual([]);
  expect(poolProblems(BALANCERS, cluster)).toEqual([]);
});
