import type { Place } from "../place";
import type { Statement } from "../policy";
import { allow } from "./boot";
import { type PlatformGrant, platformStatements } from "./platform";
import { sessionStatements } from "./sessions";

/** What a node's boot, its end and its address work with. */
export interface NodeGrant {
  /** The store's bucket. */
  readonly bucket: string;
  /** The pool's name: it reads no other pool's scripts. */
  readonly pool: string;
  /** What tags call the pool, such as "acme-prod/general". */
  readonly tag: string;
  readonly region: string;
  /** The sealing key's alias. */
  readonly sealingKey: string;
  /** The parameter with the join credentials. */
  readonly joinParameter: string;
  /** The group that the node is in. */
  readonly group: string;
  /** Whether the pool has addresses of its own. */
  readonly addresses: boolean;
  /** What pods do as the machines, if any may. */
  readonly lends?: PlatformGrant;
}

/** What the nodes of a pool may do, by those who do it. docs/iam.md names the caller of each action. */
export function nodeStatements(
  place: Place,
  grant: NodeGrant,
): Readonly<Record<string, readonly Statement[]>> {
  return {
    boot: bootStatements(place, grant),
    ...(grant.addresses && { addresses: addressStatements(place, grant.tag) }),
    sessions: sessionStatements(place),
    ...(grant.lends && platformStatements(place, { bucket: grant.bucket, ...grant.lends })),
  };
}

function bootStatements(
  place: Place,
  { bucket, pool, region, sealingKey, joinParameter, group }: NodeGrant,
): readonly Statement[] {
  const parameter = place.arn("ssm", `parameter${joinParameter}`);
  return [
    // Without the right to list, S3 says 403 for a package that is not kept, and the node goes to the packages' host.
    allow(
      "ReadStore",
      ["s3:GetObject"],
      [`boot/node/${pool}`, "packages"].map((prefix) => place.bucketArn(`${bucket}/${prefix}/*`)),
    ),
    allow("Join", ["ssm:GetParameter"], [parameter]),
    {
      ...allow("OpenJoin", ["kms:Decrypt"], [place.arn("kms", "key/*")]),
      // The same key seals the identity of the cluster, which no node may open.
      // https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
      Condition: {
        "ForAnyValue:StringEquals": { "kms:ResourceAliases": [sealingKey] },
        StringEquals: {
          "kms:ViaService": `ssm.${region}.amazonaws.com`,
          "kms:EncryptionContext:PARAMETER_ARN": parameter,
        },
      },
    },
    allow(
      "OwnGroup",
      ["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"],
      [place.arn("autoscaling", `autoScalingGroup:*:autoScalingGroupName/${group}`)],
    ),
  ];
}

/**
 * A node takes one of its pool's addresses, and gives it back by ending: who gave it back before would have no way left to
 * say that it is done.
 */
function addressStatements(place: Place, tag: string): readonly Statement[] {
  return [
    allow("LookAround", ["ec2:DescribeAddresses"], ["*"]),
    {
      ...allow(
        "TakeAddress",
        ["ec2:AssociateAddress"],
        ["elastic-ip/*", "instance/*", "network-interface/*"].map((resource) => place.arn("ec2", resource)),
      ),
      Condition: { StringEquals: { "aws:ResourceTag/keelson/pool": tag } },
    },
  ];
}
