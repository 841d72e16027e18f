import type { INetwork } from "./network";

/**
 * What those who build on a cluster need to know of it: node pools, and what runs inside. One of ours, or one you already
 * have; an object literal is enough.
 */
export interface ICluster {
  /** Such as "prod-us-east-1". */
  readonly name: string;
  readonly network: INetwork;
  /** A full version, such as "1.36.4". */
  readonly kubernetesVersion: string;
  /** Where the API answers inside the network, such as "https://master.prod-us-east-1.kube:6443". */
  readonly endpoint: string;
  /** Where it answers to the ranges that were allowed, if it does outside. */
  readonly publicEndpoint?: string;
  /** The range that pods have their addresses from. */
  readonly podCidr: string;
  /** The range that services have their addresses from. */
  readonly serviceCidr: string;
}
