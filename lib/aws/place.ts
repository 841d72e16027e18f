import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { Construct } from "constructs";

/** Where the stack's provider works, for the names of resources that it does not make itself. */
export class Place extends Construct {
  private readonly partition: string;
  private readonly account: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly region: string,
  ) {
    super(scope, id);
    this.partition = new DataAwsPartition(this, "partition").partition;
    this.account = new DataAwsCallerIdentity(this, "account").accountId;
  }

  /** The ARN of something in this account and region, such as `arn("ec2", "volume/*")`. */
  arn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${this.account}:${resource}`;
  }

  /** The ARN of every EBS snapshot: they belong to a region and, in their ARN, to no account. */
  snapshotArn(): string {
    return `arn:${this.partition}:ec2:${this.region}::snapshot/*`;
  }

  /** The ARN of a bucket, or of objects in it. */
  bucketArn(resource: string): string {
    return `arn:${this.partition}:s3:::${resource}`;
  }
}
