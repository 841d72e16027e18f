import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider";
import { Annotations, TerraformStack, Testing } from "cdktf";
import { featuresFor } from "../../lib/azure";
import { NOBODYS_KEY } from "../../lib/azure/nobody";
import { holdProviderTo, type Rollout } from "../../lib/azure/rollout";
import { type Attributes, only, resources, type Terraform } from "../support/synth";
import { controlPlane, NETWORK } from "./support/control-plane";

const SET = "azurerm_linux_virtual_machine_scale_set";
const tf = controlPlane();
const open = controlPlane({ publicApi: { allowedCidrs: ["203.0.113.0/24", "198.51.100.0/24"] } });
const set = only(tf, SET);

test("there is one machine over all zones, never two", () => {
  expect(set).toMatchObject({
    instances: 1,
    zones: ["1", "2", "3"],
    platform_fault_domain_count: 1,
    overprovision: false,
    upgrade_mode: "Manual",
  });
  expect(set).not.toHaveProperty("rolling_upgrade_policy");
  expect(set).not.toHaveProperty("automatic_os_upgrade_policy");
});

test("it is replaced where the deep health endpoint says for a minute that it is ill, or says nothing", () => {
  expect(set["automatic_instance_repair"]).toEqual({
    enabled: true,
    action: "Replace",
    grace_period: "PT60M",
  });
  const [health, ...others] = set["extension"] as { settings: string }[];
  expect(others).toEqual([]);
  expect(health).toMatchObject({
    publisher: "Microsoft.ManagedServices",
    type: "ApplicationHealthLinux",
    type_handler_version: "1.0",
  });
  expect(JSON.parse(health?.settings ?? "")).toEqual({
    protocol: "http",
    port: 10270,
    requestPath: "/healthz",
    intervalInSeconds: 10,
    numberOfProbes: 6,
  });
});

test("a master that holds asks for repairs to be suspended before the grace period is over", () => {
  const script = readFileSync("scripts/node/lib/azure/cloud.sh", "utf8");
  const patience = Number(/^CLOUD_PATIENCE=(\d+)$/m.exec(script)?.[1]);
  const { grace_period: grace } = set["automatic_instance_repair"] as { grace_period: string };
  const seconds = 60 * Number(/^PT(\d+)M$/.exec(grace)?.[1]);
  expect(patience + 600).toBeLessThanOrEqual(seconds);
  expect(seconds).toBeLessThanOrEqual(5400);
});

test("it is told of its end, and has ten minutes for the last snapshot", () => {
  expect(set["termination_notification"]).toEqual({ enabled: true, timeout: "PT10M" });
});

test("it starts the very image that stands there", () => {
  expect(set["source_image_reference"]).toEqual({
    publisher: "Canonical",
    offer: "ubuntu-24_04-lts",
    sku: "server",
    version: "24.04.202510010",
  });
  const own = `/subscriptions/1/resourceGroups/i/providers/Microsoft.Compute/galleries/g/images/master/versions/1.0.0`;
  const other = only(controlPlane({ image: { id: own, architecture: "amd64" } }), SET);
  expect(other["source_image_id"]).toBe(own);
  expect(other).not.toHaveProperty("source_image_reference");
});

test.each([
  [undefined, "Premium_LRS"],
  ["Standard_DS3_v2", "Premium_LRS"],
  ["Standard_E4as_v5", "Premium_LRS"],
  ["Standard_D4_v5", "StandardSSD_LRS"],
])("with the size %s its disk is a %s, with no cache on the host", (instanceType, storage) => {
  expect(only(controlPlane({ instanceType }), SET)["os_disk"]).toEqual({
    storage_account_type: storage,
    disk_size_gb: 50,
    caching: "None",
  });
});

test("Dv2 is started from an image of generation 1, and synthesis says that it goes away, and what to take", () => {
  const warned: unknown[] = [];
  const spy = jest
    .spyOn(Annotations.prototype, "addWarning")
    .mockImplementation((text) => void warned.push(text));
  const image = {
    id: "Canonical:ubuntu-24_04-lts:server-gen1:24.04.202510010",
    architecture: "amd64",
  } as const;
  const dv2 = only(controlPlane({ instanceType: "Standard_D3_v2", image }), SET);
  spy.mockRestore();
  expect(dv2).toMatchObject({ sku: "Standard_D3_v2", os_disk: { storage_account_type: "StandardSSD_LRS" } });
  expect(warned).toEqual([
    'Standard_D3_v2 retires on 2028-05-01, and new subscriptions may be refused it: take Standard_D4s_v5, by instanceType: "Standard_D4s_v5"',
  ]);
});

test("nobody has the key to it, there is no password, and no way in from outside", () => {
  expect(set).toMatchObject({ disable_password_authentication: true, boot_diagnostics: {} });
  expect(set).not.toHaveProperty("admin_password");
  expect(set["admin_ssh_key"]).toEqual([{ username: set["admin_username"], public_key: NOBODYS_KEY }]);
  const [card, ...others] = set["network_interface"] as { ip_configuration: Attributes[] }[];
  expect(others).toEqual([]);
  expect(card?.ip_configuration).toHaveLength(1);
  expect(card?.ip_configuration[0]).not.toHaveProperty("public_ip_address");
  expect(card).toMatchObject({ network_security_group_id: expect.stringContaining("security-group") });
});

/** The first hash of the sentence that is a point of the curve, as an SSH key: nobody knows what it is a multiple of. */
test("the key that nobody has is a hash", () => {
  const p = 2n ** 255n - 19n;
  const mod = (value: bigint) => ((value % p) + p) % p;
  const power = (base: bigint, exponent: bigint): bigint => {
    if (exponent === 0n) return 1n;
    const half = power(mod(base * base), exponent >> 1n);
    return exponent & 1n ? mod(base * half) : half;
  };
  const d = mod(-121665n * power(121666n, p - 2n));
  const isPoint = (y: bigint) =>
    y < p && power(mod((y * y - 1n) * power(d * y * y + 1n, p - 2n)), (p - 1n) / 2n) === 1n;
  const hashes = [0, 1].map((count) => {
    const hash = createHash("sha256").update(`Keelson: a key that nobody has, ${count}`).digest();
    hash[31] = (hash[31] ?? 0) & 0x7f;
    return hash;
  });
  const y = (hash: Buffer) => BigInt(`0x${Buffer.from(hash).reverse().toString("hex")}`);
  expect(hashes.map((hash) => isPoint(y(hash)))).toEqual([false, true]);
  const field = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  const key = Buffer.concat([Buffer.from("ssh-ed25519"), hashes[1] ?? Buffer.of()].map(field));
  expect(NOBODYS_KEY).toBe(`ssh-ed25519 ${key.toString("base64")}`);
});

test("its rights, its scripts, its balancers and its way out are there before it, and go after it", () => {
  const needed = (set["depends_on"] as string[])
    .map((address) => address.replace(/_[0-9A-F]{8}$/, ""))
    .sort();
  expect(needed).toEqual([
    "azurerm_lb_rule.control-plane_internal_api",
    ...[
      ...["autoscaler", "cloud-controller", "cloud-controller-network", "cloud-controller-subnet", "metrics"],
      ...["own-group", "sealing", "secrets", "store", "volumes"],
    ].map((what) => `azurerm_role_assignment.control-plane_role_assignments_${what}`),
    "azurerm_storage_blob.control-plane_bundle",
  ]);
  expect(only(open, SET)["depends_on"]).toContainEqual(expect.stringContaining("public_api"));
});

/** What stands in the user data's environment, read from the expression that Terraform joins it from. */
function environment(of: Terraform): Record<string, string> {
  const data = String(only(of, SET)["custom_data"]);
  return Object.fromEntries(
    [...data.matchAll(/join\(\\?"\\?", \[\\?"([A-Z_]+)='\\?", replace\(\\?"([^"\\]*)/g)].map(
      ([, name = "", value = ""]) => [name, value],
    ),
  );
}

test("Azure's programs on it find who they are and where they stand", () => {
  const data = String(set["custom_data"]);
  expect(data).toMatch(/TENANT='[^\n]*azurerm_user_assigned_identity\.\w+-?\w+\.tenant_id/);
  expect(data).toMatch(/CLIENT_ID='[^\n]*azurerm_user_assigned_identity\.\w+-?\w+\.client_id/);
  expect(environment(tf)["SUBNET"]).toBe("private");
});

test("the cloud controller is told of the group that it opens for Services, and may write to that one alone", () => {
  const servicesGroupId =
    "/subscriptions/1/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/acme-prod-services";
  const opening = controlPlane({
    servicesGroupId,
    network: { ...NETWORK, privateFence: { name: "fence", resourceGroup: "net" } },
  });
  const rightsTo = (of: Terraform) =>
    Object.entries(resources(of, "azurerm_role_definition"))
      .filter(([, { permissions }]) => /SecurityGroups\/(write|join)/i.test(JSON.stringify(permissions)))
      .map(([role]) => resources(of, "azurerm_role_assignment")[role.replace("_roles_", "_assignments_")])
      .map((assignment) => assignment?.["scope"]);
  expect(environment(opening)["SERVICES_GROUP"]).toBe(servicesGroupId);
  expect(rightsTo(opening)).toEqual([
    expect.stringContaining("azurerm_application_security_group.control-plane_members"),
    servicesGroupId,
  ]);
  expect(environment(tf)).not.toHaveProperty("SERVICES_GROUP");
  expect(rightsTo(tf)).toEqual([]);
});

// A library would go by its own value, and not by user data's. The ranges are meant to: those that a cluster was founded with hold.
test("of what user data says the scripts set nothing to something else but the ranges", () => {
  const given = [...String(only(open, SET)["custom_data"]).matchAll(/\b([A-Z][A-Z_]+)='/g)].map(
    ([, name = ""]) => name,
  );
  expect(given).toEqual(expect.arrayContaining(["CLUSTER", "TENANT", "CLIENT_ID", "SUBNET"]));
  const scripts = readdirSync("scripts/node", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".sh") && !file.includes("aws/"))
    .map((file) => readFileSync(`scripts/node/${file}`, "utf8"))
    .join("\n");
  expect(given.filter((name) => new RegExp(`^[^#'"]*\\b${name}=`, "m").test(scripts))).toEqual([
    "POD_CIDR",
    "SERVICE_CIDR",
  ]);
});

test("it finds its store, its vault and its names", () => {
  expect(environment(open)).toMatchObject({
    CLOUD: "azure",
    STORE_URL: "https://acmestore.blob.core.windows.net/cluster",
    KEY_VAULT_URL: "https://acme-vault.vault.azure.net",
    SEALING_KEY: "sealing",
    WITNESS: "witness",
    JOIN: "join",
    CA: "ca",
    CREDENTIAL: "credential",
    CLUSTER: "acme-prod",
    API_NAME: "master.prod.kube",
    PUBLIC_API_NAME: "master.prod.acme.io",
    KUBERNETES_VERSION: "1.36.4",
    ETCD_VERSION: "3.6.16",
  });
  expect(environment(tf)).not.toHaveProperty("PUBLIC_API_NAME");
});

test("its bundle is put under the name that its user data fetches", () => {
  const blob = only(tf, "azurerm_storage_blob");
  expect(blob).toMatchObject({
    storage_account_name: "acmestore",
    storage_container_name: "cluster",
    type: "Block",
    lifecycle: { create_before_destroy: true },
  });
  expect(blob["name"]).toMatch(/^boot\/control-plane\/[0-9a-f]{64}\.tar$/);
  expect(String(set["custom_data"])).toContain(`BUNDLE='${String(blob["name"])}'`);
});

describe("the API's load balancers", () => {
  test.each([
    ["internal", { subnet_id: "private", private_ip_address_allocation: "Dynamic", zones: ["1", "2", "3"] }],
    [
      "public",
      { public_ip_address_id: expect.stringContaining("azurerm_public_ip.control-plane_public_address") },
    ],
  ])("the %s one is a Standard one over all zones", (which, frontend) => {
    const balancer = resources(open, "azurerm_lb")[`control-plane_${which}`];
    expect(balancer).toMatchObject({
      sku: "Standard",
      frontend_ip_configuration: [{ name: "api", ...frontend }],
    });
  });

  test("send nobody to a master that does not say that it is well", () => {
    for (const probe of Object.values(resources(open, "azurerm_lb_probe"))) {
      expect(probe).toMatchObject({
        protocol: "Http",
        port: 10270,
        request_path: "/healthz",
        probe_threshold: 2,
      });
    }
    for (const [id, rule] of Object.entries(resources(open, "azurerm_lb_rule"))) {
      expect(rule).toMatchObject({
        protocol: "Tcp",
        frontend_port: 6443,
        backend_port: 6443,
        disable_outbound_snat: id.includes("public"),
      });
      expect(rule["probe_id"]).toContain(`${id.replace(/_api$/, "")}_health`);
    }
  });

  test("are only the internal one without publicApi", () => {
    expect(Object.keys(resources(tf, "azurerm_lb"))).toEqual(["control-plane_internal"]);
    expect(resources(tf, "azurerm_public_ip")).toEqual({});
  });

  test("have names", () => {
    expect(only(open, "azurerm_private_dns_a_record")).toMatchObject({
      name: "master",
      zone_name: expect.stringContaining("private"),
    });
    expect(only(open, "azurerm_dns_a_record")).toMatchObject({
      name: "master",
      records: [expect.stringMatching(/azurerm_public_ip\.\S+\.ip_address/)],
    });
  });
});

describe("the master's group", () => {
  const allowed = (of: Terraform) =>
    Object.values(resources(of, "azurerm_network_security_rule"))
      .filter(({ access }) => access === "Allow")
      .map((rule) => [
        rule["source_address_prefix"] ?? rule["source_address_prefixes"],
        rule["destination_port_range"],
      ]);

  test("lets in the network to the API, and probes to the health endpoint", () => {
    expect(allowed(tf)).toEqual([
      ["10.0.0.0/16", "6443"],
      ["AzureLoadBalancer", "10270"],
    ]);
  });

  test("lets in whoever may reach a public API, whose own address balancers hand on", () => {
    expect(allowed(open)).toContainEqual([["203.0.113.0/24", "198.51.100.0/24"], "6443"]);
  });

  test("has its like around the subnet, where the network says which group that is", () => {
    const network = { ...NETWORK, privateFence: { name: "fence", resourceGroup: "net" } };
    const fenced = controlPlane({ network, publicApi: { allowedCidrs: ["203.0.113.0/24"] } });
    const rules = Object.values(resources(fenced, "azurerm_network_security_rule"));
    expect(rules.filter((rule) => rule["network_security_group_name"] === "fence")).toEqual([
      expect.objectContaining({
        access: "Allow",
        resource_group_name: "net",
        source_address_prefix: "203.0.113.0/24",
        destination_port_range: "6443",
      }),
    ]);
  });
});

describe("the rollout", () => {
  const stackWith = (rollout: Rollout, told?: Rollout) => () => {
    const stack = new TerraformStack(Testing.app(), "test");
    holdProviderTo(stack, rollout);
    new AzurermProvider(stack, "azurerm", { features: told ? [featuresFor(told)] : [{}] });
    return Testing.synth(stack, true);
  };

  test.each(["manual", "automatic"] as const)("%s is what its provider has to be told", (rollout) => {
    expect(stackWith(rollout, rollout)).not.toThrow();
  });

  test.each([
    ["manual", "automatic"],
    ["manual", undefined],
    ["automatic", "manual"],
  ] as const)("%s with a provider that was told %s is refused", (rollout, told) => {
    expect(stackWith(rollout, told)).toThrow(`featuresFor("${rollout}")`);
  });
});
