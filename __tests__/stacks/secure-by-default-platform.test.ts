import { podsOf } from "../addons/support";
import { estate } from "../support/estate";
import type { Attributes, Terraform } from "../support/synth";

const platforms = Object.entries(estate()).filter(([id]) => id.endsWith("-platform"));
const pods = platforms.flatMap(([stack, terraform]) =>
  podsOf(terraform).map(([address, pod]) => [`${stack}: ${address}`, pod] as const),
);
const containers = pods.flatMap(([at, { spec }]) =>
  [...spec.container, ...(spec.init_container ?? [])].map((one) => [`${at} ${one.name}`, one] as const),
);
const names = (found: readonly (readonly [string, unknown])[]) => found.map(([at]) => at);
const all = (type: string) =>
  platforms.flatMap(([stack, { resource = {} }]) =>
    Object.entries(resource[type] ?? {}).map(([id, one]) => [`${stack}: ${id}`, one] as const),
  );

test("the estate has what these tests are about", () => {
  expect(platforms.map(([id]) => id)).toEqual(["prod-eastus-platform", "prod-us-east-1-platform"]);
  // On each: two StatefulSets, four Jobs, three CronJobs.
  expect(pods).toHaveLength(18);
});

/** @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted */
test("every pod is what the level `restricted` asks for", () => {
  const isRestricted = ({ spec }: (typeof pods)[number][1]) =>
    spec.security_context["run_as_non_root"] === true &&
    (spec.security_context["seccomp_profile"] as Attributes)["type"] === "RuntimeDefault" &&
    !["host_network", "host_pid", "host_ipc"].some((key) => spec[key] === true);
  expect(names(pods.filter(([, pod]) => !isRestricted(pod)))).toEqual([]);
});

test("every container may gain nothing, and writes to nothing but its volumes", () => {
  const expected = {
    allow_privilege_escalation: false,
    privileged: false,
    read_only_root_filesystem: true,
    run_as_non_root: true,
    capabilities: { drop: ["ALL"] },
  };
  for (const [at, { security_context }] of containers) {
    expect([at, security_context]).toEqual([at, expected]);
  }
});

test("no volume is of the machine", () => {
  const kinds = ["config_map", "secret", "projected", "empty_dir"];
  const others = pods.flatMap(([at, { spec }]) =>
    spec.volume.flatMap((volume) =>
      Object.keys(volume)
        .filter((key) => key !== "name" && !kinds.includes(key))
        .map((key) => `${at} ${key}`),
    ),
  );
  expect(others).toEqual([]);
});

test("every container asks for what it needs, and memory has an end", () => {
  const boundless = containers.filter(
    ([, { resources }]) =>
      !resources.requests["cpu"] || !resources.requests["memory"] || !resources.limits["memory"],
  );
  expect(names(boundless)).toEqual([]);
});

test("every image has a version, and a digest unless the table says that nobody knows it", () => {
  const odd = containers.filter(
    ([, { image }]) => !/^hashicorp\/(consul|vault):\d+\.\d+\.\d+(@sha256:[0-9a-f]{64})?$/.test(image),
  );
  expect(names(odd)).toEqual([]);
});

test("only those that call Kubernetes have a token for it", () => {
  const calling = pods.filter(([, { spec }]) => spec.automount_service_account_token);
  expect(new Set(names(calling).map((at) => at.replace(/.*?: /, "").replace(/_[0-9A-F]{8}$/, "")))).toEqual(
    new Set([
      "kubernetes_job_v1.consul_secrets",
      "kubernetes_cron_job_v1.consul_secrets_renewal",
      "kubernetes_job_v1.consul_tokens",
      // Says on its own pod whether it is the active one.
      "kubernetes_stateful_set_v1.vault_servers",
      "kubernetes_job_v1.vault_secrets",
      "kubernetes_cron_job_v1.vault_secrets_renewal",
      "kubernetes_job_v1.vault_consul_token",
    ]),
  );
  for (const [at, { spec }] of pods) {
    expect([at, spec["enable_service_links"]]).toEqual([at, false]);
  }
});

test("every pod has the labels by which people and monitoring find it, and goes where the platform goes", () => {
  const keys = ["name", "instance", "version", "component", "part-of", "managed-by"].map(
    (key) => `app.kubernetes.io/${key}`,
  );
  for (const [at, { metadata, spec }] of pods) {
    expect([at, Object.keys(metadata.labels)]).toEqual([
      at,
      expect.arrayContaining([...keys, "tier", "track", "environment", "team"]),
    ]);
    expect([at, spec["node_selector"]]).toEqual([
      at,
      { "node-restriction.kubernetes.io/pool": expect.any(String) as string },
    ]);
  }
});

test("only Vault's servers and Consul's snapshots may act as their machine, in namespaces that say so, too", () => {
  const LENDS = "keelson.io/lends-identity";
  const lent = pods.filter(([, { metadata }]) => LENDS in metadata.labels);
  expect(lent.map(([at, { metadata }]) => [at.replace(/_[0-9A-F]{8}$/, ""), metadata.labels[LENDS]])).toEqual(
    platforms.flatMap(([stack]) => [
      [`${stack}: kubernetes_stateful_set_v1.vault_servers`, "true"],
      [`${stack}: kubernetes_cron_job_v1.consul_snapshots`, "true"],
    ]),
  );
  for (const [at, { metadata }] of all("kubernetes_namespace_v1")) {
    expect([at, (metadata as { labels: object }).labels]).toEqual([
      at,
      expect.objectContaining({ [LENDS]: "true" }),
    ]);
  }
});

test("every namespace takes no pod that is less restricted", () => {
  const namespaces = all("kubernetes_namespace_v1");
  expect(namespaces).toHaveLength(4);
  for (const [at, { metadata }] of namespaces) {
    const { labels } = metadata as { labels: Record<string, string> };
    // The environments' own minor, so that an upgrade of the cluster refuses no pod by surprise.
    expect([at, labels["pod-security.kubernetes.io/enforce-version"]]).toEqual([at, "v1.36"]);
  }
  const open = namespaces.filter(
    ([, one]) =>
      (one["metadata"] as { labels: Record<string, string> }).labels["pod-security.kubernetes.io/enforce"] !==
      "restricted",
  );
  expect(names(open)).toEqual([]);
});

test("no right is for all, and none is a cluster's", () => {
  const rules = all("kubernetes_role_v1").flatMap(([at, { rule }]) =>
    (rule as { resources: string[]; verbs: string[]; resource_names?: string[] }[]).map(
      (one) => [at, one] as const,
    ),
  );
  const wide = rules.filter(
    ([, { resources, verbs, resource_names }]) =>
      [...resources, ...verbs].includes("*") || (!resource_names && verbs.join() !== "create"),
  );
  expect(names(wide)).toEqual([]);
  expect(rules.length).toBeGreaterThan(0);
  for (const type of ["kubernetes_cluster_role_v1", "kubernetes_cluster_role_binding_v1"]) {
    expect(all(type)).toEqual([]);
  }
});

/** What a secret of ours would look like: a UUID, 32 bytes in base64, PEM. */
const SECRET = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[A-Za-z0-9+/]{43}=|-----BEGIN/;

test("Terraform makes no Secret and knows none", () => {
  for (const [stack, terraform] of platforms) {
    expect(Object.keys(terraform.resource ?? {})).not.toContain("kubernetes_secret_v1");
    // The subscription is a UUID of zeros here.
    const text = JSON.stringify({ ...terraform, terraform: {}, provider: {}, data: {} } satisfies Terraform);
    expect([stack, SECRET.exec(text)]).toEqual([stack, null]);
  }
});
