import { addStacks, kubeconfigAccess } from "../../stacks";
import type { Environment } from "../../stacks/environments/environment";
import { prodEastus } from "../../stacks/environments/prod-eastus";
import { prodUsEast1 } from "../../stacks/environments/prod-us-east-1";
import { document, named, templateOf } from "../addons/support";
import { estate } from "../support/estate";
import { synthApp, type Terraform } from "../support/synth";

const stacks = estate();
const aws = stacks["prod-us-east-1-platform"] as Terraform;
const azure = stacks["prod-eastus-platform"] as Terraform;
const kubernetes = (terraform: Terraform) => terraform.provider?.["kubernetes"]?.[0];

test("an environment without a platform has no such stack", () => {
  expect(Object.keys(stacks).filter((id) => id.endsWith("-platform"))).toEqual([
    "prod-eastus-platform",
    "prod-us-east-1-platform",
  ]);
});

test.each([
  ["prod-us-east-1", aws],
  ["prod-eastus", azure],
])(
  "the provider of %s's platform asks for a credential each time, and knows no secret",
  (environment, terraform) => {
    expect(kubernetes(terraform)).toEqual({
      host: "${data.terraform_remote_state.cluster.outputs.public_endpoint}",
      cluster_ca_certificate: expect.stringMatching(/^\$\{data\.\w+\.ca\.(insecure_)?value\}$/) as string,
      exec: [
        {
          api_version: "client.authentication.k8s.io/v1",
          command: "npx",
          args: ["--no", "keelson", "credential", environment],
        },
      ],
    });
    expect(stacks[environment]?.output).toHaveProperty("public_endpoint");
  },
);

test("a cluster that cannot be reached from outside is reached inside", () => {
  const { publicApi, ...controlPlane } = prodUsEast1.controlPlane;
  expect(publicApi).toBeDefined();
  const found = synthApp((app) => {
    addStacks(app, { ...prodUsEast1, controlPlane });
  });
  const platform = found["prod-us-east-1-platform"] as Terraform;
  expect(kubernetes(platform)?.["host"]).toBe("${data.terraform_remote_state.cluster.outputs.endpoint}");
});

test("the authority's certificate is read from where the master publishes it", () => {
  expect(aws.data?.["aws_ssm_parameter"]?.["ca"]).toEqual({ name: "/keelson/keelson-prod-us-east-1/ca" });
  expect(azure.data?.["azurerm_key_vault_secret"]?.["ca"]).toMatchObject({ name: "ca" });
});

test.each([
  ["prod-us-east-1", aws, "s3"],
  ["prod-eastus", azure, "azurerm"],
])("the state of %s's platform lies beside its other stacks'", (environment, terraform, backend) => {
  const backendOf = (id: string) =>
    (stacks[id]?.terraform as { backend: Record<string, Record<string, unknown>> }).backend[backend];
  expect({ ...backendOf(`${environment}-platform`), key: "" }).toEqual({
    ...backendOf(environment),
    key: "",
  });
  expect(backendOf(`${environment}-platform`)?.["key"]).toBe(`${environment}-platform.tfstate`);
  expect(terraform.data?.["terraform_remote_state"]?.["cluster"]).toMatchObject({
    backend,
    config: { key: `${environment}.tfstate` },
  });
});

test("by a kubeconfig nothing else is read", () => {
  const found = synthApp((app) => {
    addStacks(app, prodEastus, { kubernetesAccess: kubeconfigAccess("/tmp/config", "mine") });
  });
  const platform = found["prod-eastus-platform"] as Terraform;
  expect(kubernetes(platform)).toEqual({ config_path: "/tmp/config", config_context: "mine" });
  expect(platform.data).toBeUndefined();
});

test("Vault unseals itself with the key that outlives the cluster, on each cloud", () => {
  expect(document(aws, "vault", "vault.json")["seal"]).toEqual({
    awskms: { region: "us-east-1", kms_key_id: "alias/keelson-prod-us-east-1/unseal" },
  });
  const { azurekeyvault } = document(azure, "vault", "vault.json")["seal"] as {
    azurekeyvault: { vault_name: string; key_name: string };
  };
  expect(azurekeyvault.key_name).toBe("unseal");
  expect(JSON.stringify(azure.data)).toContain(`/vaults/${azurekeyvault.vault_name}"`);
});

test("its pods go to nodes of which the master says that they are of the pool, by its group's tag", () => {
  const { spec } = templateOf(named(azure, "kubernetes_stateful_set_v1", "vault"));
  expect(spec["node_selector"]).toEqual({ "node-restriction.kubernetes.io/pool": "agents" });
  const sets = stacks["prod-eastus"]?.resource?.["azurerm_linux_virtual_machine_scale_set"] ?? {};
  const tag = "k8s.io_cluster-autoscaler_node-template_label_node-restriction.kubernetes.io_pool";
  expect(Object.values(sets).map(({ tags }) => (tags as Record<string, string>)[tag])).toContain("agents");
  expect(spec["priority_class_name"]).toMatch(/kubernetes_priority_class_v1\.priorities_platform_/);
});

test.each([
  [prodUsEast1, "aws_launch_template", "user_data"],
  [prodEastus, "azurerm_linux_virtual_machine_scale_set", "custom_data"],
] as const)(
  "the nodes of a pool are told nothing of the platform, so adding one changes no user data",
  (given, type, key) => {
    const told = (environment: Environment) => {
      const { resource } = synthApp((app) => {
        addStacks(app, environment);
      })[given.name] as Terraform;
      return Object.entries(resource?.[type] ?? {}).map(([id, { [key]: text }]) => [id, text]);
    };
    const { platform, ...without } = given;
    expect(platform).toBeDefined();
    expect(told(given)).toEqual(told(without));
    expect(told(given)).toContainEqual([expect.stringMatching(/general|agents/), expect.any(String)]);
  },
);

test("who deployed it is told where Consul and Vault answer inside the cluster", () => {
  const told = Object.entries(aws.output ?? {}).map(([id, { value }]) => [id, value]);
  expect(told).toEqual([
    ["consul_address", "https://consul.consul.svc:8501"],
    ["vault_address", "https://vault.vault.svc:8200"],
  ]);
});

test("pods tolerate what keeps others from the pool", () => {
  const [general, ...others] = prodUsEast1.nodePools ?? [];
  if (general === undefined) throw new Error("there is no pool");
  const taints = [{ key: "platform", value: "only", effect: "NoSchedule" } as const];
  const found = synthApp((app) => {
    addStacks(app, { ...prodUsEast1, nodePools: [{ ...general, taints }, ...others] });
  });
  const { spec } = templateOf(
    named(found["prod-us-east-1-platform"] as Terraform, "kubernetes_stateful_set_v1", "consul"),
  );
  expect(spec["toleration"]).toEqual([
    { key: "platform", operator: "Equal", value: "only", effect: "NoSchedule" },
  ]);
});

test("with Raft, Consul is there without Vault's keys", () => {
  const found = synthApp((app) => {
    addStacks(app, {
      ...prodUsEast1,
      platform: { pool: "general", vault: { storage: "raft", servers: 5 }, consul: { clients: ["shop"] } },
    });
  });
  const platform = found["prod-us-east-1-platform"] as Terraform;
  expect(document(platform, "vault", "vault.json")["storage"]).toHaveProperty("raft");
  expect(JSON.stringify(named(platform, "kubernetes_network_policy_v1", "consul"))).toContain('"shop"');
  expect(() => named(platform, "kubernetes_network_policy_v1", "consul-for-storage")).toThrow("0 of");
});

test.each(["consul", "raft"] as const)(
  "an environment's own images are all that a Vault on %s pulls",
  (storage) => {
    const digest = `sha256:${"a".repeat(64)}`;
    const image = (name: string, version: string) => ({ repository: `mirror/${name}`, version, digest });
    const found = synthApp((app) => {
      const consul = { image: image("consul", "2.0.2") };
      const vault = { image: image("vault", "2.0.3"), storage };
      addStacks(app, { ...prodUsEast1, platform: { pool: "general", consul, vault } });
    });
    const pulled = JSON.stringify(found["prod-us-east-1-platform"]?.resource).matchAll(/"image":"([^"]+)"/g);
    expect(new Set([...pulled].map(([, name]) => name))).toEqual(
      new Set([`mirror/consul:2.0.2@${digest}`, `mirror/vault:2.0.3@${digest}`]),
    );
  },
);
