/** The Secrets of Vault's namespace, by what is in them. docs/vault.md says how each is changed for another. */
export const VAULT_SECRETS = {
  /** The authority that signs the servers' certificates, with its key. No server has it. */
  authority: "vault-authority",
  /** The servers' certificate, its key, and the authority's certificate. */
  tls: "vault-tls",
} as const;

/** The names that the servers' certificate is for: those of their services, and each server's own. */
export function serverNames(namespace: string): readonly string[] {
  return ["vault", "vault-active", "vault-internal", "*.vault-internal"].flatMap((name) => [
    name,
    `${name}.${namespace}`,
    `${name}.${namespace}.svc`,
    `${name}.${namespace}.svc.cluster.local`,
  ]);
}
