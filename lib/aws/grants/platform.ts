import { CONSUL_SNAPSHOTS } from "../../core";
import type { Place } from "../place";
import type { Statement } from "../policy";
import { allow } from "./boot";

/** What Consul and Vault do in the name of the machines that they run on. */
export interface PlatformGrant {
  /** The unsealing key's alias. */
  readonly unsealingKey: string;
}

/**
 * For pods that act as their machine. docs/iam.md names the caller of each action. What is put is never read or deleted, and
 * the bucket's own policy lets nobody overwrite it.
 */
export function platformStatements(
  place: Place,
  { bucket, unsealingKey }: PlatformGrant & { readonly bucket: string },
): Readonly<Record<string, readonly Statement[]>> {
  return {
    consul: [allow("PutSnapshots", ["s3:PutObject"], [place.bucketArn(`${bucket}/${CONSUL_SNAPSHOTS}/*`)])],
    vault: [
      {
        ...allow("Unseal", ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"], [place.arn("kms", "key/*")]),
        // As for the sealing key: a policy cannot name an alias as its resource.
        Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": [unsealingKey] } },
      },
    ],
  };
}
