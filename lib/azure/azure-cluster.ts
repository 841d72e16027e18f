import type { ITerraformDependable } from "cdktf";
import type { ICluster } from "../core";
import type { IContainer } from "./container";
import type { PublicZone } from "./dns";
import type { Place } from "./place";

/**
 * What node pools on Azure need to know of the cluster that they belong to: one of ours, or one that you already have. An
 * object literal is enough.
 */
export interface IAzureCluster extends ICluster {
  /** What its resources are called, such as "acme-prod-eastus"; tags and metrics go by it in lower case. */
  readonly resourceName: string;
  /** Where its machines stand, and nobody else's. */
  readonly place: Place;
  /**
   * The version of the control plane before an upgrade that is not done. While it stands there, nodes join with it and none is
   * replaced: no kubelet may be of a newer minor than its API server.
   * @default no upgrade is under way
   */
  readonly previousKubernetesVersion?: string;
  /** Where machines get their scripts and packages from. */
  readonly store: IContainer;
  /** The secret that holds the join credentials. */
  readonly joinSecret: IJoinSecret;
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

/** A secret in the cluster's own vault. It need not be there before a master has written it. */
export interface IJoinSecret {
  /** Such as "join". */
  readonly name: string;
  readonly vaultId: string;
  /** Where the vault answers, without a slash at its end. */
  readonly vaultUrl: string;
}

export interface INodeSecurity {
  /** The application security group of the cluster's machines, which lets a node talk to the other nodes and the master. */
  readonly members: string;
  /** The network security group that workers wear, and that the cloud controller opens to Services' balancers. */
  readonly services: string;
}
