import type { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { type IAzureCluster, NodePool, type NodePoolProps, storeOf } from "../../../lib/azure";
import type { Terraform } from "../../support/synth";
import { NETWORK } from "./control-plane";
import { PLACE, problemsOf, synth } from "./synth";

const GROUP = `/subscriptions/${PLACE.subscription}/resourceGroups/acme-prod/providers`;
const STORE = `/subscriptions/${PLACE.subscription}/resourceGroups/acme-prod-store/providers`;

/** A cluster that somebody already has. */
export const CLUSTER: IAzureCluster = {
  name: "prod",
  resourceName: "Acme-prod",
  place: PLACE,
  network: NETWORK,
  kubernetesVersion: "1.36.4",
  endpoint: "https://master.prod.kube:6443",
  podCidr: "10.244.0.0/16",
  serviceCidr: "10.96.0.0/16",
  store: storeOf({ ...PLACE, resourceGroup: "acme-prod-store" }, "acmestore"),
  joinSecret: {
    name: "join",
    vaultId: `${STORE}/Microsoft.KeyVault/vaults/acme-vault`,
    vaultUrl: "https://acme-vault.vault.azure.net",
  },
  nodeSecurity: {
    members: `${GROUP}/Microsoft.Network/applicationSecurityGroups/acme-prod-members`,
    services: `${GROUP}/Microsoft.Network/networkSecurityGroups/acme-prod-services`,
  },
  publicZone: { name: "acme.io", resourceGroup: "names", subdomain: "prod" },
};

export type Pool = Omit<NodePoolProps, "cluster">;

export const AGENTS: Pool = {
  name: "agents",
  machineTypes: ["Standard_D2_v2"],
  image: { id: "Canonical:ubuntu-24_04-lts:server-gen1:24.04.202510010", architecture: "amd64" },
  minCount: 3,
  maxCount: 12,
};

export const BALANCERS: Pool = { ...AGENTS, name: "edge", role: "loadbalancer", minCount: 2, maxCount: 3 };

/** Makes pools in a scope of their own, as a stack does. */
export function makePools(
  stack: TerraformStack,
  pools: readonly Pool[],
  own: Partial<IAzureCluster> = {},
): NodePool[] {
  const scope = new Construct(stack, "pools");
  return pools.map((pool) => new NodePool(scope, pool.name, { ...pool, cluster: { ...CLUSTER, ...own } }));
}

/** A stack with these pools in it and nothing else. */
export function nodePools(pools: readonly Pool[], own: Partial<IAzureCluster> = {}): Terraform {
  return synth((stack) => makePools(stack, pools, own));
}

/** What is wrong with a pool that differs from a sound one, a line each. */
export function poolProblems(differs: Partial<Pool>, own: Partial<IAzureCluster> = {}): readonly string[] {
  return problemsOf((stack) => makePools(stack, [{ ...AGENTS, ...differs }], own));
}
