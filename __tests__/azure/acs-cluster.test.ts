import { Annotations } from "cdktf";
import { AcsCluster, type AcsClusterProps, type IAzureCluster, sealingKeyOf, storeOf } from "../../lib/azure";
import { type Attributes, resources, type Terraform } from "../support/synth";
import { NETWORK } from "./support/control-plane";
import { GENERATION_1 } from "./support/estate";
import { PLACE, problemsOf, synth } from "./support/synth";

type Stack = ConstructorParameters<typeof AcsCluster>[0];

const image = { id: GENERATION_1, architecture: "amd64" } as const;

const build =
  (own: Partial<AcsClusterProps> = {}, look: (made: AcsCluster) => void = () => undefined) =>
  (stack: Stack) => {
    look(
      new AcsCluster(stack, "prod-eastus", {
        name: "acme-prod",
        place: PLACE,
        cluster: "prod-eastus",
        network: NETWORK,
        domain: "acme.io",
        store: storeOf(PLACE, "acmestore"),
        sealingKey: sealingKeyOf(PLACE, "acme-vault"),
        controlPlane: { kubernetesVersion: "1.36.4", image },
        agents: { image, maxCount: 12 },
        ...own,
      }),
    );
  };

function made(own: Partial<AcsClusterProps> = {}) {
  const warned: unknown[] = [];
  const spy = jest
    .spyOn(Annotations.prototype, "addWarning")
    .mockImplementation((text) => void warned.push(text));
  let cluster: AcsCluster | undefined;
  const tf = synth(build(own, (one) => (cluster = one)));
  spy.mockRestore();
  return { tf, warned, cluster };
}

const set = (tf: Terraform, name: string): Attributes =>
  Object.values(resources(tf, "azurerm_linux_virtual_machine_scale_set")).find(
    (one) => one["name"] === name,
  ) ?? {};

const { tf, warned, cluster } = made();

test("one master of D3_v2, and agents of D2_v2 of which three are always there", () => {
  expect(set(tf, "acme-prod-master")).toMatchObject({ sku: "Standard_D3_v2", instances: 1 });
  expect(set(tf, "acme-prod-agents")).toMatchObject({
    sku: "Standard_D2_v2",
    instances: 3,
    tags: { min: "3", max: "12" },
  });
  expect(Object.keys(resources(tf, "azurerm_linux_virtual_machine_scale_set"))).toHaveLength(2);
});

test("synthesis says of both sizes that they go away, and what to take; then it says nothing any more", () => {
  expect(warned).toEqual([
    expect.stringMatching(
      /^Standard_D3_v2 retires on 2028-05-01.* take Standard_D4s_v5, by instanceType: "Standard_D4s_v5"$/,
    ),
    expect.stringMatching(
      /^Standard_D2_v2 retires on 2028-05-01.* take Standard_D2s_v5, by machineTypes: \["Standard_D2s_v5"\]$/,
    ),
  ]);
  const successors = made({
    controlPlane: { kubernetesVersion: "1.36.4", image, instanceType: "Standard_D4s_v5" },
    agents: { image, maxCount: 12, machineTypes: ["Standard_D2s_v5"] },
  });
  expect(successors.warned).toEqual([]);
  expect(set(successors.tf, "acme-prod-master")["sku"]).toBe("Standard_D4s_v5");
  expect(set(successors.tf, "acme-prod-agents")["sku"]).toBe("Standard_D2s_v5");
});

test("more pools find in it what they need of their cluster", () => {
  const found: IAzureCluster | undefined = cluster;
  expect(found).toMatchObject({
    name: "prod-eastus",
    resourceName: "acme-prod",
    kubernetesVersion: "1.36.4",
    joinSecret: { name: "join", vaultUrl: "https://acme-vault.vault.azure.net" },
  });
  expect(cluster?.agents.publicIps).toEqual([]);
});

test("agents drain before the master goes, the way to it, and what lets them talk", () => {
  const needed = (set(tf, "acme-prod-agents")["depends_on"] as string[]).join();
  for (const one of [
    "azurerm_linux_virtual_machine_scale_set.prod-eastus_control-plane_group",
    "azurerm_lb_rule.prod-eastus_control-plane_internal_api",
    "azurerm_private_dns_a_record.prod-eastus_dns_private-names_master",
    "azurerm_private_dns_zone_virtual_network_link.prod-eastus_dns_private-link",
    "azurerm_network_security_rule.prod-eastus_nodes_into_services_vxlan",
    "azurerm_network_security_rule.prod-eastus_nodes_into_masters_kubelet",
    "azurerm_network_security_rule.prod-eastus_control-plane_in_api",
  ]) {
    expect(needed).toContain(one);
  }
});

test("fewer than three agents are refused", () => {
  expect(problemsOf(build({ agents: { image, minCount: 2, maxCount: 12 } }))).toEqual([
    "test/prod-eastus/agents: 'minCount' must be at least 3 (IEP-4 keeps three agents running), got 2",
  ]);
});

test("everything that is wrong with the cluster or its agents is reported at once", () => {
  const gen2 = { id: "Canonical:ubuntu-24_04-lts:server:24.04.202510010", architecture: "amd64" } as const;
  const wrong = build({
    name: "acme_prod",
    cluster: "Prod",
    controlPlane: { kubernetesVersion: "1.36.4", image: gen2, podCidr: "10.244.0.0/22" },
    agents: { image: gen2, minCount: 1, maxCount: 20, spotPercent: 50 },
  });
  expect(problemsOf(wrong).map((line) => line.split(" must ")[0])).toEqual([
    "test/prod-eastus: 'name'",
    "test/prod-eastus: 'cluster'",
    "test/prod-eastus/controlPlane: 'instanceType'",
    "test/prod-eastus/agents: 'minCount'",
    "test/prod-eastus/agents: 'machineTypes'",
    "test/prod-eastus/agents: 'spotPercent'",
    "test/prod-eastus: 'agents'",
  ]);
});
