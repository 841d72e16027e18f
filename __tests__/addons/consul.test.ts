import { CONSUL_POLICIES } from "../../lib/addons/consul/consul-policies";
import { checksum, podScripts } from "../../lib/addons/document";
import { consul, document, named, templateOf, vaultOnConsul } from "./support";

const servers = (terraform = consul()) => named(terraform, "kubernetes_stateful_set_v1", "consul");

test("three servers wait for one another, and never fewer than two elect", () => {
  expect(servers()["spec"]).toMatchObject({ replicas: "3", pod_management_policy: "Parallel" });
  expect(document(consul(), "consul", "server.json")).toMatchObject({
    server: true,
    datacenter: "prod",
    bootstrap_expect: 3,
    leave_on_terminate: true,
    autopilot: { min_quorum: 2 },
    retry_join: ["consul-server.consul.svc:8301"],
  });
});

test.each([
  [1, 1],
  [5, 3],
  [7, 4],
])("of %d servers %d are the quorum, and one at a time may go", (count, quorum) => {
  const terraform = consul({ servers: count });
  expect(document(terraform, "consul", "server.json")).toMatchObject({ autopilot: { min_quorum: quorum } });
  expect(named(terraform, "kubernetes_pod_disruption_budget_v1", "consul")["spec"]).toMatchObject({
    max_unavailable: "1",
  });
});

test("TLS, gossip encryption and access control are on, and plain HTTP, gRPC and the WAN are closed", () => {
  expect(document(consul(), "consul", "server.json")).toMatchObject({
    ports: { http: -1, https: 8501, grpc: -1, grpc_tls: -1, serf_wan: -1 },
    tls: {
      defaults: { verify_incoming: true, verify_outgoing: true, tls_min_version: "TLSv1_2" },
      internal_rpc: { verify_server_hostname: true },
    },
    encrypt_verify_incoming: true,
    encrypt_verify_outgoing: true,
    acl: { enabled: true, default_policy: "deny" },
  });
});

test("gossip key and tokens are files of Secrets, of which each is made inside the cluster", () => {
  const { spec } = templateOf(servers());
  const [secrets] = spec.volume.filter(({ name }) => name === "secrets");
  expect(JSON.stringify(secrets)).toMatch(
    /consul-gossip.*consul-management.*consul-agent-token.*consul-dns-token/,
  );
  expect(consul().resource).not.toHaveProperty("kubernetes_secret_v1");
  expect(spec.container[0]?.args).toEqual(["-config-dir=/consul/config", "-config-dir=/consul/secrets"]);
});

test("no two servers share a machine, and zones have them evenly", () => {
  expect(templateOf(servers()).spec).toMatchObject({
    affinity: {
      pod_anti_affinity: {
        required_during_scheduling_ignored_during_execution: [{ topology_key: "kubernetes.io/hostname" }],
      },
    },
    topology_spread_constraint: [
      { max_skew: 1, topology_key: "topology.kubernetes.io/zone", when_unsatisfiable: "DoNotSchedule" },
    ],
  });
});

test("what keeps data outlives the StatefulSet, and is rolled as said", () => {
  expect(servers()["spec"]).toMatchObject({
    persistent_volume_claim_retention_policy: [{ when_deleted: "Retain", when_scaled: "Retain" }],
    update_strategy: [{ type: "RollingUpdate" }],
    min_ready_seconds: 30,
    volume_claim_template: [{ spec: { resources: { requests: { storage: "10Gi" } } } }],
  });
});

test("a server is ready once it has caught up and while it knows a leader, may take ten minutes to start, and is never killed for having none", () => {
  const [container] = templateOf(servers()).spec.container;
  expect(container).toMatchObject({
    startup_probe: {
      exec: { command: ["/bin/sh", "-ec", expect.stringContaining('"$(index consistent)"')] },
      ...{ period_seconds: 5, failure_threshold: 120 },
    },
    readiness_probe: {
      exec: { command: ["/bin/sh", "-ec", expect.stringContaining("/v1/status/leader")] },
    },
  });
  expect(container).not.toHaveProperty("liveness_probe");
});

test("another configuration is another pod", () => {
  const annotations = [3, 5].map(
    (count) => templateOf(servers(consul({ servers: count }))).metadata.annotations,
  );
  expect(annotations[0]).not.toEqual(annotations[1]);
  expect(Object.keys(annotations[0] ?? {})).toEqual(["keelson.io/config"]);
});

describe("who reaches what", () => {
  const rules = (clients: string[] = []) =>
    (
      named(consul({ clients }), "kubernetes_network_policy_v1", "consul")["spec"] as {
        ingress: { from: unknown[]; ports: { port: string; protocol: string }[] }[];
      }
    ).ingress;
  const sources = (port: string, clients: string[] = []) =>
    rules(clients)
      .filter(({ ports }) => ports.some((one) => one.port === port))
      .flatMap(({ from }) => from)
      .map((from) => JSON.stringify(from));

  test.each(["8300", "8301"])("%s is the servers' own", (port) => {
    expect(sources(port, ["vault"])).toEqual([
      expect.stringContaining('"app.kubernetes.io/component":"server"'),
    ]);
  });

  test("8501 is for named namespaces and its own", () => {
    expect(sources("8501", ["vault"]).join()).toMatch(/kubernetes_namespace_v1.*"vault"/);
    expect(sources("8501")).toHaveLength(1);
  });

  test("8600 is for those and the cluster's name server", () => {
    expect(sources("8600", ["vault"]).join()).toMatch(/"vault".*"kube-system"/);
  });

  test("there is no other port, and nothing else in the namespace is called by anybody", () => {
    const ports = rules().flatMap((rule) => rule.ports.map(({ port, protocol }) => `${port}/${protocol}`));
    expect(ports.sort()).toEqual(["8300/TCP", "8301/TCP", "8301/UDP", "8501/TCP", "8600/TCP", "8600/UDP"]);
    expect(named(consul(), "kubernetes_network_policy_v1", "nobody")["spec"]).toEqual({
      pod_selector: {},
      policy_types: ["Ingress"],
    });
  });
});

test.each([
  ["consul", [8501]],
  ["consul-ui", [443]],
  ["consul-dns", [53, 53]],
])("the service %s answers at %j", (name, ports) => {
  const { spec } = named(consul(), "kubernetes_service_v1", name) as { spec: { port: { port: number }[] } };
  expect(spec.port.map(({ port }) => port)).toEqual(ports);
});

test("servers find one another before any of them is ready", () => {
  expect(named(consul(), "kubernetes_service_v1", "consul-server")["spec"]).toMatchObject({
    cluster_ip: "None",
    publish_not_ready_addresses: true,
  });
});

describe("snapshots", () => {
  const store = { cloud: "aws", region: "us-east-1", url: "https://b.s3.us-east-1.amazonaws.com" } as const;
  const job = () => named(consul({ snapshots: store }), "kubernetes_cron_job_v1", "consul-snapshot");
  const labels = (terraform = consul()) =>
    (named(terraform, "kubernetes_namespace_v1", "consul")["metadata"] as { labels: object }).labels;

  test("are taken each hour, one at a time, by a token in a file", () => {
    expect(job()["spec"]).toMatchObject({ schedule: "41 * * * *", concurrency_policy: "Forbid" });
    expect(templateOf(job()).spec.container[0]?.env).toEqual(
      expect.arrayContaining([
        { name: "CLOUD", value: "aws" },
        { name: "AWS_REGION", value: "us-east-1" },
        { name: "STORE_URL", value: "https://b.s3.us-east-1.amazonaws.com" },
        { name: "CONSUL_HTTP_TOKEN_FILE", value: "/consul/token/token" },
      ]),
    );
  });

  test("are what the namespace may act as its machine for, and nothing else is", () => {
    expect(labels(consul({ snapshots: store }))).toHaveProperty(["keelson.io/lends-identity"], "true");
    expect(labels()).not.toHaveProperty(["keelson.io/lends-identity"]);
    expect(consul().resource?.["kubernetes_cron_job_v1"]).not.toHaveProperty("consul_snapshots");
  });
});

test("another policy makes its job anew, which the provider does for what is in the environment and not for annotations", () => {
  const { metadata, spec } = templateOf(named(consul(), "kubernetes_job_v1", "consul-tokens"));
  expect(spec.container[0]?.env).toContainEqual({
    name: "SCRIPTS_CHECKSUM",
    value: checksum({ ...podScripts("kubernetes.sh", "consul-tokens.sh"), ...CONSUL_POLICIES }),
  });
  expect(metadata.annotations).toBeUndefined();
  // The labels of its pods, too, can be changed by a new job only.
  const labels = spec.container[0]?.env?.find(({ name }) => name === "LABELS")?.value ?? "";
  expect(JSON.parse(labels)).toEqual(metadata.labels);
});

test("who keeps keys in it may call it, at its API alone", () => {
  const { spec } = named(vaultOnConsul(), "kubernetes_network_policy_v1", "consul-for-storage");
  expect(spec).toMatchObject({
    pod_selector: { match_labels: { "app.kubernetes.io/component": "server" } },
    ingress: [
      {
        from: [
          {
            namespace_selector: {
              match_labels: { "kubernetes.io/metadata.name": expect.any(String) as string },
            },
          },
        ],
        ports: [{ port: "8501", protocol: "TCP" }],
      },
    ],
  });
});

test("who keeps keys in it gets a token for them alone, in a Secret of his own namespace", () => {
  const terraform = vaultOnConsul();
  const { data } = named(terraform, "kubernetes_config_map_v1", "consul-token-vault") as {
    data: Record<string, string>;
  };
  expect(data["vault.hcl"]).toContain('key_prefix "vault/" { policy = "write" }');
  expect(data["vault.hcl"]).not.toMatch(/^(acl|operator|keyring)|key_prefix ""/m);
  const { rule } = named(terraform, "kubernetes_role_v1", "consul-secrets", "vault_consul") as {
    rule: { verbs: string[]; resource_names?: string[] }[];
  };
  expect(rule.map(({ verbs, resource_names }) => [verbs, resource_names])).toEqual([
    [["create"], undefined],
    [["get", "patch"], ["vault-consul-token"]],
  ]);
});
