import { z } from "zod";
import { areActions, areZones, isRegion, RETENTION_DAYS } from "../../lib/aws";
import { isNetworkRange, isRange } from "../../lib/core";
import type { AwsEnvironment } from "./aws-environment";
import { isExisting } from "./environment";
import {
  common,
  controlPlaneLike,
  environmentLike,
  holds,
  IS_NETWORK,
  matching,
  nodePoolLike,
  peeredRanges,
  platform,
  publicZoneLike,
} from "./schema";

const WORDS = { image: "ami-0a1b2c3d4e5f60718", type: "m7g.large" };

const zones = z
  .array(z.string("must be a zone's name"), "must name two or three zones")
  .check(holds(areZones));

const newNetwork = z.strictObject(
  {
    cidrBlock: z.string("must be an IPv4 range").check(holds(isNetworkRange)).optional(),
    peeredRanges,
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
    peeredRanges,
    zones,
    privateSubnetIds: z.array(subnetId, "must name one private subnet for each zone"),
    publicSubnetIds: z.array(subnetId, "must name one public subnet for each zone"),
  },
  IS_NETWORK,
);

const zoneId = matching(/^Z[A-Z0-9]{1,31}$/, "must be a zone's id, such as Z0123456789ABCDEFGHIJ");

const arn = matching(
  /^arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:\d{12}:[A-Za-z0-9:/_.+=,@-]+$/,
  "must be an ARN, such as an SNS topic's",
);

/** What an environment on AWS may say, key by key; what its keys must be to one another is `validate`'s business. */
export function awsSchema(network: unknown) {
  const { name, prefix, domain, retainData } = common;
  return environmentLike({
    name,
    cloud: z.literal("aws", 'must be "aws"'),
    prefix,
    account: matching(/^\d{12}$/, "must be the AWS account's number, twelve digits in quotes"),
    region: z.string('must be a region such as "us-east-1"').check(holds(isRegion)),
    domain,
    network: isExisting(network as object) ? existingNetwork : newNetwork,
    publicZone: publicZoneLike(zoneId, "Z..."),
    controlPlane: controlPlaneLike(WORDS),
    nodePools: z.array(nodePoolLike(WORDS), "must be a list of node pools").optional(),
    platform,
    retainData,
    alarmActions: z.array(arn, "must be a list of ARNs").check(holds(areActions)).optional(),
  }) satisfies z.ZodType<AwsEnvironment>;
}
