import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { Construct } from "constructs";
import { policy } from "./policy";
import { SealingKey, sealingAlias } from "./sealing-key";

export interface UnsealingKeyProps {
  /** What the cluster's resources are called, such as "acme-prod-us-east-1". `unsealingAlias` makes the alias of it. */
  readonly name: string;
  /** The name of the role that may encrypt and decrypt with it, and no other may: that of the machines that Vault runs on. */
  readonly role: string;
  /**
   * Whether Terraform refuses to destroy it. Without the key nobody can read what is in Vault any more, nor in any backup of
   * it: recovery keys do not unseal. With true, its policy lets nobody delete key or alias either, since Terraform forgets to
   * refuse what has gone from the code.
   * @default true
   */
  readonly retainData?: boolean;
}

/**
 * What the account's administrators may do with the key. Neither encrypt nor decrypt, nor let others by a grant; but whoever may
 * change the policy can give himself that, which CloudTrail tells of.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
const ADMINISTER = [
  ...["CancelKeyDeletion", "CreateAlias", "DescribeKey", "DisableKey", "DisableKeyRotation", "EnableKey"],
  ...["EnableKeyRotation", "GetKeyPolicy", "GetKeyRotationStatus", "ListGrants", "ListKeyPolicies"],
  ...["ListKeyRotations", "ListResourceTags", "PutKeyPolicy", "RetireGrant", "RevokeGrant"],
  ...["RotateKeyOnDemand", "TagResource", "UntagResource", "UpdateKeyDescription"],
];

/** Without the alias, whoever goes by it is denied the key. */
const DELETE = ["DeleteAlias", "ScheduleKeyDeletion", "UpdateAlias"];

/**
 * The key that Vault unseals itself with when it starts: with it, it encrypts the key that all else in it is encrypted with.
 * **Lost with it is everything in Vault**, backups included. 1 USD a month and some cents for requests.
 *
 * A sealing key of another name, but for its policy: the role alone may use it, whatever else in the account may use all keys.
 *
 * @see https://aws.amazon.com/kms/pricing/
 * @see https://developer.hashicorp.com/vault/docs/configuration/seal/awskms
 * @throws InvalidError when the name is none that KMS takes
 */
export class UnsealingKey extends Construct {
  /** Such as "alias/acme-prod/unseal". */
  readonly alias: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, role, retainData = true }: UnsealingKeyProps) {
    super(scope, id);
    const { partition } = new DataAwsPartition(this, "partition");
    const { accountId } = new DataAwsCallerIdentity(this, "account");
    const iam = `arn:${partition}:iam::${accountId}`;
    // Never a role itself: KMS takes none that is not there yet, and would forget one that is made anew.
    const Principal = { AWS: `${iam}:root` };
    const administer = [...ADMINISTER, ...(retainData ? [] : DELETE)].sort().map((action) => `kms:${action}`);
    const key = new SealingKey(this, "Resource", {
      name: unsealingName(name),
      description: `Unseals the Vault of ${name}: without it all that is in Vault is lost`,
      policy: policy(
        { Sid: "Administer", Effect: "Allow", Principal, Action: administer, Resource: ["*"] },
        {
          Sid: "Unseal",
          Effect: "Allow",
          Principal,
          Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"],
          Resource: ["*"],
          Condition: { ArnEquals: { "aws:PrincipalArn": `${iam}:role/${role}` } },
        },
      ),
      retainData,
    });
    this.alias = key.alias;
    this.arn = key.arn;
  }
}

/** With a slash, which no cluster's name has: it is never the sealing key of another one. */
function unsealingName(name: string): string {
  return `${name}/unseal`;
}

/** The alias of the unsealing key of the cluster whose resources are called so, for those who are not in the stack that makes it. */
export function unsealingAlias(name: string): string {
  return sealingAlias(unsealingName(name));
}
