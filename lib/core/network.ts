import type { ITerraformDependable } from "cdktf";

/**
 * What the rest of a cluster needs to know of a network: one of ours, or one you already have. An object
 * literal is enough to bring your own.
 */
export interface INetwork {
  /** The id of the VPC on AWS, of the virtual network on Azure. */
  readonly networkId: string;
  /** The whole IPv4 range, such as "10.0.0.0/16". Security rules name it to mean "from inside". */
  readonly cidrBlock: string;
  /**
   * The ranges of other networks that this one is, or is to be, peered with: nothing routes between two that share an
   * address, so neither the network nor the pods and services of a cluster in it may have one of theirs.
   * @default none
   */
  readonly peeredRanges?: readonly string[];
  /** The availability zones that the network spans, in the vendor's own names: "us-east-1a" on AWS, "1" on Azure. */
  readonly zones: readonly string[];
  /**
   * Subnets whose machines reach the internet but are not reached from it: on AWS one per zone, in the order of `zones`; on
   * Azure one for all, since subnets span zones there.
   */
  readonly privateSubnetIds: readonly string[];
  /** Likewise, of machines that may be reached from the internet. */
  readonly publicSubnetIds: readonly string[];
  /**
   * What machines in the private subnets reach the world through, where Terraform makes it in the same stack: machines that
   * have something to say until their end are destroyed before it.
   * @default it is there already
   */
  readonly waysOut?: readonly ITerraformDependable[];
}
