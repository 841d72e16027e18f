import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import {
  S3BucketLifecycleConfiguration,
  type S3BucketLifecycleConfigurationRule as LifecycleRule,
} from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA as S3BucketEncryption } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA as S3BucketVersioning } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { Problems, type Rule } from "../core";
import { policy, type Statement } from "./policy";

export interface BucketProps {
  /** Its name, unique among all accounts of the partition; 3 to 63 lower-case letters, digits and hyphens. */
  readonly name: string;
  /**
   * How many days an overwritten or deleted object can still be fetched as an old version, and is paid for.
   * @default 90
   */
  readonly oldVersionDays?: number;
  /**
   * Whether Terraform refuses to destroy the bucket. With false, destroying it deletes all that is in it.
   * @default true
   */
  readonly retain?: boolean;
  /**
   * What its lifecycle does, in place of expiring all old versions after `oldVersionDays`.
   * @default one rule for old versions
   */
  readonly lifecycle?: readonly LifecycleRule[];
  /**
   * What its policy says beside "over TLS only".
   * @default nothing
   */
  readonly statements?: (arn: string) => readonly Statement[];
}

/**
 * A name that S3 takes. Dots are left out though S3 allows them, because TLS certificates do not cover such names.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export const isBucketName: Rule<string> = (name) => {
  if (Token.isUnresolved(name)) {
    return [];
  }
  const reserved = /^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3|--table-s3)$/.exec(name)?.[0];
  return [
    ...(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)
      ? []
      : [
          {
            mustHold: "must be 3 to 63 lower-case letters, digits and hyphens, with no hyphen at either end",
            got: name,
          },
        ]),
    ...(reserved === undefined
      ? []
      : [{ mustHold: `must not have "${reserved}" there, which S3 reserves`, got: name }]),
  ];
};

const isDays: Rule<number> = (days) =>
  Token.isUnresolved(days) || (Number.isInteger(days) && days >= 1)
    ? []
    : [{ mustHold: "must be a whole number from 1", got: days }];

/**
 * A private, versioned, encrypted bucket that answers over TLS only.
 *
 * It is encrypted with S3's own keys rather than with one in KMS: those cost nothing for each request, and there is no
 * key whose deletion would take the data with it. Who may read is the bucket's policy's business either way.
 *
 * @throws InvalidError with everything that is wrong with the props
 */
export class Bucket extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: BucketProps) {
    super(scope, id);
    const { name, oldVersionDays = 90, retain = true, statements = () => [] } = props;
    const { lifecycle = [oldVersions(oldVersionDays)] } = props;
    const problems = new Problems(this.node.path);
    problems.check("name", name, isBucketName);
    problems.check("oldVersionDays", oldVersionDays, isDays);
    problems.throw();

    const bucket = new S3Bucket(this, "Resource", {
      bucket: name,
      forceDestroy: !retain,
      lifecycle: { preventDestroy: retain },
    });
    const versioning = new S3BucketVersioning(this, "versioning", {
      bucket: bucket.id,
      versioningConfiguration: { status: "Enabled" },
    });
    new S3BucketLifecycleConfiguration(this, "lifecycle", {
      bucket: bucket.id,
      rule: [...lifecycle],
      // A rule about old versions is refused where there can be none.
      dependsOn: [versioning],
    });
    new S3BucketEncryption(this, "encryption", {
      bucket: bucket.id,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    });
    new S3BucketOwnershipControls(this, "ownership", {
      bucket: bucket.id,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    const publicAccess = new S3BucketPublicAccessBlock(this, "public-access", {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketPolicy(this, "policy", {
      bucket: bucket.id,
      policy: policy(
        {
          Sid: "TlsOnly",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [bucket.arn, `${bucket.arn}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
        ...statements(bucket.arn),
      ),
      // S3 answers OperationAborted when both are set at once.
      dependsOn: [publicAccess],
    });

    this.name = bucket.id;
    this.arn = bucket.arn;
  }
}

function oldVersions(days: number): LifecycleRule {
  return {
    id: "old-versions",
    status: "Enabled",
    filter: [{ prefix: "" }],
    noncurrentVersionExpiration: [{ noncurrentDays: days }],
    abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
  };
}
