import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { documentedActions } from "../support/documented-actions";
import { ROOT } from "../support/run";
import { acsCluster } from "../azure/support/estate";
import { synth } from "../azure/support/synth";
import { estate } from "../support/estate";
import { addresses, resources, type Terraform } from "../support/synth";

/** IEP-4's cluster with a load-balancer pool, which the reference estate has none of on Azure. */
const acs = synth(acsCluster());
const stacks: Readonly<Record<string, Terraform>> = {
  ...Object.fromEntries(Object.entries(estate()).filter(([, { provider }]) => provider?.["azurerm"])),
  acs,
};

test("all of the estate's stacks on Azure are looked at", () => {
  expect(Object.keys(stacks)).toEqual([
    "prod-eastus",
    ...["platform", "state", "store"].map((what) => `prod-eastus-${what}`),
    "acs",
  ]);
});

/** Every resource of a type in all of the stacks, with its address. */
const all = (type: string) =>
  Object.entries(stacks).flatMap(([stack, tf]) =>
    Object.entries(resources(tf, type)).map(([id, attributes]) => ({
      at: `${stack}: ${type}.${id}`,
      ...attributes,
    })),
  ) as (Record<string, unknown> & { at: string })[];
const at = (found: readonly { at: string }[]) => found.map((one) => one.at);

// An address is a promise, as those of the estate's stacks are. To write them anew: UPDATE_ADDRESSES=1 npx jest secure-by
test("the addresses of a load-balancer pool are those that were promised", () => {
  const file = path.join(__dirname, "../azure/addresses/edge.txt");
  const pool = addresses(acs).filter((address) => address.includes(".pools_edge_"));
  const found = `${pool.join("\n")}\n`;
  if (process.env["UPDATE_ADDRESSES"] === "1") {
    writeFileSync(file, found);
  }
  expect(found).toBe(readFileSync(file, "utf8"));
});

test("no rule lets the world in but to 80 and 443 of the public subnet and of load-balancer nodes", () => {
  const rules = all("azurerm_network_security_rule").filter(({ access }) => access === "Allow");
  const open = rules.filter((rule) =>
    [rule["source_address_prefix"], rule["source_address_prefixes"]]
      .flat()
      .some((from) => from === "*" || from === "Internet" || String(from).endsWith("/0")),
  );
  expect(rules.length).toBeGreaterThan(8);
  expect(at(open)).toEqual([
    "prod-eastus: azurerm_network_security_rule.network_public_in_http",
    "prod-eastus: azurerm_network_security_rule.network_public_in_https",
    "acs: azurerm_network_security_rule.network_public_in_http",
    "acs: azurerm_network_security_rule.network_public_in_https",
    "acs: azurerm_network_security_rule.pools_edge_in_http",
    "acs: azurerm_network_security_rule.pools_edge_in_https",
  ]);
  expect(new Set(open.map((rule) => rule["destination_port_range"]))).toEqual(new Set(["80", "443"]));
});

test("nothing lets anybody in to SSH", () => {
  const ssh = all("azurerm_network_security_rule").filter(
    ({ access, destination_port_range: port }) =>
      access === "Allow" && (port === "22" || String(port).includes("-")),
  );
  expect(at(ssh)).toEqual([]);
});

test("groups have no rules but standalone ones, which the tests above see, and each keeps out the rest", () => {
  const groups = all("azurerm_network_security_group");
  expect(groups).toHaveLength(4 + 5);
  expect(at(groups.filter((group) => group["security_rule"] !== undefined))).toEqual([]);
  const denied = all("azurerm_network_security_rule").filter(
    ({ access, priority }) => access === "Deny" && priority === 4096,
  );
  const fences = denied.map(
    (rule) => `${rule.at.split(":")[0]} ${String(rule["network_security_group_name"])}`,
  );
  expect(new Set(fences).size).toBe(4 + 5);
});

/** @see https://learn.microsoft.com/rest/api/virtualnetwork/security-rules/create-or-update */
test("every description of a rule is one that Azure takes", () => {
  const odd = all("azurerm_network_security_rule").filter(
    ({ description }) => String(description).length > 140,
  );
  expect(at(odd)).toEqual([]);
});

test("no machine has a public address, a password or a system's identity", () => {
  const sets = all("azurerm_linux_virtual_machine_scale_set");
  expect(sets).toHaveLength(2 + 3);
  expect(at(sets.filter((one) => JSON.stringify(one).includes('public_ip_address"')))).toEqual([]);
  for (const one of sets) {
    expect(one).toMatchObject({ disable_password_authentication: true, identity: { type: "UserAssigned" } });
    expect(one).not.toHaveProperty("admin_password");
  }
});

test("every machine wears a group that keeps out the rest, and the one by which the cluster's machines know each other", () => {
  for (const one of all("azurerm_linux_virtual_machine_scale_set")) {
    const [card] = one["network_interface"] as Record<string, unknown>[];
    const [configuration] = card?.["ip_configuration"] as Record<string, unknown>[];
    expect(card?.["network_security_group_id"]).toMatch(/^\$\{azurerm_network_security_group\.\S+\.id\}$/);
    expect(configuration?.["application_security_group_ids"]).toEqual([
      expect.stringMatching(/^\$\{azurerm_application_security_group\.\S+_members_\S+\.id\}$/),
    ]);
  }
});

test("the group that workers wear is the one that the cloud controller is told to open for Services", () => {
  const cards = all("azurerm_linux_virtual_machine_scale_set").map((one) => ({
    stack: one.at.split(":")[0],
    opens: /SERVICES_GROUP='[^\n]*?(azurerm_network_security_group\.[\w-]+\.id)/.exec(
      String(one["custom_data"]),
    )?.[1],
    wears: (one["network_interface"] as Record<string, string>[])[0]?.["network_security_group_id"],
  }));
  const masters = cards.filter(({ opens }) => opens !== undefined);
  expect(masters).toHaveLength(2);
  for (const { stack, opens } of masters) {
    const workers = cards.filter((card) => card.stack === stack && card.wears === `\${${String(opens)}}`);
    expect([stack, workers]).toEqual([stack, [expect.objectContaining({ opens: undefined })]]);
  }
});

test("only the cluster's machines reach a kubelet, and what pods say to each other", () => {
  const inner = all("azurerm_network_security_rule").filter((rule) =>
    ["8472", "4240", "10250"].includes(String(rule["destination_port_range"])),
  );
  expect(inner).toHaveLength(3 * (2 + 3));
  for (const rule of inner) {
    expect(rule["source_application_security_group_ids"]).toHaveLength(1);
    expect(rule).not.toHaveProperty("source_address_prefix");
  }
});

test("every account is closed, encrypted twice and versioned", () => {
  for (const account of all("azurerm_storage_account")) {
    expect(account).toMatchObject({
      shared_access_key_enabled: false,
      allow_nested_items_to_be_public: false,
      https_traffic_only_enabled: true,
      min_tls_version: "TLS1_2",
      infrastructure_encryption_enabled: true,
      blob_properties: { versioning_enabled: true },
    });
  }
  expect(all("azurerm_storage_account")).toHaveLength(2);
});

test("every vault is opened by roles only, and cannot be purged", () => {
  const vaults = all("azurerm_key_vault");
  expect(vaults).toHaveLength(1);
  for (const vault of vaults) {
    expect(vault).toMatchObject({ rbac_authorization_enabled: true, purge_protection_enabled: true });
  }
});

test("the key that nodes may unseal with is one that the store's stack makes", () => {
  const keys = resources(stacks["prod-eastus-store"] as Terraform, "azurerm_key_vault_key");
  const [vault] = all("azurerm_key_vault");
  const { scope } = resources(stacks["prod-eastus"] as Terraform, "azurerm_role_assignment")[
    "cluster_agents_role_assignments_unsealing"
  ] as { scope: string };
  expect(scope).toMatch(
    new RegExp(`/vaults/${String(vault?.["name"])}/keys/${String(keys["unsealing-key"]?.["name"])}$`),
  );
});

describe("rights", () => {
  interface Permissions {
    readonly actions?: readonly string[];
    readonly data_actions?: readonly string[];
  }
  const roles = all("azurerm_role_definition").map((role) => ({
    ...role,
    permissions: role["permissions"] as Permissions[],
  }));
  const actionsOf = (permissions: readonly Permissions[]) =>
    permissions.flatMap(({ actions = [], data_actions: data = [] }) => [...actions, ...data]);
  const page = readFileSync(path.join(ROOT, "docs/iam-azure.md"), "utf8");

  test("no action is a wildcard, nothing is taken away that was given before, and what is made by Terraform nobody deletes", () => {
    const actions = roles.flatMap(({ permissions }) => actionsOf(permissions));
    expect(actions.length).toBeGreaterThan(8);
    expect(actions.filter((action) => action.includes("*"))).toEqual([]);
    expect([...new Set(actions.filter((action) => /delete|purge/i.test(action)))].sort()).toEqual([
      "Microsoft.Compute/disks/delete",
      "Microsoft.Compute/virtualMachineScaleSets/delete/action",
      ...["loadBalancers/backendAddressPools", "loadBalancers", "publicIPAddresses"].map(
        (what) => `Microsoft.Network/${what}/delete`,
      ),
    ]);
    expect(at(roles.filter((role) => /not_(data_)?actions/.test(JSON.stringify(role))))).toEqual([]);
  });

  test("of Azure's own roles there is the one that metrics need, and Contributor and Owner nowhere", () => {
    const builtIn = all("azurerm_role_assignment").filter((one) => one["role_definition_name"] !== undefined);
    expect(new Set(builtIn.map((one) => one["role_definition_name"]))).toEqual(
      new Set(["Monitoring Metrics Publisher"]),
    );
    expect(JSON.stringify(stacks)).not.toMatch(/"(Contributor|Owner|User Access Administrator)"/);
  });

  test.each(["prod-eastus", "acs"])(
    "each right in %s is kept to the smallest that is there before the machine",
    (id) => {
      const scopes = Object.fromEntries(
        all("azurerm_role_assignment")
          .filter((one) => one.at.startsWith(`${id}: `))
          .map((one) => [one.at.replace(/^.*_assignments_/, ""), one["scope"]]),
      );
      const inStore = (rest: RegExp) =>
        expect.stringMatching(
          new RegExp(
            `^/subscriptions/[0-9-]+/resourceGroups/[\\w-]+-store/providers/Microsoft\\.${rest.source}$`,
          ),
        );
      const container = inStore(/Storage\/storageAccounts\/\w+\/blobServices\/default\/containers\/cluster/);
      const vault = /KeyVault\/vaults\/[\w-]+/;
      const group = expect.stringMatching(
        /^\/subscriptions\/[0-9-]+\/resourceGroups\/\$\{azurerm_resource_group\.\S+\.name\}$/,
      );
      expect(scopes).toEqual({
        ...{ store: container, scripts: container },
        secrets: inStore(vault),
        sealing: inStore(RegExp(`${vault.source}/keys/sealing`)),
        join: inStore(RegExp(`${vault.source}/secrets/join`)),
        ...(id === "prod-eastus" && {
          snapshots: container,
          unsealing: inStore(RegExp(`${vault.source}/keys/unseal`)),
        }),
        ...{ "own-group": group, metrics: group },
        ...{ "cloud-controller": group, volumes: group, autoscaler: group },
        "cloud-controller-network": expect.stringMatching(/^\$\{azurerm_virtual_network\.\S+\.id\}$/),
        "cloud-controller-subnet": expect.stringMatching(/^\$\{azurerm_subnet\.network_private_\S+\.id\}$/),
        "cloud-controller-services": expect.stringMatching(
          /^\$\{azurerm_network_security_group\.cluster_services_\S+\.id\}$/,
        ),
        "cloud-controller-members": expect.stringMatching(
          /^\$\{azurerm_application_security_group\.\S+_members_\S+\.id\}$/,
        ),
      });
    },
  );

  test("each action that a role has stands in docs/iam-azure.md, under its name", () => {
    const documented = documentedActions(page, /Microsoft\.[\w./]+/);
    const granted = Object.fromEntries(
      roles.map(({ at: address, permissions }) => [
        address.replace(/^.*_roles_/, ""),
        actionsOf(permissions).toSorted(),
      ]),
    );
    expect(documented).toEqual({ ...granted, metrics: [] });
  });

  describe("of the store", () => {
    /** Stands in for Azure's decision, as far as the condition goes: all of its clauses have to hold. */
    function decide(assignment: string, action: string, blob: string, tag?: string): boolean {
      const condition = String(
        all("azurerm_role_assignment").find((one) => one.at.endsWith(assignment))?.["condition"],
      );
      const clauses = [
        ...condition.matchAll(/\(\(!\(ActionMatches\{'([^']*)'\}\)\) OR \((.*?)\)\)(?: AND |$)/g),
      ];
      expect(clauses).toHaveLength(assignment === "_store" ? 2 : 1);
      return clauses.every(([, matched = "", holds = ""]) => {
        if (!matched.endsWith(`/blobs/${action}`)) return true;
        const paths = [...holds.matchAll(/blobs:path\] StringLike '([^']*)\*'/g)].map(
          ([, prefix = ""]) => prefix,
        );
        const tagged = /@Request\[\S*tags:superseded<\$key_case_sensitive\$>\] StringEquals '(\w+)'/.exec(
          holds,
        )?.[1];
        return paths.some((prefix) => blob.startsWith(prefix)) && (tagged === undefined || tagged === tag);
      });
    }

    const allows = (action: string, blob: string, tag?: string) => decide("_store", action, blob, tag);

    test("nodes read the scripts of their own pool and the packages, and nothing else", () => {
      const reads = (blob: string) => decide("agents_role_assignments_scripts", "read", blob);
      expect(["boot/node/agents/1.tar", "packages/sha256/1"].map(reads)).toEqual([true, true]);
      const others = ["boot/node/agentsx/1.tar", "boot/node/edge/1.tar", "boot/control-plane/1.tar"];
      for (const blob of [...others, "identity/pki.sealed", "etcd/1/2.db", "founding/cluster.json", ""]) {
        expect([blob, reads(blob)]).toEqual([blob, false]);
      }
    });

    test("nodes that lend their identity make snapshots of Consul, and neither overwrite nor make anything else", () => {
      const makes = (blob: string) => decide("agents_role_assignments_snapshots", "add/action", blob);
      expect(makes("addons/consul/1.snap")).toBe(true);
      for (const blob of ["addons/consul2/1", "addons/vault/1", "etcd/1/2.db", "pin/1.json", ""]) {
        expect([blob, makes(blob)]).toEqual([blob, false]);
      }
      const [role] = roles.filter((one) => one.at.endsWith("agents_role_roles_snapshots"));
      expect(actionsOf(role?.permissions ?? [])).toEqual([expect.stringMatching(/\/blobs\/add\/action$/)]);
    });

    test("masters write where they do, and nowhere else", () => {
      for (const blob of [
        "founding/cluster.json",
        "identity/genesis.json",
        "etcd/1/2.db",
        "packages/sha256/1",
      ]) {
        expect([blob, allows("write", blob)]).toEqual([blob, true]);
      }
      for (const blob of ["boot/control-plane/1.tar", "pin/1.json", "etcdx/1"]) {
        expect([blob, allows("write", blob)]).toEqual([blob, false]);
      }
    });

    test("snapshots are tagged as superseded, and nothing else is", () => {
      expect(allows("tags/write", "etcd/1/2.db", "yes")).toBe(true);
      expect(allows("tags/write", "etcd/1/2.db", "no")).toBe(false);
      expect(allows("tags/write", "identity/pki.sealed", "yes")).toBe(false);
    });
  });
});

test("no user data holds anything that looks like a secret", () => {
  const secret =
    /(SECRET|PASSWORD|TOKEN|PRIVATE)[A-Z_]*=|PRIVATE KEY|\b[a-z0-9]{6}\.[a-z0-9]{16}\b|AccountKey=/;
  expect(
    at(all("azurerm_linux_virtual_machine_scale_set").filter((one) => secret.test(JSON.stringify(one)))),
  ).toEqual([]);
});

test("no output holds a token that cdktf did not resolve", () => {
  expect(Object.entries(stacks).filter(([, tf]) => /TfToken/i.test(JSON.stringify(tf)))).toEqual([]);
});
