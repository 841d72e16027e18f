import { DataAzurermClientConfig } from "@cdktf/provider-azurerm/lib/data-azurerm-client-config";
import { KeyVault } from "@cdktf/provider-azurerm/lib/key-vault";
import { KeyVaultKey, type KeyVaultKeyConfig } from "@cdktf/provider-azurerm/lib/key-vault-key";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { Problems, type Rule } from "../core";
import { groupId, type Place, placed } from "./place";
import { isPlace } from "./place-rules";

/** A key in a vault, by what machines and rights know it: one of ours, or one that you already have. */
export interface ISealingKey {
  /** The key's name in its vault. */
  readonly name: string;
  /** The vault's id, which rights are kept to. It is the cluster's alone: the witness and the join credentials lie there, too. */
  readonly vaultId: string;
  /** Where the vault answers, without a slash at its end. */
  readonly vaultUrl: string;
}

export interface SealingKeyProps {
  /** The vault's name, unique in the world; 3 to 24 letters, digits and hyphens. `vaultName` makes one. */
  readonly name: string;
  /** Where it stands. */
  readonly place: Place;
  /**
   * Whether Terraform refuses to destroy it. Without the key nobody can read a cluster's identity any more, so it has
   * to live as long as the store does. With true, the vault is protected against being purged, which nobody can take back:
   * from then on its name is taken for 90 days after it was deleted. So going back to false is for a destroy only; it cannot be deployed.
   * @default true
   */
  readonly retainData?: boolean;
}

/** What it is called in its vault, in which there is no other but the one that unseals Vault. */
const KEY = "sealing";

/** @see https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#vault-name-and-object-name */
export const isVaultName: Rule<string> = (name) =>
  Token.isUnresolved(name) || (/^[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$/.test(name) && !name.includes("--"))
    ? []
    : [
        {
          mustHold:
            "must be 3 to 24 letters, digits and hyphens, beginning with a letter, with no hyphen at its end and no two in a row",
          got: name,
        },
      ];

/**
 * The key that a cluster's identity is sealed with before it goes into the store: certificate authorities, the key of the
 * service accounts, the key that Secrets are encrypted with. Some cents a month for requests.
 *
 * It lies in a vault of its own, which gives nothing to anybody by access policies, only by roles, and has a new key material each
 * year. Masters keep the cluster's witness and its join credentials in the same vault; Terraform does not know those.
 *
 * @see https://azure.microsoft.com/pricing/details/key-vault/
 * @throws InvalidError with everything that is wrong with the props
 */
export class SealingKey extends Construct implements ISealingKey {
  readonly name: string;
  readonly vaultId: string;
  readonly vaultUrl: string;

  constructor(scope: Construct, id: string, props: SealingKeyProps) {
    super(scope, id);
    const { name, place, retainData = true } = props;
    const problems = new Problems(this.node.path);
    problems.check("name", name, isVaultName);
    problems.check("place", place, isPlace);
    problems.throw();

    const lifecycle = { preventDestroy: retainData };
    const vault = new KeyVault(this, "vault", {
      name,
      ...placed(place),
      tenantId: new DataAzurermClientConfig(this, "client").tenantId,
      skuName: "standard",
      rbacAuthorizationEnabled: true,
      purgeProtectionEnabled: retainData,
      // As long as Key Vault can wait: it is the time to find out what was lost. It cannot be changed later.
      softDeleteRetentionDays: 90,
      lifecycle,
    });
    // Of the size that the scripts' parts are cut for.
    const key = vaultKey(this, {
      name: KEY,
      keyVaultId: vault.id,
      keyOpts: ["decrypt", "encrypt"],
      lifecycle,
    });

    this.name = key.name;
    this.vaultId = vault.id;
    this.vaultUrl = `https://${name}.vault.azure.net`;
  }
}

/** A key in a vault. It belongs to the scope itself, which its address is of. */
export function vaultKey(
  scope: Construct,
  props: Pick<KeyVaultKeyConfig, "name" | "keyVaultId" | "keyOpts" | "lifecycle">,
): KeyVaultKey {
  return new KeyVaultKey(scope, "Resource", {
    ...props,
    keyType: "RSA",
    keySize: 2048,
    // Without an end: what was sealed with an old version has to be read for ever.
    rotationPolicy: { automatic: { timeAfterCreation: "P1Y" } },
  });
}

/** The sealing key of a vault of this name, for those who are not in the stack that makes it. */
export function sealingKeyOf(place: Omit<Place, "location">, vault: string): ISealingKey {
  return {
    name: KEY,
    vaultId: `${groupId(place)}/providers/Microsoft.KeyVault/vaults/${vault}`,
    vaultUrl: `https://${vault}.vault.azure.net`,
  };
}
