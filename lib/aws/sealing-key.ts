import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { Problems, type Rule } from "../core";

export interface SealingKeyProps {
  /** What follows "alias/" in its name: letters, digits, `/`, `_` and `-`. */
  readonly name: string;
  /**
   * Whether Terraform refuses to destroy it. Without the key nobody can read a cluster's identity any more, so it has
   * to live as long as the store does.
   * @default true
   */
  readonly retainData?: boolean;
  /**
   * What AWS shows of it.
   * @default that it seals the identity of the cluster of that name
   */
  readonly description?: string;
  /**
   * Its policy, as `policy` makes one.
   * @default KMS' own, which lets the account's policies decide
   */
  readonly policy?: string;
}

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html */
const isAliasName: Rule<string> = (name) =>
  Token.isUnresolved(name) || /^(?!aws\/)[A-Za-z0-9/_-]{1,250}$/.test(name)
    ? []
    : [
        {
          mustHold: 'must be at most 250 letters, digits, "/", "_" and "-", and not start with "aws/"',
          got: name,
        },
      ];

/**
 * The key that a cluster's identity is sealed with before it goes into the store: certificate authorities, the key of the
 * service accounts, the key that Secrets are encrypted with. 1 USD a month and some cents for requests.
 *
 * It has an alias, which is all that machines and policies need to know of it, and a new key material each year.
 *
 * @see https://aws.amazon.com/kms/pricing/
 * @throws InvalidError when the name is none that KMS takes
 */
export class SealingKey extends Construct {
  /** Such as "alias/acme-prod". */
  readonly alias: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: SealingKeyProps) {
    super(scope, id);
    const { name, retainData = true, policy } = props;
    const {
      description = `Seals the identity of ${name}: without it no master of the cluster can be rebuilt`,
    } = props;
    const problems = new Problems(this.node.path);
    problems.check("name", name, isAliasName);
    problems.throw();

    const lifecycle = { preventDestroy: retainData };
    const key = new KmsKey(this, "Resource", {
      description,
      policy,
      enableKeyRotation: true,
      // As long as KMS can wait: it is the time to find out what was lost.
      deletionWindowInDays: 30,
      lifecycle,
    });
    const alias = new KmsAlias(this, "alias", { name: sealingAlias(name), targetKeyId: key.id, lifecycle });

    this.alias = alias.name;
    this.arn = key.arn;
  }
}

/** The alias of a sealing key of this name. */
export function sealingAlias(name: string): string {
  return `alias/${name}`;
}
