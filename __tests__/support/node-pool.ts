import { type IAwsCluster, NodePool, type NodePoolProps } from "../../lib/aws";
import { Construct } from "constructs";
import { TerraformStack } from "cdktf";
import { synth, type Terraform } from "./synth";
import { problemsIn } from "./problems";

/** A cluster that somebody already has. */
export const CLUSTER: IAwsCluster = {
  name: "prod",
  resourceName: "acme-prod",
  network: {
    networkId: "vpc-1",
    cidrBlock: "10.0.0.0/16",
    zones: ["us-east-1a", "us-east-1b", "us-east-1c"],
    privateSubnetIds: ["subnet-private-a", "subnet-private-b", "subnet-private-c"],
    publicSubnetIds: ["subnet-public-a", "subnet-public-b", "subnet-public-c"],
  },
  kubernetesVersion: "1.36.4",
  endpoint: "https://master.prod.kube:6443",
  podCidr: "10.244.0.0/16",
  serviceCidr: "10.96.0.0/16",
  store: { name: "acme-prod-store", url: "https://acme-prod-store.s3.us-east-1.amazonaws.com" },
  sealingKey: "alias/acme-prod",
  joinParameter: "/keelson/acme-prod/join",
  nodeSecurity: { members: "sg-members", services: "sg-services" },
  publicZone: { zoneId: "Z0123456789ABCDEFGHIJ", domain: "prod.acme.io" },
};

export type Pool = Omit<NodePoolProps, "cluster">;

export const WORKERS: Pool = {
  name: "general",
  machineTypes: ["m7g.large", "m6g.large"],
  image: { id: "ami-0a1b2c3d4e5f60718", architecture: "arm64" },
  minCount: 1,
  maxCount: 3,
};

export const BALANCERS: Pool = { ...WORKERS, name: "edge", role: "loadbalancer", minCount: 2 };

/** Makes pools in a scope of their own, as a stack does. */
export function makePools(
  stack: TerraformStack,
  pools: readonly Pool[],
  own: Partial<IAwsCluster> = {},
): NodePool[] {
  const scope = new Construct(stack, "pools");
  return pools.map((pool) => new NodePool(scope, pool.name, { ...pool, cluster: { ...CLUSTER, ...own } }));
}

/** A stack with these pools in it and nothing else. */
export function nodePools(pools: readonly Pool[], own: Partial<IAwsCluster> = {}): Terraform {
  return synth((stack) => makePools(stack, pools, own));
}

/** What is wrong with a pool that differs from a sound one, a line each. */
export function poolProblems(differs: Partial<Pool>, own: Partial<IAwsCluster> = {}): readonly string[] {
  return problemsIn(() => {
    nodePools([{ ...WORKERS, ...differs }], own);
  });
}
