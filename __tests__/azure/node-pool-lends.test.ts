import { unsealingKeyOf } from "../../lib/azure";
import { addresses, only, resources } from "../support/synth";
import { AGENTS, BALANCERS, nodePools, poolProblems } from "./support/node-pool";
import { acsCluster } from "./support/estate";
import { PLACE, synth } from "./support/synth";

const lends = { unsealingKey: unsealingKeyOf({ ...PLACE, resourceGroup: "acme-prod-store" }, "acme-vault") };
const lending = nodePools([{ ...AGENTS, lends }]);
const keeping = nodePools([AGENTS]);
const SET = "azurerm_linux_virtual_machine_scale_set";

test("machines that lend their identity start as all others do: the metadata service answers whoever reaches it", () => {
  const started = (tf: typeof lending) => ({ ...only(tf, SET), depends_on: undefined });
  expect(started(lending)).toEqual(started(keeping));
});

test("what such a pool has more is the rights, and nothing is replaced or lost", () => {
  const more = addresses(lending).filter((address) => !addresses(keeping).includes(address));
  expect(more.map((address) => address.replace(/_[0-9A-F]{8}$/, ""))).toEqual([
    "azurerm_role_assignment.pools_agents_role_assignments_snapshots",
    "azurerm_role_assignment.pools_agents_role_assignments_unsealing",
    "azurerm_role_definition.pools_agents_role_roles_snapshots",
    "azurerm_role_definition.pools_agents_role_roles_unsealing",
  ]);
  expect(addresses(keeping).filter((address) => !addresses(lending).includes(address))).toEqual([]);
});

test("the agents of a preset lend theirs likewise", () => {
  const roles = Object.keys(resources(synth(acsCluster({ lends })), "azurerm_role_definition"));
  expect(roles.filter((id) => /_roles_(snapshots|unsealing)$/.test(id))).toEqual([
    "cluster_agents_role_roles_snapshots",
    "cluster_agents_role_roles_unsealing",
  ]);
});

test("machines that the world reaches lend nobody their identity", () => {
  expect(poolProblems({ ...BALANCERS, lends })).toEqual([
    expect.stringMatching(
      /\/edge: 'lends' must be left out: the world reaches the machines of this pool; let a pool of workers lend its identity$/,
    ),
  ]);
});

test("a key to unseal with is one of a vault, by its whole id", () => {
  const unsealingKey = { name: "keys/*", vaultId: "acme-vault" };
  expect(poolProblems({ lends: { unsealingKey } })).toEqual([
    expect.stringContaining("/agents/lends/unsealingKey: 'name' must be a key's name, such as \"unseal\""),
    expect.stringContaining("/agents/lends/unsealingKey: 'vaultId' must be an id such as /subscriptions/"),
  ]);
});
