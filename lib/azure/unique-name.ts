import { createHash } from "node:crypto";

/** How many characters of a hash make a name unique: one in four thousand million takes another's. */
const SUFFIX = 8;
const LONGEST = 24;

/**
 * A storage account's name: unique in the world, the same whenever it is asked for, and another one in each subscription.
 * Whatever of `name` fits and is allowed stands before the hash, so that people know it.
 *
 * @see https://learn.microsoft.com/azure/storage/common/storage-account-overview#storage-account-name
 */
export function accountName(name: string, subscription: string): string {
  const readable = name.toLowerCase().replace(/[^a-z0-9]/g, "");
  return `${readable.slice(0, LONGEST - SUFFIX)}${hash(name, subscription)}`;
}

/**
 * A key vault's name, unique in the world likewise. A vault that was deleted keeps its name for months.
 * @see https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#vault-name-and-object-name
 */
export function vaultName(name: string, subscription: string): string {
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, LONGEST - SUFFIX - 1)
    .replace(/-$/, "");
  return `${readable === "" ? "v" : readable}-${hash(name, subscription)}`;
}

function hash(name: string, subscription: string): string {
  return createHash("sha256").update(`${subscription}/${name}`).digest("hex").slice(0, SUFFIX);
}
