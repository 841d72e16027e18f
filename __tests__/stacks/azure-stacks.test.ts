import type { AzureEnvironment } from "../../stacks";
import { AzureClusterStack } from "../../stacks/azure-cluster";
import { AzureStateStack } from "../../stacks/azure-state";
import { AzureStoreStack } from "../../stacks/azure-store";
import { addresses, only, resources, synthApp, type Terraform } from "../support/synth";

const SUBSCRIPTION = "11111111-2222-3333-4444-555555555555";

const environment: AzureEnvironment = {
  name: "prod-west",
  cloud: "azure",
  prefix: "acme",
  subscription: SUBSCRIPTION,
  location: "westeurope",
  domain: "acme.io",
  network: { zones: ["1", "2"] },
  controlPlane: {
    kubernetesVersion: "1.36.4",
    image: { id: "Canonical:ubuntu-24_04-lts:server:24.04.202510010", architecture: "amd64" },
  },
};

const VNET = `/subscriptions/${SUBSCRIPTION}/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/net`;
const existing = {
  networkId: VNET,
  cidrBlock: "10.9.0.0/16",
  zones: ["1", "2"],
  privateSubnetIds: [`${VNET}/subnets/private`],
  publicSubnetIds: [`${VNET}/subnets/public`],
};

const stacks = (own: Partial<AzureEnvironment> = {}) =>
  synthApp((app) => {
    const one = { ...environment, ...own };
    new AzureStateStack(app, "prod-west-state", one);
    new AzureStoreStack(app, "prod-west-store", one);
    new AzureClusterStack(app, "prod-west", one);
  }) as Record<"prod-west-state" | "prod-west-store" | "prod-west", Terraform>;
const made = stacks();
const { "prod-west-state": state, "prod-west-store": store, "prod-west": cluster } = made;

const outputs = (tf: Terraform) =>
  Object.fromEntries(Object.entries(tf.output ?? {}).map(([id, output]) => [id, output["value"]]));

test("state is kept in the environment's storage account, by whom Entra knows, and nobody has its key", () => {
  expect(cluster.terraform["backend"]).toEqual({
    azurerm: {
      subscription_id: SUBSCRIPTION,
      resource_group_name: "acme-prod-west-state",
      storage_account_name: expect.stringMatching(/^acmeprodweststat[0-9a-f]{8}$/),
      container_name: "tfstate",
      key: "prod-west.tfstate",
      use_azuread_auth: true,
    },
  });
});

test("the state stack makes the account and the container that the others name", () => {
  const { azurerm } = cluster.terraform["backend"] as { azurerm: Record<string, string> };
  expect(only(state, "azurerm_resource_group")["name"]).toBe(azurerm["resource_group_name"]);
  expect(only(state, "azurerm_storage_account")["name"]).toBe(azurerm["storage_account_name"]);
  expect(only(state, "azurerm_storage_container")["name"]).toBe(azurerm["container_name"]);
});

test("the state stack keeps its own state in a file, since the account cannot hold it", () => {
  expect(Object.keys(state.terraform["backend"] as object)).toEqual(["local"]);
});

test("no two stacks have a state in common", () => {
  const keys = [store, cluster].map(
    ({ terraform }) => (terraform["backend"] as { azurerm: { key: string } }).azurerm.key,
  );
  expect(new Set(keys).size).toBe(2);
});

test.each(Object.entries(made))(
  "%s knows no other subscription, and reads blobs without an account's key",
  (_id, tf) => {
    expect(tf.provider?.["azurerm"]).toEqual([
      expect.objectContaining({ subscription_id: SUBSCRIPTION, storage_use_azuread: true }),
    ]);
  },
);

test.each(Object.entries(made))(
  "each resource of %s stands in the stack's own resource group, and is tagged",
  (id, tf) => {
    const all = Object.entries(tf.resource ?? {}).flatMap(([type, byId]) =>
      Object.values(byId).map((attributes) => ({ type, attributes })),
    );
    expect(only(tf, "azurerm_resource_group")).toMatchObject({ name: `acme-${id}`, location: "westeurope" });
    const groups = all.flatMap(({ attributes }) => attributes["resource_group_name"] ?? []);
    expect(new Set(groups)).toEqual(
      new Set([expect.stringContaining("azurerm_resource_group.resource-group")]),
    );
    const tags = { estate: "acme", environment: "prod-west", "managed-by": "keelson" };
    const untagged = all.filter(({ attributes }) => {
      const found = attributes["tags"] as object | undefined;
      return JSON.stringify({ ...found, ...tags }) !== JSON.stringify(found);
    });
    // Those that Azure has no tags for.
    expect([...new Set(untagged.map(({ type }) => type))].toSorted()).toEqual(UNTAGGED[id]);
  },
);

/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/tag-support */
const UNTAGGED: Record<string, readonly string[]> = {
  "prod-west-state": ["azurerm_storage_container"],
  "prod-west-store": ["azurerm_storage_container", "azurerm_storage_management_policy"],
  "prod-west": [
    ...["azurerm_lb_backend_address_pool", "azurerm_lb_probe", "azurerm_lb_rule"],
    ...["azurerm_nat_gateway_public_ip_association", "azurerm_network_security_rule"],
    ...["azurerm_role_assignment", "azurerm_role_definition", "azurerm_storage_blob"],
    ...["azurerm_subnet", "azurerm_subnet_nat_gateway_association"],
    "azurerm_subnet_network_security_group_association",
  ],
};

/** Without it Terraform would leave what knows the group by its name in a group that it destroys. */
test("what stands in the resource group is replaced with it when that moves", () => {
  const inGroup = Object.values(cluster.resource ?? {})
    .flatMap((byId) => Object.values(byId))
    .filter((one) => one["resource_group_name"] !== undefined);
  expect(inGroup.length).toBeGreaterThan(50);
  for (const one of inGroup) {
    expect(one["lifecycle"]).toMatchObject({
      replace_triggered_by: ["azurerm_resource_group.resource-group.location"],
    });
  }
  const [set] = Object.values(resources(cluster, "azurerm_subnet"));
  expect(set?.["lifecycle"]).not.toHaveProperty("ignore_changes");
});

test("the cluster knows the store and the key by the names that their stack gives them", () => {
  const account = String(only(store, "azurerm_storage_account")["name"]);
  const vault = String(only(store, "azurerm_key_vault")["name"]);
  expect(account).toMatch(/^acmeprodweststor[0-9a-f]{8}$/);
  expect(vault).toMatch(/^acme-prod-west-[0-9a-f]{8}$/);
  const text = JSON.stringify(cluster);
  expect(text).toContain(`/storageAccounts/${account}/`);
  expect(text).toContain(`/vaults/${vault}`);
});

test("another subscription has other names in the world", () => {
  const other = stacks({ subscription: SUBSCRIPTION.replace("1", "9") })["prod-west-store"];
  for (const type of ["azurerm_storage_account", "azurerm_key_vault"]) {
    expect(only(other, type)["name"]).not.toBe(only(store, type)["name"]);
  }
});

test("its outputs are what those who build on it need, each described", () => {
  expect(outputs(cluster)).toEqual({
    virtual_network_id: expect.stringContaining("azurerm_virtual_network.network_virtual-network"),
    private_subnet_ids: [expect.any(String)],
    public_subnet_ids: [expect.any(String)],
    nat_addresses: [expect.stringContaining("azurerm_public_ip.")],
    endpoint: "https://master.prod-west.kube:6443",
    access: {
      ...{
        cloud: "azure",
        vault: expect.stringMatching(/^https:\/\/[a-z0-9-]+\.vault\.azure\.net$/) as string,
      },
      ...{ ca: "ca", credential: "credential" },
      endpoint: "https://master.prod-west.kube:6443",
    },
  });
  expect(Object.values(cluster.output ?? {}).filter((output) => !output["description"])).toEqual([]);
});

test("an environment may name a virtual network that exists; then none is made", () => {
  const { "prod-west": tf } = stacks({ network: existing });
  expect(addresses(tf).filter((address) => address.includes(".network_"))).toEqual([]);
  expect(outputs(tf)).toMatchObject({
    virtual_network_id: VNET,
    private_subnet_ids: existing.privateSubnetIds,
    public_subnet_ids: existing.publicSubnetIds,
  });
});

test("an automatic rollout is told to the provider of the cluster's stack, and to no other's", () => {
  const tfs = stacks({ controlPlane: { ...environment.controlPlane, rollout: "automatic" } });
  const rolls = Object.entries(tfs).filter(([, { provider }]) =>
    JSON.stringify(provider).includes('"roll_instances_when_required":true'),
  );
  expect(rolls.map(([id]) => id)).toEqual(["prod-west"]);
});

test("the id of the stack is no part of its addresses", () => {
  const other = synthApp((app) => new AzureClusterStack(app, "other", environment))["other"] as Terraform;
  expect(addresses(other)).toEqual(addresses(cluster));
  expect(Object.keys(resources(other, "azurerm_resource_group"))).toEqual(["resource-group"]);
});
