import { readFileSync } from "node:fs";
import * as path from "node:path";
import { runInNewContext } from "node:vm";
import { Token } from "cdktf";
import type { IAwsCluster } from "../../lib/aws";
import { CLUSTER, poolProblems } from "../support/node-pool";

const AT = "test/pools/general";

test("the cluster that it is given is looked at, as far as the pool needs it", () => {
  const network = {
    networkId: "vpc-1",
    cidrBlock: "10.0.0.0/16",
    zones: ["us-east-1a", "us-east-1b"],
    privateSubnetIds: ["subnet-a"],
    publicSubnetIds: [],
  };
  const zones = "must be one for each of the zones (us-east-1a, us-east-1b), in their order";
  expect(poolProblems({}, { network })).toEqual([
    `${AT}/cluster/network: 'privateSubnetIds' ${zones}, got ["subnet-a"]`,
  ]);
  expect(poolProblems({ role: "loadbalancer" }, { network })).toEqual([
    `${AT}/cluster/network: 'publicSubnetIds' ${zones}, got []`,
  ]);
  expect(poolProblems({}, { kubernetesVersion: "1.20.0", resourceName: "a_b" })).toEqual([
    expect.stringContaining(`${AT}/cluster: 'kubernetesVersion' must be of a supported minor`),
    expect.stringContaining(`${AT}/cluster: 'resourceName' must be at most 28 letters`),
  ]);
});

test.each<[string, Partial<IAwsCluster>, string]>([
  ["every parameter", { joinParameter: "/*" }, `: 'joinParameter' must be a parameter's whole name`],
  ["parameters like one", { joinParameter: "/keelson/?/join" }, `: 'joinParameter' must be a parameter's`],
  ["a parameter without a path", { joinParameter: "join" }, `: 'joinParameter' must be a parameter's whole`],
  ["no parameter", { joinParameter: "" }, `: 'joinParameter' must be a parameter's whole name`],
  ["a key's id", { sealingKey: "1234abcd-12ab" }, `: 'sealingKey' must be a key's alias`],
  ["every alias", { sealingKey: "alias/*" }, `: 'sealingKey' must be a key's alias`],
  ["AWS' own keys", { sealingKey: "alias/aws/ssm" }, `: 'sealingKey' must be a key's alias`],
  ["every bucket", { store: { ...CLUSTER.store, name: "*" } }, "/store: 'name' must be 3 to 63 lower-case"],
  [
    "a store in clear",
    { store: { ...CLUSTER.store, url: "http://a.b" } },
    "/store: 'url' must be an address",
  ],
  [
    "a slash too many",
    { store: { ...CLUSTER.store, url: "https://a.b/" } },
    "/store: 'url' must be an address",
  ],
  [
    "no group",
    { nodeSecurity: { members: "", services: "sg-1" } },
    "/nodeSecurity: 'members' must be a secu",
  ],
  [
    "a group's name",
    { nodeSecurity: { members: "sg-1", services: "web" } },
    "/nodeSecurity: 'services' must",
  ],
  [
    "no network",
    { network: { ...CLUSTER.network, networkId: "" } },
    "/network: 'networkId' must be a VPC's id",
  ],
  [
    "no zone",
    { publicZone: { zoneId: "", domain: "prod.acme.io" } },
    "/publicZone: 'zoneId' must be a zone's",
  ],
  [
    "a domain with a wildcard",
    { publicZone: { zoneId: "Z1", domain: "*.io" } },
    "/publicZone: 'domain' must be",
  ],
  [
    "a version that is taken back",
    { previousKubernetesVersion: "1.37.0" },
    ": 'kubernetesVersion' must be of",
  ],
  [
    "no version before",
    { previousKubernetesVersion: "1.35" },
    ": 'previousKubernetesVersion' must be a full",
  ],
])("a cluster with %s is refused", (_, own, line) => {
  expect(poolProblems({}, own)).toEqual([expect.stringContaining(`${AT}/cluster${line}`)]);
});

test("all that is wrong with a cluster is said at once, with what was got", () => {
  expect(
    poolProblems({}, { joinParameter: "/*", sealingKey: "key", store: { name: "*", url: "ftp://a" } }).map(
      (line) => [line.split("'")[1], line.split(", got ")[1]],
    ),
  ).toEqual([
    ["sealingKey", '"key"'],
    ["joinParameter", '"/*"'],
    ["name", '"*"'],
    ["url", '"ftp://a"'],
  ]);
});

test("what only Terraform knows of a cluster is taken as it is", () => {
  const token = Token.asString({ resolve: () => "${data.x.y.id}" });
  expect(
    poolProblems(
      {},
      {
        sealingKey: token,
        joinParameter: token,
        store: { name: token, url: `https://${token}` },
        nodeSecurity: { members: token, services: token },
        network: { ...CLUSTER.network, networkId: token },
        publicZone: { zoneId: token, domain: token },
      },
    ),
  ).toEqual([]);
});

test("the literal cluster that the documentation shows is a sound one", () => {
  const page = readFileSync(path.join(__dirname, "../../docs/node-pools.md"), "utf8");
  const literal = /^const cluster: IAwsCluster = (\{.*?^\});$/ms.exec(page)?.[1];
  const cluster = runInNewContext(`(${literal})`) as IAwsCluster;
  expect(Object.keys(cluster)).toEqual(Object.keys(CLUSTER));
  expect(poolProblems({}, cluster)).toEqual([]);
  expect(poolProblems({ role: "loadbalancer" }, cluster)).toEqual([]);
});
