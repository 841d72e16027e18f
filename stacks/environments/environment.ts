import { z } from "zod";
import { areZones, isRegion, type NetworkProps, RETENTION_DAYS } from "../../lib/aws";
import { type INetwork, isNetworkRange, isRange, type Rule } from "../../lib/core";

/** One environment of an estate on AWS: plain data, from which its stacks follow. */
export interface AwsEnvironment {
  /**
   * What people type after `cdktf deploy`. A DNS label, unique in the estate; nor may it be another's name with
   * "-state" at its end, which is what that one's state stack is called.
   */
  readonly name: string;
  readonly cloud: "aws";
  /**
   * Names the estate, at the front of every name that is unique in an account or in the world, so that two estates fit
   * in one account. A DNS label; it and `name` have 43 characters at most, or the state bucket's name gets too long.
   */
  readonly prefix: string;
  /** The number of the account that Terraform may change, and no other: 12 digits. */
  readonly account: string;
  /** Such as "us-east-1". */
  readonly region: string;
  /** The domain that its public names end in, such as "example.org". */
  readonly domain: string;
  /** A network to make, or the one that you already have. */
  readonly network: Omit<NetworkProps, "name"> | INetwork;
}

/** The bucket that holds the Terraform state of an environment. */
export function stateBucketName({ prefix, name, account }: AwsEnvironment): string {
  return `${prefix}-${name}-state-${account}`;
}

/** The id of the stack that makes this bucket. The id of the cluster's stack is the environment's name. */
export function stateStackId({ name }: Pick<AwsEnvironment, "name">): string {
  return `${name}-state`;
}

/** @see https://datatracker.ietf.org/doc/html/rfc1123#section-2.1 */
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const DOMAIN = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

const IS_NETWORK =
  "must be a network to make, such as { zones: [...] }, or one that exists, with its networkId";

const zones = z
  .array(z.string("must be a zone's name"), "must name two or three zones")
  .check(holds(areZones));

const newNetwork = z.strictObject(
  {
    cidrBlock: z.string("must be an IPv4 range").check(holds(isNetworkRange)).optional(),
    zones,
    nat: z.enum(["per-zone", "single", "instance"], 'must be "per-zone", "single" or "instance"').optional(),
    tenancy: z.enum(["default", "dedicated"], 'must be "default" or "dedicated"').optional(),
    flowLogRetentionDays: z
      .literal(
        [...RETENTION_DAYS],
        `must be a number of days that CloudWatch has: ${RETENTION_DAYS.join(", ")}`,
      )
      .optional(),
  },
  IS_NETWORK,
);

const subnetId = matching(/^subnet-[0-9a-f]+$/, "must be a subnet's id, such as subnet-0a1b2c3d4e5f60718");

const existingNetwork = z.strictObject(
  {
    networkId: matching(/^vpc-[0-9a-f]+$/, "must be a VPC's id, such as vpc-0a1b2c3d4e5f60718"),
    cidrBlock: z.string("must be the VPC's IPv4 range").check(holds(isRange)),
    zones,
    privateSubnetIds: z.array(subnetId, "must name one private subnet for each zone"),
    publicSubnetIds: z.array(subnetId, "must name one public subnet for each zone"),
  },
  IS_NETWORK,
);

/** What an environment may say, key by key; what its keys must be to one another is `validate`'s business. */
export function schemaFor(network: unknown) {
  const shape = {
    name: matching(LABEL, "must be a DNS label, such as prod-us-east-1"),
    cloud: z.literal("aws", 'must be "aws"'),
    prefix: matching(LABEL, "must be a DNS label that names your estate, such as acme"),
    account: matching(/^\d{12}$/, "must be the AWS account's number, twelve digits in quotes"),
    region: z.string('must be a region such as "us-east-1"').check(holds(isRegion)),
    domain: matching(DOMAIN, "must be a domain name in lower case, such as example.org"),
    network: isExisting(network) ? existingNetwork : newNetwork,
  };
  return z.strictObject(
    shape,
    `must be an object with ${Object.keys(shape).join(", ")}`,
  ) satisfies z.ZodType<AwsEnvironment>;
}

/** Whether the network is one that exists, rather than the props of one to make. */
export function isExisting(network: unknown): network is INetwork {
  return typeof network === "object" && network !== null && "networkId" in network;
}

function matching(pattern: RegExp, mustHold: string) {
  return z.string(mustHold).regex(pattern, mustHold);
}

/** A rule of the constructs, as a check of the schema. */
function holds<T>(rule: Rule<T>): z.core.CheckFn<T> {
  return ({ value, issues }) => {
    for (const { mustHold, got, fix } of rule(value)) {
      issues.push({ code: "custom", message: mustHold, input: value, params: { got, fix } });
    }
  };
}
