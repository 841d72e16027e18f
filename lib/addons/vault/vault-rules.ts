import type { Problems, Rule } from "../../core";
import { asObject, matches } from "../name-rules";
import { checkCommon, type CommonProps, isDiskSize, isImage } from "../rules";
import type { VaultProps } from "./vault";
import type { Seal } from "./vault-config";

/**
 * What each key of a seal may be, beside its cloud.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
 * @see https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#vault-name-and-object-name
 */
const SEALS = new Map<unknown, Readonly<Record<string, RegExp>>>([
  ["aws", { region: /^[a-z0-9-]+$/, key: /^[A-Za-z0-9:/_-]{1,2048}$/ }],
  ["azure", { vault: /^[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$/, key: /^[A-Za-z0-9-]{1,127}$/ }],
]);

/** A key that Vault can unseal itself with. Said in words: of what only Terraform knows, pods could not be told that it changed. */
export const isSeal: Rule<Seal | undefined> = (seal) => {
  const { cloud, ...named } = asObject(seal);
  const needed = SEALS.get(cloud);
  const isWhole =
    needed !== undefined &&
    Object.keys(named).every((key) => Object.hasOwn(needed, key)) &&
    Object.entries(needed).every(([key, pattern]) => matches(pattern, named[key]));
  return isWhole
    ? []
    : [
        {
          mustHold:
            "must name a key of the cloud's that Vault unseals itself with, in words and not by a reference",
          got: seal ?? undefined,
          fix: 'such as { cloud: "aws", region: "us-east-1", key: "alias/acme-prod/unseal" }, or { cloud: "azure", vault: "acme-prod", key: "unseal" }',
        },
      ];
};

/** Where Vault can keep what is in it. */
const isStorage: Rule<NonNullable<VaultProps["storage"]>> = (storage) => {
  const { address, grantStorage } = asObject(storage);
  return storage === "raft" ||
    (typeof grantStorage === "function" && matches(/^(\[[0-9a-f:]+\]|[A-Za-z0-9.-]+):\d{1,5}$/, address))
    ? []
    : [
        {
          mustHold:
            'must be "raft", or a Consul: with grantStorage, and its address in words, as a host and a port',
          got: storage,
          fix: 'such as the construct itself: const consul = new Consul(this, "consul", { cluster })',
        },
      ];
};

/** Adds everything that is wrong with Vault's props. */
export function checkVault(
  problems: Problems,
  props: CommonProps &
    Required<Pick<VaultProps, "auditGiB" | "secretsImage" | "storage">> &
    Pick<VaultProps, "seal">,
): void {
  const { auditGiB, secretsImage, seal, storage } = props;
  checkCommon(problems, props);
  problems.check("auditGiB", auditGiB, isDiskSize);
  problems.check("secretsImage", secretsImage, isImage);
  problems.check("seal", seal, isSeal);
  problems.check("storage", storage, isStorage);
}
