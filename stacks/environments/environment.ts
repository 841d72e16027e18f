import { z } from "zod";
import {
  areActions,
  areZones,
  type ControlPlaneProps,
  type ExistingZone,
  isRegion,
  type NetworkProps,
  RETENTION_DAYS,
} from "../../lib/aws";
import {
  isDomain,
  type INetwork,
  isNetworkRange,
  isRange,
  LABEL,
  type NodePoolSpec,
  type Rule,
  TAINT_EFFECTS,
} from "../../lib/core";

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
   * in one account. A DNS label; it and `name` have 27 characters at most, or the load balancers' names get too long.
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
   * The nodes, in pools: docs/node-pools.md.
   * @default none
   */
  readonly nodePools?: readonly NodePoolSpec[];
  /**
   * Whether the object store and the sealing key outlive the environment. With false, `cdktf destroy` of the store's stack
   * deletes every snapshot.
   * @default true
   */
  readonly retainData?: boolean;
  /**
   * Who hears of alarms: ARNs, such as an SNS topic's.
   * @default nobody
   */
  readonly alarmActions?: readonly string[];
}

/** What the environment's resources are called, and start their names with. */
export function resourceName({ prefix, name }: Pick<AwsEnvironment, "prefix" | "name">): string {
  return `${prefix}-${name}`;
}

/** The bucket of the environment's object store. */
export function storeBucketName({ prefix, name, account }: AwsEnvironment): string {
  return `${prefix}-${name}-store-${account}`;
}

/** The id of the stack that makes the object store and the sealing key, which outlive the cluster. */
export function storeStackId({ name }: Pick<AwsEnvironment, "name">): string {
  return `${name}-store`;
}

/** The bucket that holds the Terraform state of an environment. */
export function stateBucketName({ prefix, name, account }: AwsEnvironment): string {
  return `${prefix}-${name}-state-${account}`;
}

/** The id of the stack that makes this bucket. The id of the cluster's stack is the environment's name. */
export function stateStackId({ name }: Pick<AwsEnvironment, "name">): string {
  return `${name}-state`;
}

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

const publicApi = z.strictObject(
  {
    allowedCidrs: z.array(z.string("must be an IPv4 range"), "must name the ranges that may reach the API"),
    openToTheWorld: z.boolean("must be true or false").optional(),
  },
  "must be { allowedCidrs: [...] }",
);

const image = z.strictObject(
  {
    id: z.string("must be an image's id, such as ami-0a1b2c3d4e5f60718"),
    architecture: z.enum(["amd64", "arm64"], 'must be "amd64" or "arm64"'),
  },
  'must be { id: "ami-...", architecture: "amd64" }',
);

const controlPlane = z.strictObject(
  {
    kubernetesVersion: z.string('must be a full version such as "1.36.4"'),
    previousKubernetesVersion: z.string('must be a full version such as "1.35.7"').optional(),
    image,
    instanceType: z.string('must be an instance type such as "m7g.large"').optional(),
    diskGiB: z.number("must be a number of GiB").optional(),
    publicApi: publicApi.optional(),
    podCidr: z.string("must be an IPv4 range").optional(),
    serviceCidr: z.string("must be an IPv4 range").optional(),
    rollout: z.enum(["manual", "automatic"], 'must be "manual" or "automatic"').optional(),
  },
  "must be the master's kubernetesVersion, image and the like",
);

const nodePool = z.strictObject(
  {
    name: z.string("must be a DNS label of at most 28 characters, such as general"),
    role: z.enum(["worker", "loadbalancer"], 'must be "worker" or "loadbalancer"').optional(),
    wildcard: z.boolean("must be true or false").optional(),
    machineTypes: z.array(z.string("must be an instance type"), 'must be types such as ["m7g.large"]'),
    image,
    minCount: z.number("must be a number of machines"),
    maxCount: z.number("must be a number of machines"),
    labels: z.record(z.string(), z.string("must be a label's value"), "must be labels by key").optional(),
    taints: z
      .array(
        z.strictObject(
          {
            key: z.string("must be a taint's key"),
            value: z.string("must be a taint's value").optional(),
            effect: z.enum(TAINT_EFFECTS, `must be one of ${TAINT_EFFECTS.join(", ")}`),
          },
          'must be { key: "...", effect: "NoSchedule" }',
        ),
        "must be a list of taints",
      )
      .optional(),
    diskGiB: z.number("must be a number of GiB").optional(),
    zones: z.array(z.string("must be a zone's name"), "must be a list of zones").optional(),
    spotPercent: z.number("must be a number from 0 to 100").optional(),
    kubernetesVersion: z.string('must be a full version such as "1.36.4"').optional(),
  },
  "must be a node pool with name, machineTypes, image, minCount, maxCount",
);

const publicZone = z.union(
  [
    z.enum(["new", "none"]),
    z.strictObject({
      zoneId: matching(/^Z[A-Z0-9]{1,31}$/, "must be a zone's id, such as Z0123456789ABCDEFGHIJ"),
      name: z.string("must be the zone's own name").check(holds(isDomain)),
    }),
  ],
  'must be "new", "none", or a zone that exists: { zoneId: "Z...", name: "example.org" }',
);

const arn = matching(
  /^arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:\d{12}:[A-Za-z0-9:/_.+=,@-]+$/,
  "must be an ARN, such as an SNS topic's",
);

/** What an environment may say, key by key; what its keys must be to one another is `validate`'s business. */
export function schemaFor(network: unknown) {
  const shape = {
    name: matching(LABEL, "must be a DNS label, such as prod-us-east-1"),
    cloud: z.literal("aws", 'must be "aws"'),
    prefix: matching(LABEL, "must be a DNS label that names your estate, such as acme"),
    account: matching(/^\d{12}$/, "must be the AWS account's number, twelve digits in quotes"),
    region: z.string('must be a region such as "us-east-1"').check(holds(isRegion)),
    domain: z.string("must be a domain name in lower case, such as example.org").check(holds(isDomain)),
    network: isExisting(network) ? existingNetwork : newNetwork,
    publicZone: publicZone.optional(),
    controlPlane,
    nodePools: z.array(nodePool, "must be a list of node pools").optional(),
    retainData: z.boolean("must be true or false").optional(),
    alarmActions: z.array(arn, "must be a list of ARNs").check(holds(areActions)).optional(),
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
