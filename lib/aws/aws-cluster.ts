import type { ITerraformDependable } from "cdktf";
import type { ICluster, IObjectStore } from "../core";
import type { PublicZone } from "./dns";

/**
 * What node pools on AWS need to know of the cluster that they belong to: one of ours, or one that you already have. An
 * object literal is enough.
 */
export interface IAwsCluster extends ICluster {
  /** What its resources are called, such as "acme-prod-us-east-1"; tags and metrics go by it in lower case. */
  readonly resourceName: string;
  /**
   * The version of the control plane before an upgrade that is not done. While it stands there, nodes join with it and none is
   * replaced: no kubelet may be of a newer minor than its API server.
   * @default no upgrade is under way
   */
  readonly previousKubernetesVersion?: string;
  /** Where machines get their scripts and packages from. */
  readonly store: IObjectStore;
  /** The alias of the key that the join credentials are encrypted with, such as "alias/acme-prod". */
  readonly sealingKey: string;
  /** The name of the parameter that holds the join credentials, such as "/keelson/acme-prod/join". */
  readonly joinParameter: string;
  /** The ids of the security groups that nodes wear. */
  readonly nodeSecurity: INodeSecurity;
  /**
   * Where load-balancer pools have their public names.
   * @default they have none
   */
  readonly publicZone?: PublicZone;
  /**
   * What nodes need from their boot to their end, such as the way to the API, where Terraform makes it in the same stack.
   * @default it is there already
   */
  readonly neededByNodes?: readonly ITerraformDependable[];
}

export interface INodeSecurity {
  /** Lets a node talk to the other nodes and the master. Every node wears it. */
  readonly members: string;
  /** What the cloud controller opens to Services' balancers. Workers wear it. */
  readonly services: string;
}
