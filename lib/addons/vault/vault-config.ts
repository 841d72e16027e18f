import { asJson, type Documents } from "../document";

/** The ports of a Vault server. @see https://developer.hashicorp.com/vault/docs/configuration/listener/tcp */
export const VAULT_PORTS = { api: 8200, cluster: 8201 } as const;

/** Where the pod has what the configuration names. */
export const VAULT_PATHS = {
  config: "/vault/config",
  tls: "/vault/tls",
  data: "/vault/data",
  audit: "/vault/audit",
  consul: "/vault/consul",
} as const;

/**
 * What Vault unseals itself with: a key of the cloud's, which it may use as the machine that it runs on. Texts, and no references to
 * what the same stack makes: keys have names, and of what only Terraform knows no checksum on the pods could tell that it changed.
 */
export type Seal =
  | {
      readonly cloud: "aws";
      readonly region: string;
      /** The key's id, ARN or alias, such as "alias/acme-prod/unseal". */
      readonly key: string;
    }
  | {
      readonly cloud: "azure";
      /** The key vault's name. */
      readonly vault: string;
      /** The key's name in it. */
      readonly key: string;
    };

/** Where Vault keeps what is in it: at an address of Consul's, or with its own servers. */
export type VaultStorage =
  { readonly consul: string; readonly path: string } | { readonly raft: readonly string[] };

export interface VaultConfigProps {
  readonly seal: Seal;
  readonly storage: VaultStorage;
}

/**
 * What a server reads. Nothing in it is secret: the key is the cloud's, and Consul's token lies in a file of its own. Tried with
 * Vault 1.21.
 *
 * @see https://developer.hashicorp.com/vault/docs/configuration
 */
export function vaultConfig({ seal, storage }: VaultConfigProps): Documents {
  const { tls } = VAULT_PATHS;
  return {
    "vault.json": asJson({
      ui: true,
      // The kernel is not asked to keep memory from swap: machines of Kubernetes have none, and it would take a capability.
      disable_mlock: true,
      log_format: "json",
      listener: [
        {
          tcp: {
            address: `0.0.0.0:${VAULT_PORTS.api}`,
            cluster_address: `0.0.0.0:${VAULT_PORTS.cluster}`,
            tls_cert_file: `${tls}/tls.crt`,
            tls_key_file: `${tls}/tls.key`,
            tls_min_version: "tls12",
          },
        },
      ],
      storage: "raft" in storage ? { raft: raft(storage.raft) } : { consul: consul(storage) },
      seal: sealStanza(seal),
      service_registration: { kubernetes: {} },
      telemetry: { prometheus_retention_time: "1m", disable_hostname: true },
    }),
  };
}

/** The servers find one another by their names, whichever of them is up first. */
function raft(names: readonly string[]) {
  return {
    path: VAULT_PATHS.data,
    retry_join: names.map((name) => ({
      leader_api_addr: `https://${name}:${VAULT_PORTS.api}`,
      leader_ca_cert_file: `${VAULT_PATHS.tls}/ca.crt`,
    })),
  };
}

/** @see https://developer.hashicorp.com/vault/docs/configuration/storage/consul */
function consul({ consul: address, path }: { readonly consul: string; readonly path: string }) {
  return { address, scheme: "https", path, tls_ca_file: `${VAULT_PATHS.consul}/ca.crt` };
}

function sealStanza(seal: Seal) {
  return seal.cloud === "aws"
    ? { awskms: { region: seal.region, kms_key_id: seal.key } }
    : { azurekeyvault: { vault_name: seal.vault, key_name: seal.key } };
}
