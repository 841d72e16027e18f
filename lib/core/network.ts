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
  /** The availability zones that the network spans, in the vendor's own names. */
  readonly zones: readonly string[];
  /** One subnet per zone, in the order of `zones`, whose machines reach the internet but are not reached from it. */
  readonly privateSubnetIds: readonly string[];
  /** One subnet per zone, in the order of `zones`, whose machines may be reached from the internet. */
  readonly publicSubnetIds: readonly string[];
  /**
   * What machines in the private subnets reach the world through, where Terraform makes it in the same stack: machines that
   * have something to say until their end are destroyed before it.
   * @default it is there already
   */
  readonly waysOut?: readonly ITerraformDependable[];
}
