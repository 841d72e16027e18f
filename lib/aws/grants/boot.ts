import type { Place } from "../place";
import type { Statement } from "../policy";

/** What the boot and the backups of a master work with. */
export interface BootGrant {
  /** The store's bucket. */
  readonly bucket: string;
  /** The sealing key's alias. */
  readonly sealingKey: string;
  /** The names of the parameters that the master writes. */
  readonly parameters: readonly string[];
  /** The group that the master is in. */
  readonly group: string;
}

/** The prefixes of the store, and which of them a master puts objects under. It deletes none. */
const READ = ["boot", "founding", "identity", "etcd", "packages", "pin"];
const WRITE = ["founding", "identity", "etcd", "packages"];

/** For the scripts that rebuild a master and back it up. docs/iam.md names the caller of each action. */
export function bootStatements(
  place: Place,
  { bucket, sealingKey, parameters, group }: BootGrant,
): readonly Statement[] {
  const objects = (prefixes: readonly string[]) =>
    prefixes.map((prefix) => place.bucketArn(`${bucket}/${prefix}/*`));
  return [
    // Without the right to list, S3 says 403 for a key that is not there, and nobody could tell the two apart.
    allow("ListStore", ["s3:ListBucket", "s3:ListBucketVersions"], [place.bucketArn(bucket)]),
    allow("ReadStore", ["s3:GetObject"], objects(READ)),
    allow("WriteStore", ["s3:PutObject"], objects(WRITE)),
    // The only tag that it sets. https://docs.aws.amazon.com/AmazonS3/latest/userguide/tagging-and-policies.html
    {
      ...allow("TagSnapshots", ["s3:PutObjectTagging"], objects(["etcd"])),
      Condition: { StringEquals: { "s3:RequestObjectTag/superseded": "yes" } },
    },
    allow(
      "WitnessAndJoin",
      ["ssm:GetParameter", "ssm:PutParameter"],
      parameters.map((name) => place.arn("ssm", `parameter${name}`)),
    ),
    {
      ...allow("Seal", ["kms:Decrypt", "kms:Encrypt"], [place.arn("kms", "key/*")]),
      // A policy cannot name an alias as its resource: https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
      Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": [sealingKey] } },
    },
    allow(
      "OwnGroup",
      [
        "autoscaling:CompleteLifecycleAction",
        "autoscaling:RecordLifecycleActionHeartbeat",
        "autoscaling:ResumeProcesses",
        "autoscaling:SuspendProcesses",
      ],
      [place.arn("autoscaling", `autoScalingGroup:*:autoScalingGroupName/${group}`)],
    ),
    // AWS lets neither be kept to a resource.
    allow("LookAround", ["autoscaling:DescribeAutoScalingInstances", "ec2:DescribeInstances"], ["*"]),
    {
      ...allow("Report", ["cloudwatch:PutMetricData"], ["*"]),
      Condition: { StringEquals: { "cloudwatch:namespace": "Keelson" } },
    },
  ];
}

export function allow(Sid: string, Action: readonly string[], Resource: readonly string[]): Statement {
  return { Sid, Effect: "Allow", Action, Resource };
}
