import { Construct } from "constructs";
import type { Place } from "./place";
import { type ISealingKey, sealingKeyOf, vaultKey } from "./sealing-key";

export interface UnsealingKeyProps {
  /** The vault that it lies in: the sealing key's, which outlives the cluster as well. */
  readonly vault: Pick<ISealingKey, "vaultId" | "vaultUrl">;
  /**
   * Whether Terraform refuses to destroy it. Without the key nobody can read what is in Vault any more, nor in any backup of
   * it: recovery keys do not unseal.
   * @default true
   */
  readonly retainData?: boolean;
}

/** What it is called in its vault. */
const KEY = "unseal";

/**
 * The key that HashiCorp's Vault unseals itself with when it starts: with it, it wraps the key that all else in it is encrypted with.
 * **Lost with it is everything in Vault**, backups included. Some cents a month for requests.
 *
 * A key like the sealing key, beside it in the cluster's key vault, but for what it may be used for.
 *
 * @see https://azure.microsoft.com/pricing/details/key-vault/
 * @see https://developer.hashicorp.com/vault/docs/configuration/seal/azurekeyvault
 */
export class UnsealingKey extends Construct implements ISealingKey {
  readonly name: string;
  readonly vaultId: string;
  readonly vaultUrl: string;

  constructor(scope: Construct, id: string, { vault, retainData = true }: UnsealingKeyProps) {
    super(scope, id);
    const key = vaultKey(this, {
      name: KEY,
      keyVaultId: vault.vaultId,
      keyOpts: ["unwrapKey", "wrapKey"],
      lifecycle: { preventDestroy: retainData },
    });
    this.name = key.name;
    this.vaultId = vault.vaultId;
    this.vaultUrl = vault.vaultUrl;
  }
}

/** The unsealing key in a vault of this name, for those who are not in the stack that makes it. */
export function unsealingKeyOf(place: Omit<Place, "location">, vault: string): ISealingKey {
  return { ...sealingKeyOf(place, vault), name: KEY };
}
