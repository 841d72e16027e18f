import { Annotations } from "cdktf";
import fc from "fast-check";
import { groupTags } from "../../lib/azure/node-group-tags";
import { addresses, type Attributes, only, resources } from "../support/synth";
import { IMAGE } from "./support/estate";
import { AGENTS, BALANCERS, CLUSTER, nodePools, type Pool } from "./support/node-pool";

const SET = "azurerm_linux_virtual_machine_scale_set";
const BATCH: Pool = {
  ...AGENTS,
  name: "batch",
  machineTypes: ["Standard_D4s_v5"],
  image: IMAGE,
  diskGiB: 80,
  zones: ["3", "1"],
  kubernetesVersion: "1.34.9",
  labels: { tier: "batch", "example.org/rack_1": "" },
  taints: [
    { key: "dedicated", value: "batch", effect: "NoExecute" },
    { key: "slow", effect: "PreferNoSchedule" },
  ],
};
const SPOT: Pool = { ...AGENTS, name: "spot", spotPercent: 100, minCount: 0 };

/** One synthesis for most of the tests. */
const warned: unknown[] = [];
const spy = jest
  .spyOn(Annotations.prototype, "addWarning")
  .mockImplementation((text) => void warned.push(text));
const tf = nodePools([AGENTS, BATCH, SPOT, BALANCERS]);
spy.mockRestore();

const alone = nodePools([AGENTS]);

/** What belongs to a pool, of a type. */
const of = (pool: string, type: string, from = tf) =>
  Object.entries(resources(from, type))
    .filter(([id]) => id.startsWith(`pools_${pool}_`))
    .map(([, attributes]) => attributes);
const set = (pool: string): Attributes => of(pool, SET)[0] ?? {};
const card = (pool: string) => (set(pool)["network_interface"] as Attributes[])[0] ?? {};
const address = (pool: string) => (card(pool)["ip_configuration"] as Attributes[])[0] ?? {};

test("there are as many machines as the autoscaler wants, from as many as there must be", () => {
  expect(set("agents")).toMatchObject({
    name: "Acme-prod-agents",
    sku: "Standard_D2_v2",
    instances: 3,
    lifecycle: { ignore_changes: ["instances"] },
    single_placement_group: false,
    overprovision: false,
  });
  expect(set("spot")["instances"]).toBe(0);
  expect(tf.resource).not.toHaveProperty("azurerm_monitor_autoscale_setting");
});

test("the set's tags tell the autoscaler its bounds, and what a node would be like", () => {
  const template = "k8s.io_cluster-autoscaler_node-template";
  expect(set("batch")["tags"]).toEqual({
    "cluster-autoscaler-enabled": "true",
    "cluster-autoscaler-name": "acme-prod",
    min: "3",
    max: "12",
    [`${template}_label_tier`]: "batch",
    [`${template}_label_example.org_rack~21`]: "",
    [`${template}_label_node-restriction.kubernetes.io_role`]: "worker",
    [`${template}_label_node-restriction.kubernetes.io_pool`]: "batch",
    [`${template}_taint_dedicated`]: "batch:NoExecute",
    [`${template}_taint_slow`]: ":PreferNoSchedule",
  });
  expect(set("edge")["tags"]).toMatchObject({
    [`${template}_label_role`]: "loadbalancer",
    [`${template}_label_node.kubernetes.io_exclude-from-external-load-balancers`]: "true",
    [`${template}_label_node-restriction.kubernetes.io_role`]: "loadbalancer",
    [`${template}_taint_role`]: "loadbalancer:NoSchedule",
  });
});

test("the autoscaler reads from a tag the very label that it says, and the tag's name is one that Azure takes", () => {
  const part = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9_.-]{0,10}[A-Za-z0-9])?$/);
  const domain = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?(\.[a-z0-9]{1,5})?$/);
  const prefix = "k8s.io_cluster-autoscaler_node-template_label_";
  fc.assert(
    fc.property(fc.option(domain), part, (before, name) => {
      const key = before === null ? name : `${before}/${name}`;
      const pool = {
        name: "a",
        role: "worker",
        labels: { [key]: "x" },
        taints: [],
        minCount: 0,
        maxCount: 1,
      } as const;
      const [tag = "", ...others] = Object.entries(groupTags({ ...pool, cluster: "prod" }))
        .filter(([, value]) => value === "x")
        .map(([tagged]) => tagged);
      expect(others).toEqual([]);
      expect(tag).not.toMatch(/[<>%&\\?/]/);
      // As azure_template.go does.
      expect(tag.slice(prefix.length).replaceAll("_", "/").replaceAll("~2", "_")).toBe(key);
    }),
  );
});

test("a change rolls: the new machine is there and well before an old one goes, which is told of it and drains", () => {
  for (const pool of ["agents", "edge"]) {
    expect(set(pool)).toMatchObject({
      upgrade_mode: "Rolling",
      rolling_upgrade_policy: {
        maximum_surge_instances_enabled: true,
        max_batch_instance_percent: 10,
        max_unhealthy_instance_percent: 50,
        max_unhealthy_upgraded_instance_percent: 20,
        prioritize_unhealthy_instances_enabled: true,
        cross_zone_upgrades_enabled: false,
        pause_time_between_batches: "PT1M",
      },
      termination_notification: { enabled: true, timeout: "PT15M" },
      automatic_instance_repair: { enabled: true, action: "Replace", grace_period: "PT60M" },
    });
    const [health] = set(pool)["extension"] as { settings: string }[];
    expect(JSON.parse(health?.settings ?? "")).toMatchObject({
      protocol: "http",
      port: 10248,
      requestPath: "/healthz",
    });
  }
});

test("spot machines are deleted when they are taken back, and have no notice but the market's", () => {
  expect(set("spot")).toMatchObject({ priority: "Spot", eviction_policy: "Delete" });
  expect(set("spot")).not.toHaveProperty("termination_notification");
  expect(set("agents")).not.toHaveProperty("priority");
});

test("disks are standard SSDs whatever the size, so that another size replaces no set, and synthesis says that Dv2 goes away", () => {
  expect(set("agents")["os_disk"]).toMatchObject({
    storage_account_type: "StandardSSD_LRS",
    disk_size_gb: 50,
  });
  expect(set("batch")["os_disk"]).toMatchObject({
    storage_account_type: "StandardSSD_LRS",
    disk_size_gb: 80,
  });
  expect(set("agents")["source_image_reference"]).toMatchObject({ sku: "server-gen1" });
  expect(warned).toEqual(
    Array.from({ length: 3 }, () =>
      expect.stringMatching(
        /^Standard_D2_v2 retires on 2028-05-01.* by machineTypes: \["Standard_D2s_v5"\]$/,
      ),
    ),
  );
});

test("a worker stands in the private subnet in its zones, in the group that Services' balancers may open", () => {
  expect(set("batch")).toMatchObject({ zones: ["1", "3"], computer_name_prefix: "batch" });
  expect(card("agents")["network_security_group_id"]).toBe(CLUSTER.nodeSecurity.services);
  expect(address("agents")).toEqual({
    name: "primary",
    primary: true,
    subnet_id: "private",
    application_security_group_ids: [CLUSTER.nodeSecurity.members],
  });
});

test("a worker pool has no address, record or group of its own", () => {
  const made = addresses(alone).map((one) => one.split(".")[0]);
  expect(new Set(made)).toEqual(
    new Set([
      ...[SET, "azurerm_storage_blob", "azurerm_user_assigned_identity"],
      ...["azurerm_role_assignment", "azurerm_role_definition"],
    ]),
  );
});

test("a load-balancer node stands in the public subnet, and the world reaches its ports 80 and 443", () => {
  expect(card("edge")["network_security_group_id"]).toMatch(/azurerm_network_security_group\.pools_edge_/);
  expect(address("edge")).toMatchObject({
    subnet_id: "public",
    application_security_group_ids: [CLUSTER.nodeSecurity.members],
    load_balancer_backend_address_pool_ids: [expect.stringMatching(/pools_edge_addresses_nodes/)],
  });
  const rules = of("edge", "azurerm_network_security_rule").filter((rule) => rule["access"] === "Allow");
  expect(
    rules.map((rule) => [rule["source_address_prefix"] ?? "members", rule["destination_port_range"]]),
  ).toEqual([
    ["Internet", "80"],
    ["Internet", "443"],
    ["members", "4240"],
    ["members", "*"],
    ["members", "10250"],
    ["AzureLoadBalancer", "*"],
    ["members", "8472"],
  ]);
  expect(rules.find((rule) => rule["destination_port_range"] === "*")).toMatchObject({ protocol: "Icmp" });
});

test("what comes to its address goes to nodes that take it, and what nodes say leaves by the same", () => {
  const balancer = only(tf, "azurerm_lb");
  expect(balancer).toMatchObject({
    sku: "Standard",
    frontend_ip_configuration: [
      { name: "web", public_ip_address_id: expect.stringMatching(/pools_edge_addresses_address/) },
    ],
  });
  expect(only(tf, "azurerm_public_ip")).toMatchObject({
    sku: "Standard",
    allocation_method: "Static",
    zones: ["1", "2", "3"],
  });
  const rules = Object.values(resources(tf, "azurerm_lb_rule"));
  expect(rules.map((rule) => [rule["frontend_port"], rule["backend_port"]])).toEqual([
    [80, 80],
    [443, 443],
  ]);
  for (const rule of rules) {
    expect(rule).toMatchObject({ protocol: "Tcp", disable_outbound_snat: true });
    expect(rule).not.toHaveProperty("floating_ip_enabled");
    const [, id = ""] = /^\$\{azurerm_lb_probe\.(\w+)\.id\}$/.exec(String(rule["probe_id"])) ?? [];
    expect(tf.resource?.["azurerm_lb_probe"]?.[id]).toMatchObject({
      protocol: "Tcp",
      port: rule["backend_port"],
    });
  }
  expect(only(tf, "azurerm_lb_outbound_rule")).toMatchObject({
    protocol: "All",
    frontend_ip_configuration: [{ name: "web" }],
    allocated_outbound_ports: 1024,
  });
});

test("its address has the pool's name and the wildcard, in the zone that has the cluster's public names", () => {
  const records = Object.values(resources(tf, "azurerm_dns_a_record"));
  expect(records.map(({ name }) => name)).toEqual(["edge.prod", "*.prod"]);
  for (const record of records) {
    expect(record).toMatchObject({
      zone_name: "acme.io",
      resource_group_name: "names",
      ttl: 60,
      records: [
        expect.stringMatching(/^\$\{azurerm_public_ip\.pools_edge_addresses_address_\w+\.ip_address\}$/),
      ],
    });
  }
});

test("without a public zone there is an address and no name, and a pool may leave the wildcard to another", () => {
  expect(nodePools([BALANCERS], { publicZone: undefined }).resource).not.toHaveProperty(
    "azurerm_dns_a_record",
  );
  const own = nodePools([{ ...BALANCERS, wildcard: false }], {
    publicZone: { name: "prod.acme.io", resourceGroup: "names" },
  });
  expect(only(own, "azurerm_dns_a_record")["name"]).toBe("edge");
});

/** What a pool's user data tells, read from the expression that Terraform joins it from. */
function told(pool: string): Record<string, string> {
  const text = String(set(pool)["custom_data"]);
  return Object.fromEntries(
    [...text.matchAll(/"([A-Z_]+)='", replace\("([^"]*)"/g)].map(([, name = "", value = ""]) => [
      name,
      value,
    ]),
  );
}

test("a node boots with the kubelet of its pool's version and the tools of the cluster's, labelled and tainted", () => {
  expect(told("batch")).toEqual({
    CLOUD: "azure",
    STORE_URL: "https://acmestore.blob.core.windows.net/cluster",
    CLUSTER: "acme-prod",
    POOL: "acme-prod/batch",
    JOIN: "join",
    KEY_VAULT_URL: "https://acme-vault.vault.azure.net",
    KUBERNETES_VERSION: "1.36.4",
    KUBELET_VERSION: "1.34.9",
    ETCD_VERSION: "3.6.16",
    PACKAGES_URL: "https://pkgs.k8s.io/core:/stable:/v1.36/deb/",
    KUBELET_PACKAGES_URL: "https://pkgs.k8s.io/core:/stable:/v1.34/deb/",
    CONTAINERD_PACKAGES_URL: "https://download.docker.com/linux/ubuntu",
    NODE_LABELS: "tier=batch,example.org/rack_1=",
    NODE_TAINTS: "dedicated=batch:NoExecute,slow=:PreferNoSchedule",
  });
  expect(told("agents")).not.toHaveProperty("NODE_LABELS");
});

test("a load-balancer node says that no Service's balancer is to have it", () => {
  expect(told("edge")["NODE_LABELS"]).toContain(
    "node.kubernetes.io/exclude-from-external-load-balancers=true",
  );
});

test("each pool has its own object in the store, though the scripts are the same", () => {
  const keys = Object.values(resources(tf, "azurerm_storage_blob")).map(({ name }) => String(name));
  expect(keys.map((key) => key.replace(/[0-9a-f]{64}/, "<sha>")).sort()).toEqual(
    ["agents", "batch", "edge", "spot"].map((pool) => `boot/node/${pool}/<sha>.tar`),
  );
  expect(new Set(keys.map((key) => key.split("/")[3])).size).toBe(1);
});

test("what a machine needs from its boot to its end is made before its set, and destroyed after it", () => {
  const needed = (pool: string) =>
    (set(pool)["depends_on"] as string[]).map((one) => one.replace(/_[0-9A-F]{8}$/, ""));
  const boot = (pool: string) => [
    `azurerm_storage_blob.pools_${pool}_bundle`,
    ...["scripts", "join"].map((what) => `azurerm_role_assignment.pools_${pool}_role_assignments_${what}`),
  ];
  expect(needed("agents")).toEqual(boot("agents"));
  expect(needed("edge").slice(0, 6)).toEqual([
    ...boot("edge"),
    ...["http", "https"].map((what) => `azurerm_lb_rule.pools_edge_addresses_in_${what}`),
    "azurerm_lb_outbound_rule.pools_edge_addresses_out",
  ]);
  expect(
    needed("edge")
      .slice(6)
      .every((one) => one.startsWith("azurerm_network_security_rule.pools_edge_")),
  ).toBe(true);
});
