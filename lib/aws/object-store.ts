import type { S3BucketLifecycleConfigurationRule as LifecycleRule } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { CONSUL_SNAPSHOTS, type IObjectStore, Problems, type Rule } from "../core";
import { Bucket, isBucketName } from "./bucket";
import type { Statement } from "./policy";
import { isRegion } from "./zone";

export interface ObjectStoreProps {
  /** The bucket's name, unique among all accounts of the partition; 3 to 63 lower-case letters, digits and hyphens. */
  readonly name: string;
  /** The region that the stack's provider works in, such as "us-east-1". */
  readonly region: string;
  /**
   * Whether the store outlives what it was made for. With true, Terraform refuses to destroy it, and nobody can delete
   * what is under `founding/`, `identity/` and `etcd/`, or a snapshot of Consul's. With false, destroying it deletes every snapshot.
   * @default true
   */
  readonly retainData?: boolean;
  /**
   * Whether Consul's snapshots lie in it, too, put once like those of etcd, and gone after 30 days.
   * @default false
   */
  readonly consulSnapshots?: boolean;
}

/**
 * A region whose services answer where the machines' scripts ask for them: those of China and of the closed partitions do not.
 * @see https://docs.aws.amazon.com/general/latest/gr/s3.html
 */
const isStoreRegion: Rule<string> = (region) => {
  if (Token.isUnresolved(region)) {
    return [];
  }
  return /^(cn|eusc|[a-z]+-iso[a-z]*)-/.test(region)
    ? [{ mustHold: "must be a region whose services answer under amazonaws.com", got: region }]
    : isRegion(region);
};

/** What no master could be brought back without. Nobody has to delete anything there, ever. */
const PRECIOUS = ["founding", "identity", "etcd"];

/** Written once and never again. Of `identity/`, a master changes the record of its own epoch. */
const WRITTEN_ONCE = ["founding", "etcd"];

/**
 * How long a snapshot stays after a master has tagged it as superseded by newer, verified ones, and as long again as an
 * old version: a week to go back to, and a week to notice. At one a minute that is some 20,000 objects.
 */
const SUPERSEDED_DAYS = 7;

/** How long a snapshot of Consul stays, whether a newer one has come or not, and as an old version. */
const CONSUL_DAYS = { current: 30, old: 7 };

/**
 * The bucket of a cluster, each prefix with rules of its own:
 *
 * | prefix                   | holds                    | rules                                                              |
 * | ------------------------ | ------------------------ | ------------------------------------------------------------------ |
 * | `founding/`, `identity/` | who the cluster is       | nothing expires, nobody deletes                                    |
 * | `etcd/`                  | snapshots                | put once, never overwritten; only what is tagged superseded expires |
 * | `boot/`                  | the machines' scripts    | written by Terraform                                               |
 * | `packages/`, `pin/`      | packages; an operator's  | nothing expires                                                    |
 * | `addons/consul/`         | Consul's snapshots       | put once, never overwritten; expire                                |
 *
 * Versioned, encrypted with S3's own keys, over TLS only, closed to the public. docs/boot-protocol.md says who writes what.
 *
 * @throws InvalidError with everything that is wrong with the props
 */
export class ObjectStore extends Construct implements IObjectStore {
  readonly name: string;
  readonly url: string;

  constructor(scope: Construct, id: string, props: ObjectStoreProps) {
    super(scope, id);
    const { name, region, retainData = true, consulSnapshots = false } = props;
    const problems = new Problems(this.node.path);
    problems.check("name", name, isBucketName);
    problems.check("region", region, isStoreRegion);
    problems.throw();

    const more = consulSnapshots ? [CONSUL_SNAPSHOTS] : [];
    const bucket = new Bucket(this, "bucket", {
      name,
      retain: retainData,
      lifecycle: [...LIFECYCLE, ...(consulSnapshots ? CONSUL_LIFECYCLE : [])],
      statements: (arn) => [putOnce(arn, more), ...(retainData ? [keepForGood(arn, more)] : [])],
    });

    this.name = bucket.name;
    this.url = storeUrl(name, region);
  }
}

/** The address that a bucket answers at in its own region. */
export function storeUrl(name: string, region: string): string {
  return `https://${name}.s3.${region}.amazonaws.com`;
}

const LIFECYCLE: readonly LifecycleRule[] = [
  {
    id: "superseded-snapshots",
    status: "Enabled",
    filter: [{ and: [{ prefix: "etcd/", tags: { superseded: "yes" } }] }],
    expiration: [{ days: SUPERSEDED_DAYS }],
    noncurrentVersionExpiration: [{ noncurrentDays: SUPERSEDED_DAYS }],
  },
  {
    // What is left of a snapshot whose versions have all expired, and slows each listing.
    id: "delete-markers",
    status: "Enabled",
    filter: [{ prefix: "etcd/" }],
    expiration: [{ expiredObjectDeleteMarker: true }],
  },
  {
    id: "unfinished-uploads",
    status: "Enabled",
    filter: [{ prefix: "" }],
    abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
  },
];

const CONSUL_LIFECYCLE: readonly LifecycleRule[] = [
  {
    id: "consul-snapshots",
    status: "Enabled",
    filter: [{ prefix: `${CONSUL_SNAPSHOTS}/` }],
    expiration: [{ days: CONSUL_DAYS.current }],
    noncurrentVersionExpiration: [{ noncurrentDays: CONSUL_DAYS.old }],
  },
  {
    id: "consul-delete-markers",
    status: "Enabled",
    filter: [{ prefix: `${CONSUL_SNAPSHOTS}/` }],
    expiration: [{ expiredObjectDeleteMarker: true }],
  },
];

/** Even a master that is out of its mind overwrites no snapshot. */
function putOnce(arn: string, more: readonly string[]): Statement {
  return {
    Sid: "PutOnce",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource: [...WRITTEN_ONCE, ...more].map((prefix) => `${arn}/${prefix}/*`),
    // The second condition leaves out the parts of an upload in parts, which know no such header.
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
    Condition: { Null: { "s3:if-none-match": "true" }, Bool: { "s3:ObjectCreationOperation": "true" } },
  };
}

/** Expiry by the lifecycle is not asked: https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html */
function keepForGood(arn: string, more: readonly string[]): Statement {
  return {
    Sid: "KeepForGood",
    Effect: "Deny",
    Principal: "*",
    Action: ["s3:DeleteObject", "s3:DeleteObjectVersion"],
    Resource: [...PRECIOUS, ...more].map((prefix) => `${arn}/${prefix}/*`),
  };
}
