import { TerraformVariable } from "cdktf";
import { Consul, Vault } from "../../lib/addons";
import { problemsIn } from "../support/problems";
import { CLUSTER, consul, SEAL, synthAddons, vault } from "./support";

const LONG = "n".repeat(64);

test.each([
  [
    { servers: 2 },
    "platform/consul: 'servers' must be one of 1, 3, 5, 7: an even number bears the loss of no more servers than one less, got 2; take three, or five where two may fail at once",
  ],
  [{ servers: 9 }, "platform/consul: 'servers' must be one of 1, 3, 5, 7"],
  [{ namespace: LONG }, `platform/consul: 'namespace' must be a DNS label: at most 63`],
  [{ datacenter: "Prod" }, "platform/consul: 'datacenter' must be a DNS label"],
  [{ clients: ["a_b"] }, "platform/consul: 'clients' must be a DNS label"],
  [
    { clients: "shop" },
    'platform/consul: \'clients\' must be a list of namespaces, such as ["shop"], got "shop"',
  ],
  [{ team: "" }, "platform/consul: 'team' must be a DNS label"],
  [{ diskGiB: 1.5 }, "platform/consul: 'diskGiB' must be a whole number of GiB from 1 to 16384, got 1.5"],
  [
    { cluster: { name: "prod", kubernetesVersion: "1.30.2" } },
    "platform/consul/cluster: 'kubernetesVersion' must be of a supported minor",
  ],
  [
    { cluster: { name: LONG, kubernetesVersion: "1.36.4" } },
    "platform/consul/cluster: 'name' must be a DNS label",
  ],
  [
    { image: { repository: "mirror/consul", version: "2.0.3", digest: "latest" } },
    "platform/consul: 'image' must be a repository without a tag, a version of at most 63 characters, and a digest,",
  ],
  [
    { namespace: "kube-system" },
    "platform/consul: 'namespace' must be a namespace of its own, and not one of",
  ],
  [{ storageClass: "" }, "platform/consul: 'storageClass' must be a name of Kubernetes'"],
  [{ priorityClass: "very high" }, "platform/consul: 'priorityClass' must be a name of Kubernetes'"],
  [{ nodeLabels: { "a b": "c" } }, "platform/consul: 'nodeLabels' must have keys of at most 63"],
  [{ nodeLabels: { a: "b c" } }, "platform/consul: 'nodeLabels' must have values of at most 63"],
  [
    { taints: [{ key: "a b", effect: "NoSchedule" as const }] },
    "platform/consul: 'taints' must have keys of",
  ],
  [
    { snapshots: { cloud: "azure", url: "https://acme.blob.core.windows.net/" } as const },
    "platform/consul: 'snapshots' must be an object store: its cloud, on AWS its region, and its address without a slash",
  ],
])("Consul with %j is refused", (props, message) => {
  expect(problemsIn(() => consul(props as Parameters<typeof consul>[0]))[0]).toContain(message);
});

test.each([
  [
    { seal: undefined },
    "platform/vault: 'seal' must name a key of the cloud's that Vault unseals itself with, in words and not by a reference; such as",
  ],
  [{ seal: null }, "platform/vault: 'seal' must name a key"],
  [
    { storage: "consul" },
    'platform/vault: \'storage\' must be "raft", or a Consul: with grantStorage, and its address in words, as a host and a port, got "consul"; such as the construct',
  ],
  [{ seal: { cloud: "aws", region: "us-east-1" } }, "platform/vault: 'seal' must name a key"],
  [{ seal: { ...SEAL, cloud: "gcp" } }, "platform/vault: 'seal' must name a key"],
  [{ seal: { ...SEAL, key: "" } }, "platform/vault: 'seal' must name a key"],
  [{ seal: { ...SEAL, vault: "acme" } }, "platform/vault: 'seal' must name a key"],
  [{ seal: { cloud: "azure", vault: 'a"b', key: "unseal" } }, "platform/vault: 'seal' must name a key"],
  [{ storage: "file" }, "platform/vault: 'storage' must be \"raft\", or a Consul"],
  [{ storage: { address: "https://a:1", grantStorage: () => "a" } }, "platform/vault: 'storage' must be"],
  [
    { storage: { address: "a:1", grantStorage: () => "A b" } },
    "platform/vault: 'storage.grantStorage()' must be a name of Kubernetes'",
  ],
  [{ servers: 4 }, "platform/vault: 'servers' must be one of 1, 3, 5, 7"],
  [{ namespace: LONG }, "platform/vault: 'namespace' must be a DNS label"],
  [{ auditGiB: 0 }, "platform/vault: 'auditGiB' must be a whole number of GiB"],
  [{ clients: ["-"] }, "platform/vault: 'clients' must be a DNS label"],
  [
    { cluster: { name: "prod", kubernetesVersion: "1.38.0" } },
    "platform/vault/cluster: 'kubernetesVersion' must be of a supported minor",
  ],
])("Vault with %j is refused", (props, message) => {
  expect(problemsIn(() => vault(props as Parameters<typeof vault>[0]))[0]).toContain(message);
});

test("all that is wrong is said together", () => {
  expect(problemsIn(() => consul({ servers: 2, diskGiB: 0, team: "" }))).toHaveLength(3);
});

const IMAGE = { repository: "mirror/consul", version: "2.0.3", digest: "unverified" };

test.each([
  [{ digest: "unverified" }],
  [{ ...IMAGE, repository: "mirror/consul:2.0.3" }],
  [{ ...IMAGE, repository: "mirror//consul" }],
  // The value of a label, too, which ends with a letter or digit.
  [{ ...IMAGE, version: "2.0." }],
  [{ ...IMAGE, version: `2.${"0".repeat(62)}` }],
  [{ ...IMAGE, version: "latest\n" }],
])("no pod could run %j", (image) => {
  expect(problemsIn(() => consul({ image: image as typeof IMAGE }))).toEqual([
    expect.stringContaining("platform/consul: 'image' must be a repository"),
  ]);
});

test("an image of a registry of one's own is one", () => {
  const digest = `sha256:${"0".repeat(64)}`;
  expect(
    problemsIn(() => consul({ image: { ...IMAGE, repository: "mirror:5000/a/consul", digest } })),
  ).toEqual([]);
});

test.each([
  [{ cluster: undefined }, "'cluster' must be a cluster"],
  [{ cluster: null }, "'cluster' must be a cluster"],
  [{ clients: null }, "'clients' must be a list of namespaces"],
  // Whose letters would be namespaces.
  [{ clients: "shop" }, "'clients' must be a list of namespaces"],
  [{ taints: null }, "'taints' must be a list of taints"],
  [{ taints: [{}] }, "'taints' must be a list of taints"],
  [{ nodeLabels: null }, "'nodeLabels' must be labels by key"],
  [{ image: null }, "'image' must be a repository"],
  [{ servers: "3" }, "'servers' must be one of"],
])("from plain JavaScript, %j is refused in words", (props, message) => {
  const given = props as unknown as Parameters<typeof consul>[0];
  expect(problemsIn(() => consul(given))).toEqual([expect.stringContaining(`platform/consul: ${message}`)]);
  expect(problemsIn(() => vault(given))).toEqual([expect.stringContaining(`platform/vault: ${message}`)]);
});

test.each([{ snapshots: null }, { snapshots: {} }, { snapshots: { cloud: "gcp", url: "https://a" } }])(
  "no snapshot goes to %j",
  (props) => {
    expect(problemsIn(() => consul(props as unknown as Parameters<typeof consul>[0]))).toHaveLength(1);
  },
);

test.each([null, { cloud: "__proto__" }, { cloud: "constructor" }])("no Vault is sealed with %j", (seal) => {
  expect(problemsIn(() => vault({ seal } as unknown as Parameters<typeof vault>[0]))).toHaveLength(1);
});

test("what only Terraform knows names a class, and neither a seal nor a place in it that pods are told by a checksum", () => {
  const given = (props: (text: string) => object) =>
    problemsIn(() => {
      synthAddons((stack) => {
        const { stringValue } = new TerraformVariable(stack, "text", { type: "string" });
        new Vault(stack, "vault", { cluster: CLUSTER, seal: SEAL, ...props(stringValue) });
      });
    });
  expect(given((storageClass) => ({ storageClass, priorityClass: storageClass }))).toEqual([]);
  expect(given((key) => ({ seal: { ...SEAL, key } }))).toEqual([
    expect.stringMatching(/'seal' must name a key .* in words and not by a reference/),
  ]);
  expect(given((address) => ({ storage: { address, grantStorage: () => "a" } }))).toHaveLength(1);
});

test("two add-ons of a cluster have a namespace each", () => {
  const two = (name: string, namespace?: string) =>
    problemsIn(() => {
      synthAddons((stack) => {
        new Consul(stack, "one", { cluster: CLUSTER });
        new Consul(stack, "two", { cluster: { ...CLUSTER, name }, namespace });
      });
    });
  expect(two("prod")).toEqual([
    "platform/two/namespace: 'name' must be a namespace that no other add-on has (platform/one/namespace makes it, too), " +
      "got \"consul\"; give one of the two another 'namespace'",
  ]);
  expect(two("prod", "other")).toEqual([]);
  expect(two("another")).toEqual([]);
});

test("two Vaults never keep their keys at one place", () => {
  const lines = problemsIn(() => {
    synthAddons((stack) => {
      const storage = new Consul(stack, "consul", { cluster: CLUSTER });
      new Vault(stack, "one", { cluster: CLUSTER, seal: SEAL, storage });
      new Vault(stack, "two", { cluster: CLUSTER, seal: SEAL, storage, namespace: "two" });
    });
  });
  expect(lines).toEqual([
    expect.stringContaining(
      "platform/consul: 'grantStorage: path' must be the only one: vault/ is somebody's already",
    ),
  ]);
});

test.each(["", "a/b/", "vault", 'x" { policy = "write" }/', `${"n".repeat(41)}/`])(
  "nobody keeps anything below %j of Consul's",
  (path) => {
    const lines = problemsIn(() => {
      synthAddons((stack) => {
        new Consul(stack, "consul", { cluster: CLUSTER }).grantStorage(stack, { namespace: "shop", path });
      });
    });
    expect(lines).toEqual([
      expect.stringContaining("platform/consul: 'grantStorage: path' must be at most 40"),
    ]);
  },
);
