import { DEFAULT_CIDR_BLOCK, type INetwork, type NodePoolSpec } from "../../lib/core";
import type { ConsulProps, VaultProps } from "../../lib/addons";
import type { AwsEnvironment } from "./aws-environment";
import type { AzureEnvironment } from "./azure-environment";

/** One environment of an estate: plain data, from which its stacks follow. */
export type Environment = AwsEnvironment | AzureEnvironment;

/** What an environment says alike on either cloud. */
export interface CommonEnvironment {
  /**
   * What people type after `cdktf deploy`. A DNS label, unique in the estate; nor may it be another's name with
   * "-state", "-store" or "-platform" at its end, which is what that one's other stacks are called.
   */
  readonly name: string;
  /**
   * Names the estate, at the front of every name that is unique in an account or in the world, so that two estates fit
   * in one account. A DNS label; it and `name` have 27 characters at most on AWS, or the load balancers' names get too long,
   * and 47 on Azure.
   */
  readonly prefix: string;
  /** The domain that its public names end in, such as "example.org". */
  readonly domain: string;
  /**
   * The nodes, in pools: docs/node-pools.md.
   * @default none
   */
  readonly nodePools?: readonly NodePoolSpec[];
  /**
   * What runs inside the cluster, in a stack of its own.
   * @default nothing but the core add-ons
   */
  readonly platform?: PlatformSpec;
  /**
   * Whether the object store and the keys outlive the environment. With false, `cdktf destroy` of the store's stack
   * deletes every snapshot, and what is in Vault can be read no more.
   * @default true
   */
  readonly retainData?: boolean;
}

/** What an environment's platform stack lays down. */
export interface PlatformSpec {
  /**
   * The pool whose machines run Consul and Vault, and lend them their identity: docs/iam.md says which rights that are. A
   * pool of its own keeps them from all other pods.
   */
  readonly pool: string;
  /**
   * The class of all volumes: one that the core add-ons lay down.
   * @default "gp3" on AWS, "standard-ssd" on Azure
   */
  readonly storageClass?: string;
  /** Consul, as its construct's props say. */
  readonly consul?: Pick<ConsulProps, "servers" | "diskGiB" | "clients" | "image">;
  /** Vault, as its construct's props say. */
  readonly vault?: Pick<VaultProps, "servers" | "diskGiB" | "auditGiB" | "clients" | "image"> & {
    /**
     * Where it keeps what is in it. What is there already does not move along: docs/vault.md.
     * @default "consul"
     */
    readonly storage?: "consul" | "raft";
  };
}

/** What the environment's resources are called, and start their names with. */
export function resourceName({ prefix, name }: Pick<CommonEnvironment, "prefix" | "name">): string {
  return `${prefix}-${name}`;
}

/** The id of the stack that makes the object store and the sealing key, which outlive the cluster. */
export function storeStackId({ name }: Pick<CommonEnvironment, "name">): string {
  return `${name}-store`;
}

/** The id of the stack of what runs inside the cluster. */
export function platformStackId({ name }: Pick<CommonEnvironment, "name">): string {
  return `${name}-platform`;
}

/** The id of the stack that makes what holds the Terraform state. The id of the cluster's stack is the environment's name. */
export function stateStackId({ name }: Pick<CommonEnvironment, "name">): string {
  return `${name}-state`;
}

/** Whether the network is one that exists, rather than the props of one to make. */
export function isExisting<T extends INetwork>(network: T | object): network is T {
  return typeof network === "object" && network !== null && "networkId" in network;
}

/** The ranges of a network that exists, or is to be made. */
export function rangesOf({
  cidrBlock = DEFAULT_CIDR_BLOCK,
  peeredRanges = [],
}: Partial<Pick<INetwork, "cidrBlock" | "peeredRanges">>) {
  return { cidrBlock, peeredRanges };
}
