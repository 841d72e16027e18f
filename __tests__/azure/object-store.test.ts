import {
  accountName,
  ObjectStore,
  type ObjectStoreProps,
  SealingKey,
  sealingKeyOf,
  storeOf,
  vaultName,
} from "../../lib/azure";
import { only, resources } from "../support/synth";
import { PLACE, problemsOf, synth } from "./support/synth";

const build =
  (props: Partial<ObjectStoreProps> = {}) =>
  (stack: ConstructorParameters<typeof ObjectStore>[0]) => {
    new ObjectStore(stack, "store", { name: "acmestore", place: PLACE, ...props });
  };
const kept = synth(build());
const spent = synth(build({ retainData: false }));

test("nobody has a key to the account, nobody is let in without TLS 1.2, and nothing in it is public", () => {
  expect(only(kept, "azurerm_storage_account")).toMatchObject({
    shared_access_key_enabled: false,
    default_to_oauth_authentication: true,
    local_user_enabled: false,
    allow_nested_items_to_be_public: false,
    cross_tenant_replication_enabled: false,
    https_traffic_only_enabled: true,
    min_tls_version: "TLS1_2",
  });
  expect(only(kept, "azurerm_storage_container")).toMatchObject({ container_access_type: "private" });
});

test("it is encrypted twice, and kept in three zones", () => {
  expect(only(kept, "azurerm_storage_account")).toMatchObject({
    infrastructure_encryption_enabled: true,
    account_replication_type: "ZRS",
  });
});

test("it keeps versions, and what is deleted for two weeks, which a hierarchical namespace would not", () => {
  expect(only(kept, "azurerm_storage_account")).toMatchObject({
    is_hns_enabled: false,
    blob_properties: {
      versioning_enabled: true,
      delete_retention_policy: { days: 14 },
      container_delete_retention_policy: { days: 14 },
    },
  });
});

test("of what is there, only snapshots that are tagged superseded expire, each after a week", () => {
  const rules = only(kept, "azurerm_storage_management_policy")["rule"] as {
    actions: { base_blob?: object; version?: object };
    filters: object;
    enabled: boolean;
  }[];
  expect(rules.filter(({ enabled }) => !enabled)).toEqual([]);
  expect(rules.filter(({ actions }) => "base_blob" in actions)).toEqual([
    {
      name: "superseded-snapshots",
      enabled: true,
      actions: { base_blob: { delete_after_days_since_modification_greater_than: 7 } },
      filters: {
        blob_types: ["blockBlob"],
        prefix_match: ["cluster/etcd/"],
        match_blob_index_tag: [{ name: "superseded", operation: "==", value: "yes" }],
      },
    },
  ]);
});

test("old versions go only where snapshots are, since identity and founding are kept with all of theirs", () => {
  const rules = only(kept, "azurerm_storage_management_policy")["rule"] as {
    actions: { version?: object };
    filters: object;
  }[];
  expect(rules.filter(({ actions }) => "version" in actions).map(({ filters }) => filters)).toEqual([
    { blob_types: ["blockBlob"], prefix_match: ["cluster/etcd/"] },
  ]);
});

test("where Consul's snapshots lie in it, they and their versions are gone after a month, and no other blob", () => {
  const rules = (tf: typeof kept) =>
    only(tf, "azurerm_storage_management_policy")["rule"] as readonly unknown[];
  expect(rules(synth(build({ consulSnapshots: true })))).toEqual([
    ...rules(kept),
    {
      name: "consul-snapshots",
      enabled: true,
      filters: { blob_types: ["blockBlob"], prefix_match: ["cluster/addons/consul/"] },
      actions: {
        base_blob: { delete_after_days_since_modification_greater_than: 30 },
        version: { delete_after_days_since_creation: 30 },
      },
    },
  ]);
});

test.each([
  [kept, true],
  [spent, false],
])("Terraform refuses to destroy it unless it need not be retained", (tf, refuses) => {
  for (const type of ["azurerm_storage_account", "azurerm_storage_container"]) {
    expect(only(tf, type)["lifecycle"]).toEqual({ prevent_destroy: refuses });
  }
});

test("another stack knows it by its names as the one that makes it does", () => {
  synth((stack) => {
    const { url } = new ObjectStore(stack, "store", { name: "acmestore", place: PLACE });
    expect(storeOf(PLACE, "acmestore")).toEqual({
      name: "cluster",
      account: "acmestore",
      id: "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/acme-prod/providers/Microsoft.Storage/storageAccounts/acmestore/blobServices/default/containers/cluster",
      url,
    });
    expect(url).toBe("https://acmestore.blob.core.windows.net/cluster");
  });
});

test.each(["", "ab", "a".repeat(25), "acme-store", "Acme", "acmé"])("%j is no account's name", (name) => {
  expect(problemsOf(build({ name }))).toEqual([
    `test/store: 'name' must be 3 to 24 lower-case letters and digits, got ${JSON.stringify(name)}`,
  ]);
});

describe("names that are unique in the world", () => {
  const [one, other] = [PLACE.subscription, PLACE.subscription.replace(/0$/, "1")];

  test.each(["acme-prod-eastus", "a".repeat(60), "", "9-lives", "Ünïcode--x"])(
    "%j makes names that Azure takes",
    (name) => {
      expect(accountName(name, one)).toMatch(/^[a-z0-9]{3,24}$/);
      expect(vaultName(name, one)).toMatch(/^(?!.*--)[a-z][a-z0-9-]{1,22}[a-z0-9]$/);
    },
  );

  test("are the same each time, readable, and others in another subscription or for another environment", () => {
    expect(accountName("acme-prod", one)).toMatch(/^acmeprod[0-9a-f]{8}$/);
    expect(vaultName("acme-prod", one)).toMatch(/^acme-prod-[0-9a-f]{8}$/);
    for (const nameOf of [accountName, vaultName]) {
      expect(nameOf("acme-prod", one)).toBe(nameOf("acme-prod", one));
      const long = "acme-production-of-everything";
      expect(new Set([nameOf(long, one), nameOf(long, other), nameOf(`${long}-2`, one)]).size).toBe(3);
    }
  });
});

describe("the sealing key", () => {
  const key =
    (props: { name?: string; retainData?: boolean } = {}) =>
    (stack: ConstructorParameters<typeof SealingKey>[0]) => {
      new SealingKey(stack, "key", { name: "acme-prod", place: PLACE, ...props });
    };
  const tf = synth(key());

  test("is of the size that the scripts cut their parts for, and may do nothing but seal and unseal", () => {
    expect(only(tf, "azurerm_key_vault_key")).toMatchObject({
      name: "sealing",
      key_type: "RSA",
      key_size: 2048,
      key_opts: ["decrypt", "encrypt"],
    });
  });

  test("is made anew each year, and no version of it ever ends", () => {
    expect(only(tf, "azurerm_key_vault_key")).toMatchObject({
      rotation_policy: { automatic: { time_after_creation: "P1Y" } },
    });
    expect(JSON.stringify(only(tf, "azurerm_key_vault_key"))).not.toMatch(/expir/);
  });

  test("lies in a vault that only roles open, and that keeps for 90 days what is deleted", () => {
    expect(only(tf, "azurerm_key_vault")).toMatchObject({
      rbac_authorization_enabled: true,
      soft_delete_retention_days: 90,
    });
    expect(only(tf, "azurerm_key_vault")).not.toHaveProperty("access_policy");
  });

  test.each([
    [{}, true],
    [{ retainData: true }, true],
    [{ retainData: false }, false],
  ])("with %j it is protected against being destroyed and purged: %s", (props, kept) => {
    const made = synth(key(props));
    expect(only(made, "azurerm_key_vault")).toMatchObject({
      purge_protection_enabled: kept,
      lifecycle: { prevent_destroy: kept },
    });
    expect(only(made, "azurerm_key_vault_key")["lifecycle"]).toEqual({ prevent_destroy: kept });
  });

  test("is known by its names to another stack", () => {
    synth((stack) => {
      const { vaultUrl } = new SealingKey(stack, "key", { name: "acme-prod", place: PLACE });
      expect(sealingKeyOf(PLACE, "acme-prod")).toEqual({
        name: "sealing",
        vaultId: `/subscriptions/${PLACE.subscription}/resourceGroups/acme-prod/providers/Microsoft.KeyVault/vaults/acme-prod`,
        vaultUrl,
      });
    });
  });

  test.each(["", "ab", "a".repeat(25), "acme_prod", "9acme", "acme-", "acme--prod"])(
    "%j is no vault's name",
    (name) => {
      expect(problemsOf(key({ name })).join()).toContain(
        "'name' must be 3 to 24 letters, digits and hyphens",
      );
    },
  );
});

test("no resource of it but what is said here", () => {
  expect(Object.keys(kept.resource ?? {}).sort()).toEqual([
    "azurerm_storage_account",
    "azurerm_storage_container",
    "azurerm_storage_management_policy",
  ]);
  expect(Object.keys(resources(kept, "azurerm_storage_container"))).toHaveLength(1);
});
