import type { ControlPlaneProps, ExistingZone, NetworkProps } from "../../lib/aws";
import type { INetwork } from "../../lib/core";
import { type CommonEnvironment, resourceName } from "./environment";

/** One environment of an estate on AWS. */
export interface AwsEnvironment extends CommonEnvironment {
  readonly cloud: "aws";
  /** The number of the account that Terraform may change, and no other: 12 digits. */
  readonly account: string;
  /** Such as "us-east-1". */
  readonly region: string;
  /** A network to make, or the one that you already have. */
  readonly network: Omit<NetworkProps, "name"> | INetwork;
  /**
   * The zone of its public names: "new" makes `<name>.<domain>`, or one that exists, or none.
   * @default "none"
   */
  readonly publicZone?: "new" | "none" | ExistingZone;
  /** The master: what a construct's props say of it, as far as they do not follow from the environment. */
  readonly controlPlane: Omit<
    ControlPlaneProps,
    "name" | "cluster" | "network" | "dns" | "store" | "sealingKey"
  >;
  /**
   * Who hears of alarms: ARNs, such as an SNS topic's.
   * @default nobody
   */
  readonly alarmActions?: readonly string[];
}

/** The bucket of the environment's object store. */
export function storeBucketName(environment: AwsEnvironment): string {
  return `${resourceName(environment)}-store-${environment.account}`;
}

/** The bucket that holds the Terraform state of an environment. */
export function stateBucketName(environment: AwsEnvironment): string {
  return `${resourceName(environment)}-state-${environment.account}`;
}
