import { problemsIn } from "../support/problems";
import { consul, SEAL, vault } from "./support";

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
    'platform/consul: \'clients\' must be a list of namespaces, got "shop"; such as ["shop"]',
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
    'platform/consul: \'image\' must be a repository, a version, and a digest, "sha256:..." or "unverified", got {',
  ],
])("Consul with %j is refused", (props, message) => {
  expect(problemsIn(() => consul(props as Parameters<typeof consul>[0]))[0]).toContain(message);
});

test.each([
  [
    { seal: undefined },
    "platform/vault: 'seal' must name a key of the cloud's that Vault unseals itself with; such as",
  ],
  [{ seal: null }, "platform/vault: 'seal' must name a key"],
  [
    { storage: "consul" },
    'platform/vault: \'storage\' must be "raft", or a Consul that gives it room, got "consul"; such as',
  ],
  [{ seal: { cloud: "aws", region: "us-east-1" } }, "platform/vault: 'seal' must name a key"],
  [{ seal: { ...SEAL, cloud: "gcp" } }, "platform/vault: 'seal' must name a key"],
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
