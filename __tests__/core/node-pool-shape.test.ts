import { Token } from "cdktf";
import { checkNodePool, type NodePoolSpec, Problems } from "../../lib/core";

const general: NodePoolSpec = {
  name: "general",
  machineTypes: ["m7g.large"],
  image: { id: "ami-0a1b2c3d4e5f60718", architecture: "arm64" },
  minCount: 3,
  maxCount: 12,
};

/** What is wrong with a pool out of JSON, where it differs from a sound one. */
function wrong(differs: object): readonly string[] {
  const problems = new Problems("prod");
  checkNodePool(problems, { ...general, ...differs }, { kubernetesVersion: "1.36.4", zones: ["us-east-1a"] });
  return problems.found;
}

test.each(["constructor", "__proto__", "toString"])("%s is no role", (role) => {
  expect(wrong({ role })).toEqual([`prod: 'role' must be one of worker, loadbalancer, got "${role}"`]);
});

test.each<[string, unknown]>([
  ...["name", "role", "wildcard", "machineTypes", "image", "minCount", "maxCount"].map(
    (key): [string, unknown] => [key, null],
  ),
  ...["labels", "taints", "diskGiB", "zones", "spotPercent", "kubernetesVersion"].map(
    (key): [string, unknown] => [key, null],
  ),
  ...["name", "machineTypes", "image", "minCount", "maxCount"].map((key): [string, unknown] => [
    key,
    undefined,
  ]),
  ["name", 7],
  ["wildcard", "false"],
  ["machineTypes", "m7g.large"],
  ["machineTypes", [7]],
  ["image", "ami-0a1b2c3d4e5f60718"],
  ["minCount", "3"],
  ["maxCount", "12"],
  ["labels", [["tier", "general"]]],
  ["labels", { tier: 1 }],
  ["labels", { tier: true }],
  ["labels", { tier: null }],
  ["taints", { key: "a", effect: "NoSchedule" }],
  ["taints", [null]],
  ["taints", [{ effect: "NoSchedule" }]],
  ["taints", [{ key: "a", value: 7, effect: "NoSchedule" }]],
  ["taints", [{ key: "a", value: true, effect: "NoSchedule" }]],
  ["zones", "us-east-1a"],
  ["kubernetesVersion", 1.36],
])("a pool's %s may not be %j, which is said of it alone", (key, value) => {
  expect(wrong({ [key]: value })).toEqual([expect.stringContaining(`prod: '${key}' must `)]);
});

test("what is misshapen keeps no other mistake back", () => {
  expect(
    wrong({ labels: null, role: null, diskGiB: 8, minCount: -1 }).map((line) => line.split("'")[1]),
  ).toEqual(["role", "labels", "minCount", "diskGiB"]);
});

test("a count that only Terraform knows is said to be so, and never as a number", () => {
  expect(wrong({ maxCount: Token.asNumber({ resolve: () => 3 }) })).toEqual([
    "prod: 'maxCount' must be a whole number from 1 to 5000, got a value that only Terraform knows",
  ]);
});
