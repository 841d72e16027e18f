import { Project } from "../support/project";

const STATE = ".keelson/state/s3/state/a.tfstate.simulated.tfstate";
const inSpace = (name: string) => ({ name, namespace: "${kubernetes_namespace_v1.n.metadata[0].name}" });
const labels = { app: "server" };

/** What a setting of each kind changes in the configuration below. */
interface Settings {
  readonly replicas?: string;
  readonly image?: string;
  readonly claim?: string;
  readonly text?: string;
  readonly immutable?: boolean;
  readonly request?: string;
  readonly verbs?: string[];
  readonly role?: string;
  readonly annotations?: Record<string, string>;
}

const pod = (image: string) => ({
  service_account_name: "${kubernetes_service_account_v1.a.metadata[0].name}",
  priority_class_name: "${kubernetes_priority_class_v1.p.metadata[0].name}",
  security_context: [{ run_as_non_root: true, seccomp_profile: [{ type: "RuntimeDefault" }] }],
  topology_spread_constraint: [
    { topology_key: "topology.kubernetes.io/zone", label_selector: [{ match_labels: labels }] },
  ],
  container: [
    {
      name: "server",
      image,
      port: [{ name: "http", container_port: 8500 }],
      env: [
        { name: "POD", value_from: [{ field_ref: [{ field_path: "metadata.name" }] }] },
        { name: "MODE", value: "server" },
      ],
      resources: [{ requests: { cpu: "100m" }, limits: { memory: "128Mi" } }],
      readiness_probe: [{ http_get: [{ path: "/", port: "http" }] }],
      volume_mount: [{ name: "config", mount_path: "/config" }],
    },
  ],
  volume: [{ name: "config", config_map: [{ name: "${kubernetes_config_map_v1.c.metadata[0].name}" }] }],
});

/** A platform in small: each type that ours has, with a provider that nothing may call. */
const platform = ({
  replicas = "3",
  image = "server:1.0",
  claim = "1Gi",
  text = "one",
  immutable = false,
  request = "1Gi",
  verbs = ["get"],
  role = "r",
  annotations = {},
}: Settings = {}) => ({
  terraform: {
    backend: { s3: { bucket: "state", key: "a.tfstate", region: "us-east-1" } },
    required_providers: { kubernetes: { source: "hashicorp/kubernetes", version: "2.38.0" } },
  },
  provider: {
    kubernetes: [
      {
        host: "https://nobody.invalid",
        cluster_ca_certificate: "none",
        exec: [{ api_version: "client.authentication.k8s.io/v1", command: "false", args: ["never"] }],
      },
    ],
  },
  resource: {
    kubernetes_namespace_v1: { n: { metadata: [{ name: "server" }] } },
    kubernetes_priority_class_v1: { p: { metadata: [{ name: "high" }], value: 1000 } },
    kubernetes_service_account_v1: { a: { metadata: [inSpace("server")] } },
    kubernetes_config_map_v1: { c: { metadata: [inSpace("server")], data: { text }, immutable } },
    kubernetes_secret_v1: { s: { metadata: [inSpace("server")], data: { key: "in-the-clear" } } },
    kubernetes_role_v1: {
      r: { metadata: [inSpace("r")], rule: [{ api_groups: [""], resources: ["pods"], verbs }] },
    },
    kubernetes_role_binding_v1: {
      b: {
        metadata: [inSpace("server")],
        role_ref: [{ api_group: "rbac.authorization.k8s.io", kind: "Role", name: role }],
        subject: [{ kind: "ServiceAccount", name: "server", namespace: "server" }],
      },
    },
    kubernetes_cluster_role_v1: {
      r: { metadata: [{ name: "reader" }], rule: [{ api_groups: [""], resources: ["nodes"], verbs }] },
    },
    kubernetes_cluster_role_binding_v1: {
      b: {
        metadata: [{ name: "reader" }],
        role_ref: [{ api_group: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "reader" }],
        subject: [{ kind: "ServiceAccount", name: "server", namespace: "server" }],
      },
    },
    kubernetes_service_v1: {
      s: {
        metadata: [inSpace("server")],
        spec: [{ selector: labels, port: [{ name: "http", port: 80, target_port: "http" }] }],
      },
    },
    kubernetes_stateful_set_v1: {
      s: {
        metadata: [{ ...inSpace("server"), annotations }],
        spec: [
          {
            ...{ replicas, service_name: "server", selector: [{ match_labels: labels }] },
            update_strategy: [{ type: "RollingUpdate" }],
            template: [{ metadata: [{ labels }], spec: [pod(image)] }],
            volume_claim_template: [
              {
                metadata: [{ name: "data" }],
                spec: [{ access_modes: ["ReadWriteOnce"], resources: [{ requests: { storage: claim } }] }],
              },
            ],
          },
        ],
      },
    },
    kubernetes_pod_disruption_budget_v1: {
      p: {
        metadata: [inSpace("server")],
        spec: [{ max_unavailable: "1", selector: [{ match_labels: labels }] }],
      },
    },
    kubernetes_network_policy_v1: {
      p: {
        metadata: [inSpace("server")],
        spec: [
          {
            pod_selector: [{ match_labels: labels }],
            policy_types: ["Ingress"],
            ingress: [{ from: [{ namespace_selector: [{}] }], ports: [{ port: "8500", protocol: "TCP" }] }],
          },
        ],
      },
    },
    kubernetes_job_v1: {
      j: {
        metadata: [inSpace("once")],
        spec: [
          { template: [{ metadata: [{ labels }], spec: [{ ...pod(image), restart_policy: "Never" }] }] },
        ],
        wait_for_completion: false,
      },
    },
    kubernetes_cron_job_v1: {
      j: {
        metadata: [inSpace("often")],
        spec: [
          {
            schedule: "@daily",
            job_template: [
              {
                metadata: [{}],
                spec: [
                  { template: [{ metadata: [{}], spec: [{ ...pod(image), restart_policy: "Never" }] }] },
                ],
              },
            ],
          },
        ],
      },
    },
    kubernetes_persistent_volume_claim_v1: {
      c: {
        metadata: [inSpace("audit")],
        spec: [{ access_modes: ["ReadWriteOnce"], resources: [{ requests: { storage: request } }] }],
      },
    },
  },
});

interface PlannedChange {
  readonly address: string;
  readonly change: { readonly actions: readonly string[] };
}

const project = new Project();
afterAll(() => {
  project.remove();
});

/** What a configuration would change: addresses with their actions. */
async function changes(configuration: object): Promise<Record<string, string>> {
  project.write("cdk.tf.json", configuration);
  const { code, stdout, stderr } = await project.terraform(
    "terraform plan -no-color -out=p >&2 && terraform show -json p",
  );
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  const { resource_changes: found = [] } = JSON.parse(stdout) as { resource_changes?: PlannedChange[] };
  return Object.fromEntries(
    found
      .map(({ address, change: { actions } }) => [address, actions.join("+")] as const)
      .filter(([, actions]) => actions !== "no-op"),
  );
}

interface State {
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly instances: readonly { readonly attributes: Record<string, unknown> }[];
  }[];
}

describe("a platform on a simulated Kubernetes", () => {
  beforeAll(async () => {
    project.write("cdk.tf.json", platform());
    const { code, stderr } = await project.terraform("terraform apply -auto-approve -no-color >&2");
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  });
  const attributes = (type: string) =>
    (JSON.parse(project.read(STATE)) as State).resources.find((one) => one.type === type)?.instances[0]
      ?.attributes;

  test("has nothing to change when it is planned again", async () => {
    expect(await changes(platform())).toEqual({});
  });

  test("has the provider's own ids: with the namespace where there is one", () => {
    expect(attributes("kubernetes_namespace_v1")?.["id"]).toBe("server");
    expect(attributes("kubernetes_stateful_set_v1")?.["id"]).toBe("server/server");
    expect(attributes("kubernetes_cluster_role_v1")?.["id"]).toBe("reader");
  });

  test("has what the provider and the API server fill in", () => {
    expect(attributes("kubernetes_stateful_set_v1")).toMatchObject({
      metadata: [{ uid: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown, generation: 1 }],
      spec: [
        {
          pod_management_policy: "OrderedReady",
          template: [{ spec: [{ restart_policy: "Always", dns_policy: "ClusterFirst" }] }],
        },
      ],
      wait_for_rollout: true,
    });
    const [spec] = attributes("kubernetes_service_v1")?.["spec"] as {
      cluster_ip: string;
      cluster_ips: string[];
    }[];
    expect(spec?.cluster_ip).toMatch(/^10\.\d+\.\d+\.\d+$/);
    expect(spec?.cluster_ips).toEqual([spec?.cluster_ip]);
  });

  test.each<[string, Settings, Record<string, string>]>([
    ["another number of pods", { replicas: "5" }, { "kubernetes_stateful_set_v1.s": "update" }],
    [
      "another image",
      { image: "server:1.1" },
      {
        "kubernetes_stateful_set_v1.s": "update",
        "kubernetes_cron_job_v1.j": "update",
        "kubernetes_job_v1.j": "delete+create",
      },
    ],
    ["an annotation", { annotations: { note: "x" } }, { "kubernetes_stateful_set_v1.s": "update" }],
    ["a configuration's text", { text: "two" }, { "kubernetes_config_map_v1.c": "update" }],
    [
      "rights",
      { verbs: ["get", "list"] },
      { "kubernetes_cluster_role_v1.r": "update", "kubernetes_role_v1.r": "update" },
    ],
    ["the role that is bound", { role: "other" }, { "kubernetes_role_binding_v1.b": "delete+create" }],
    ["a larger claim", { request: "2Gi" }, { "kubernetes_persistent_volume_claim_v1.c": "update" }],
  ])("%s is exactly that change", async (_what, settings, expected) => {
    expect(await changes(platform(settings))).toEqual(expected);
  });

  test("an immutable configuration is replaced by one with another text", async () => {
    expect(await changes(platform({ immutable: true }))).toEqual({ "kubernetes_config_map_v1.c": "update" });
    await project.terraform("terraform apply -auto-approve -no-color >&2");
    expect(await changes(platform({ immutable: true, text: "two" }))).toEqual({
      "kubernetes_config_map_v1.c": "delete+create",
    });
  });

  test("is destroyed whole", async () => {
    project.write("cdk.tf.json", platform());
    const { code } = await project.terraform("terraform destroy -auto-approve -no-color >&2");
    expect(code).toBe(0);
    expect((JSON.parse(project.read(STATE)) as State).resources).toEqual([]);
  });
});
