import { document, named, templateOf, vault, vaultOnConsul } from "./support";

const servers = (terraform = vault()) => named(terraform, "kubernetes_stateful_set_v1", "vault");
const config = (terraform = vault()) => document(terraform, "vault", "vault.json");
const env = (terraform = vault()) => templateOf(servers(terraform)).spec.container[0]?.env;

test("three servers with Raft find one another by their names, over TLS", () => {
  expect(servers()["spec"]).toMatchObject({ replicas: "3" });
  expect(config()).toMatchObject({
    storage: {
      raft: {
        retry_join: [0, 1, 2].map((ordinal) => ({
          leader_api_addr: `https://vault-${ordinal}.vault-internal.vault.svc:8200`,
          leader_ca_cert_file: "/vault/tls/ca.crt",
        })),
      },
    },
  });
});

test("on Consul it keeps its keys below vault/, over TLS, by a token that is a file", () => {
  const terraform = vaultOnConsul();
  expect(config(terraform)).toMatchObject({
    storage: {
      consul: {
        address: "consul.consul.svc:8501",
        scheme: "https",
        path: "vault/",
        tls_ca_file: "/vault/consul/ca.crt",
      },
    },
  });
  expect(env(terraform)).toContainEqual({ name: "CONSUL_HTTP_TOKEN_FILE", value: "/vault/consul/token" });
  expect(JSON.stringify(servers(terraform))).toContain("vault-consul-token");
});

test("a Consul of one's own is enough where somebody says which Secret has its token", () => {
  const storage = { address: "consul.example:8501", grantStorage: () => "mine" };
  const terraform = vault({ storage });
  expect(config(terraform)).toMatchObject({ storage: { consul: { address: "consul.example:8501" } } });
  expect(JSON.stringify(servers(terraform))).toContain('"secret_name":"mine"');
});

test.each([
  [
    { cloud: "aws", region: "us-east-1", key: "alias/acme-prod/unseal" } as const,
    { awskms: { region: "us-east-1", kms_key_id: "alias/acme-prod/unseal" } },
  ],
  [
    { cloud: "azure", vault: "acme-prod-kv", key: "unseal" } as const,
    { azurekeyvault: { vault_name: "acme-prod-kv", key_name: "unseal" } },
  ],
])("is unsealed by the key of %j, as the machine that it runs on", (seal, stanza) => {
  const terraform = vault({ seal });
  expect(config(terraform)["seal"]).toEqual(stanza);
  expect(named(terraform, "kubernetes_namespace_v1", "vault")["metadata"]).toMatchObject({
    labels: { "keelson.io/lends-identity": "true" },
  });
});

test("listens with TLS 1.2 at least", () => {
  expect(config()).toMatchObject({
    listener: [
      { tcp: { address: "0.0.0.0:8200", tls_cert_file: "/vault/tls/tls.crt", tls_min_version: "tls12" } },
    ],
  });
  expect(JSON.stringify(config())).not.toContain("tls_disable");
});

test("is replaced by hand, standbys first, and Terraform waits for nobody", () => {
  expect(servers()).toMatchObject({
    wait_for_rollout: false,
    spec: { update_strategy: [{ type: "OnDelete" }] },
  });
});

test.each([
  [1, "1"],
  [3, "1"],
  [5, "2"],
  [7, "3"],
])("of %d servers %s may be away at a time", (count, away) => {
  expect(
    named(vault({ servers: count }), "kubernetes_pod_disruption_budget_v1", "vault")["spec"],
  ).toMatchObject({ max_unavailable: away });
});

test("the audit log has a volume of its own, and with Consul it is the only one", () => {
  const claims = (terraform = vault()) =>
    (
      servers(terraform)["spec"] as { volume_claim_template: { metadata: { name: string } }[] }
    ).volume_claim_template.map(({ metadata }) => metadata.name);
  expect(claims()).toEqual(["audit", "data"]);
  expect(claims(vaultOnConsul())).toEqual(["audit"]);
});

test("ready is who is unsealed; alive is also who is sealed, or whom nobody has initialised", () => {
  const [container] = templateOf(servers()).spec.container as unknown as Record<
    string,
    { http_get: { path: string; scheme: string } }
  >[];
  const path = (probe: string) => container?.[probe]?.http_get.path;
  expect(path("readiness_probe")).toBe("/v1/sys/health?standbyok=true&perfstandbyok=true");
  for (const probe of ["liveness_probe", "startup_probe"]) {
    expect(path(probe)).toContain("sealedcode=204&uninitcode=204");
    expect(container?.[probe]?.http_get.scheme).toBe("HTTPS");
  }
});

test("its account may write on its own pods, and nothing else", () => {
  const { rule } = named(vault(), "kubernetes_role_v1", "vault");
  expect(rule).toEqual([
    {
      api_groups: [""],
      resources: ["pods"],
      resource_names: ["vault-0", "vault-1", "vault-2"],
      verbs: ["get", "patch", "update"],
    },
  ]);
});

test("8201 is the servers' own, and 8200 theirs and that of named namespaces", () => {
  const { spec } = named(vault({ clients: ["shop"] }), "kubernetes_network_policy_v1", "vault") as {
    spec: { ingress: { from: unknown[]; ports: { port: string }[] }[] };
  };
  expect(spec.ingress.map(({ from, ports }) => [ports.map(({ port }) => port), from.length])).toEqual([
    [["8200"], 2],
    [["8201"], 1],
  ]);
  expect(JSON.stringify(spec.ingress[0])).toContain('"kubernetes.io/metadata.name":"shop"');
});

test("another setting is another pod, and says so by its configuration's digest", () => {
  const digest = (terraform = vault()) =>
    templateOf(servers(terraform)).metadata.annotations["keelson.io/config"];
  expect(digest()).toMatch(/^[0-9a-f]{10}$/);
  expect(digest(vault({ seal: { cloud: "azure", vault: "acme", key: "k" } }))).not.toBe(digest());
});
