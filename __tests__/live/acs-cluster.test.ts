import { spawnSync } from "node:child_process";
import { Facts } from "../../lib/cli/simulator/facts/facts";
import { Deployed } from "../azure/support/deployed";
import { acsCluster, type OwnAcs } from "../azure/support/estate";

/** A store and IEP-4's cluster with a pool more, which are deployed once: each test plans something else from there. */
const deployed = new Deployed();

const SET = "azurerm_linux_virtual_machine_scale_set";
const [MASTER, AGENTS] = [`${SET}.cluster_control-plane_group`, `${SET}.cluster_agents_group`];

/** What Terraform would do to the deployed cluster when this is changed. */
async function changes(own: OwnAcs): Promise<Readonly<Record<string, string>>> {
  deployed.synthesize(acsCluster(own));
  return deployed.changes("prod");
}

afterAll(() => {
  deployed.remove();
});

test.each(["store", "prod"])(
  "the stack %s deploys, and has nothing to change on a second plan",
  async (id) => {
    deployed.synthesize(acsCluster());
    const { code, stdout } = await deployed.terraform(id, "apply -auto-approve", "plan -detailed-exitcode");
    expect(stdout).toContain("No changes. Your infrastructure matches the configuration.");
    expect(code).toBe(0);
  },
);

describe("a machine's custom data is a script that bash reads, with its values in it and no template", () => {
  test.each([
    [
      "master",
      "boot/control-plane/",
      ["SEALING_KEY='sealing'", "PUBLIC_API_NAME='master.prod.acme.io'", "CLUSTER='acme-prod'"],
    ],
    ["agents", "boot/node/agents/", ["JOIN='join'", "POOL='acme-prod/agents'", "KUBELET_VERSION='1.36.4'"]],
  ])("of a machine of %s", async (pool, bundle, lines) => {
    const { custom_data: custom } = await deployed.resource("prod", SET, `acme-prod-${pool}`);
    const script = Buffer.from(String(custom), "base64").toString();
    expect(spawnSync("bash", ["-n"], { input: script, encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
    for (const line of [
      "CLOUD='azure'",
      "STORE_URL='https://devstoreaccount1.blob.core.windows.net/cluster'",
      "KEY_VAULT_URL='https://acme-prod-1a2b3c4d.vault.azure.net'",
      ...lines,
    ]) {
      expect(script.split("\n")).toContain(line);
    }
    expect(script.startsWith(`#!/bin/bash\nBUNDLE='${bundle}`)).toBe(true);
  });
});

test("one agent more at least changes the autoscaler's bound, and nothing else", async () => {
  expect(await changes({ agents: { minCount: 4 } })).toEqual({ [AGENTS]: "tags.min" });
});

// Changes that have nothing to do with each other share a plan, which takes seconds.
describe("changes in place", () => {
  let touched: Readonly<Record<string, string>>;
  beforeAll(async () => {
    touched = await changes({
      controlPlane: {
        instanceType: "Standard_D4_v2",
        diskGiB: 80,
        publicApi: { allowedCidrs: ["203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24"] },
      },
      agents: { machineTypes: ["Standard_D3_v2"] },
    });
  });

  test("of the master's size and disk are one of its set", () => {
    expect(touched[MASTER]).toBe("os_disk,sku");
  });

  test("of the agents' size are one of their set, of which the facts say that nodes are re-imaged", () => {
    expect(touched[AGENTS]).toBe("sku");
    expect(Facts.shipped().find(SET, "sku", "disrupts")?.value).toContain("nodes are re-imaged");
  });

  test("of the public API's ranges are one of a rule at the master and one at the subnet, and nothing else is touched", () => {
    const { [MASTER]: master, [AGENTS]: agents, ...others } = touched;
    expect([master, agents]).not.toContain(undefined);
    expect(others).toEqual({
      "azurerm_network_security_rule.cluster_control-plane_in_public-api": "source_address_prefixes",
      "azurerm_network_security_rule.cluster_control-plane_fence_public-api": "source_address_prefixes",
    });
  });
});

describe("another pool's name, a label, and an upgrade of the master that is not done", () => {
  let touched: Readonly<Record<string, string>>;
  beforeAll(async () => {
    touched = await changes({
      controlPlane: { kubernetesVersion: "1.36.5", previousKubernetesVersion: "1.36.4" },
      agents: { labels: { "example.org/tier_a": "x" } },
      balancers: "front",
    });
  });

  test("make another pool", () => {
    const of = (pool: string, action: string) =>
      Object.entries(touched)
        .filter(([address, done]) => address.includes(`.pools_${pool}_`) && done === action)
        .map(([address]) => address.replace(`pools_${pool}_`, ""))
        .sort();
    expect(of("front", "create")).toContain(`${SET}.group`);
    expect(of("edge", "delete")).toEqual(of("front", "create"));
    // Beside the two sets below.
    expect(Object.keys(touched)).toHaveLength(2 * of("front", "create").length + 2);
  });

  test("change what the labelled machines start with, and what the autoscaler is told", () => {
    expect(touched[AGENTS]).toBe(
      "custom_data,tags.k8s.io_cluster-autoscaler_node-template_label_example.org_tier~2a",
    );
  });

  test("change the master's set, and no node for its sake", () => {
    expect(touched[MASTER]).toBe("custom_data");
  });
});

test("another location replaces all that stands there", async () => {
  const touched = await changes({ location: "westus2" });
  expect([touched[MASTER], touched[AGENTS]]).toEqual(["delete,create", "delete,create"]);
  expect(touched["azurerm_virtual_network.network_virtual-network"]).toBe("delete,create");
});

test("Terraform refuses to destroy the store and the key, and takes down the cluster in an order that Azure takes", async () => {
  deployed.synthesize(acsCluster());
  const refused = await deployed.terraform("store", "destroy -auto-approve");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("Instance cannot be destroyed");
  expect(await deployed.terraform("prod", "destroy -auto-approve")).toMatchObject({ code: 0 });
});
