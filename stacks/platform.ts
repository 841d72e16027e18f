import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { Consul, Priorities, type Seal, type SnapshotStore, Vault } from "../lib/addons";
import { type ICluster, MASTER_LABELS, type NodePoolSpec } from "../lib/core";
import type { PlatformSpec } from "./environments/environment";
import { type ClusterPlace, credentialAccess, type KubernetesAccess } from "./kubernetes-access";

/** What is a cloud's own in the platform of an environment. */
export interface PlatformCloud {
  /** Gives a stack the cloud's provider and keeps its state with that of the environment's other stacks. */
  settle(stack: TerraformStack): void;
  /** What the cluster's stack has put out by this name, from its state. */
  output(stack: TerraformStack, name: string): string;
  /** The certificate of the cluster's authority, which its master has published. */
  ca(stack: TerraformStack): string;
  /** The key that Vault unseals itself with. */
  readonly seal: Seal;
  /** Where Consul's snapshots go. */
  readonly snapshots: SnapshotStore;
}

export interface PlatformStackProps {
  readonly platform: PlatformSpec;
  /** The pool that `platform` names. */
  readonly pool: Pick<NodePoolSpec, "name" | "taints">;
  /** The class of volumes, unless `platform` names another one. */
  readonly storageClass: string;
  readonly cluster: Pick<ICluster, "name" | "kubernetesVersion" | "publicEndpoint">;
  readonly cloud: PlatformCloud;
  /** @default the environment's own credential, which lives an hour */
  readonly access?: KubernetesAccess;
}

/**
 * What runs inside the cluster of one environment, on either cloud. A stack of its own, since a provider cannot be configured from
 * what is made in the same run; it is deployed after the cluster's and destroyed before it.
 */
export class PlatformStack extends TerraformStack {
  constructor(scope: Construct, id: string, props: PlatformStackProps) {
    super(scope, id);
    const { platform, pool, cluster, cloud, access = credentialAccess } = props;
    cloud.settle(this);
    const place: ClusterPlace = {
      environment: cluster.name,
      // Terraform runs where people and pipelines are, so it takes the way from outside where there is one.
      endpoint: () =>
        cloud.output(this, cluster.publicEndpoint === undefined ? "endpoint" : "public_endpoint"),
      ca: () => cloud.ca(this),
    };
    new KubernetesProvider(this, "kubernetes", access.configure(place));

    const { storageClass = props.storageClass } = platform;
    const { storage = "consul", ...wanted } = platform.vault ?? {};
    const common = {
      cluster,
      storageClass,
      // Not a label that a machine in wrong hands could give itself.
      nodeLabels: { [MASTER_LABELS.pool]: pool.name },
      taints: pool.taints,
      priorityClass: new Priorities(this, "priorities").platform,
    };
    const consul = new Consul(this, "consul", {
      ...common,
      ...platform.consul,
      snapshots: cloud.snapshots,
    });
    const vault = new Vault(this, "vault", {
      ...common,
      ...wanted,
      seal: cloud.seal,
      secretsImage: platform.consul?.image,
      storage: storage === "consul" ? consul : storage,
    });
    new TerraformOutput(this, "consul_address", {
      value: `https://${consul.address}`,
      description: "Where Consul's API answers inside the cluster",
    });
    new TerraformOutput(this, "vault_address", {
      value: vault.address,
      description: "Where Vault's API answers inside the cluster",
    });
  }
}
