import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { FlowLog } from "@cdktf/provider-aws/lib/flow-log";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import type { Rule } from "../core";
import { policy } from "./policy";

/**
 * How many days CloudWatch can keep a log group's records.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
 */
export const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

export type RetentionDays = (typeof RETENTION_DAYS)[number];

/** A number of days that CloudWatch takes. */
export const isRetention: Rule<number> = (days) =>
  (RETENTION_DAYS as readonly number[]).includes(days)
    ? []
    : [
        {
          mustHold: `must be a retention that CloudWatch has (${RETENTION_DAYS.join(", ")} days)`,
          got: days,
        },
      ];

export interface FlowLogsProps {
  /** Name of the role, and part of the log group's; unique in the account. */
  readonly name: string;
  readonly vpcId: string;
  readonly region: string;
  readonly retentionDays: RetentionDays;
}

/** Who talked to whom in a VPC, accepted or rejected, kept in CloudWatch Logs. */
export class FlowLogs extends Construct {
  constructor(scope: Construct, id: string, { name, vpcId, region, retentionDays }: FlowLogsProps) {
    super(scope, id);

    const { partition } = new DataAwsPartition(this, "partition");
    const { accountId } = new DataAwsCallerIdentity(this, "account");

    const logGroup = new CloudwatchLogGroup(this, "log-group", {
      name: `/vpc/${name}`,
      retentionInDays: retentionDays,
    });

    // The conditions keep AWS's service from using the role on behalf of somebody else's account.
    // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
    const role = new IamRole(this, "role", {
      name,
      description: "Lets VPC flow logs write to their log group",
      assumeRolePolicy: policy({
        Effect: "Allow",
        Principal: { Service: "vpc-flow-logs.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: { "aws:SourceAccount": accountId },
          ArnLike: { "aws:SourceArn": `arn:${partition}:ec2:${region}:${accountId}:vpc-flow-log/*` },
        },
      }),
    });
    new IamRolePolicy(this, "role-policy", {
      role: role.name,
      name: "write",
      policy: policy(
        {
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
          Resource: [logGroup.arn, `${logGroup.arn}:*`],
        },
        // AWS lets this one not be kept to a resource.
        { Effect: "Allow", Action: ["logs:DescribeLogGroups"], Resource: ["*"] },
      ),
    });

    new FlowLog(this, "Resource", {
      vpcId,
      trafficType: "ALL",
      logDestination: logGroup.arn,
      iamRoleArn: role.arn,
      tags: { Name: name },
    });
  }
}
