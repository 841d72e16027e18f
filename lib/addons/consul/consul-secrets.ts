/** The Secrets of Consul's namespace, by what is in them. */
export const CONSUL_SECRETS = {
  /** What a server reads beside its configuration: the gossip key and its tokens. */
  config: "consul-config-secrets",
  /** The servers' certificate, its key, and the certificate of the authority that signed it. */
  tls: "consul-tls",
} as const;
