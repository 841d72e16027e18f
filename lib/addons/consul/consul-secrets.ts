/** The Secrets of Consul's namespace, by what is in them. docs/consul.md says how each is changed for another. */
export const CONSUL_SECRETS = {
  /** The authority that signs the servers' certificates, with its key. No server has it. */
  authority: "consul-authority",
  /** The servers' certificate, its key, and the authority's certificate. */
  tls: "consul-tls",
  /** What gossip is encrypted with. */
  gossip: "consul-gossip",
  /** The token that may do everything. */
  management: "consul-management",
  /** The servers' own token. */
  agent: "consul-agent-token",
  /** With which servers answer those who ask for names. */
  dns: "consul-dns-token",
  /** With which snapshots are taken. */
  snapshot: "consul-snapshot-token",
} as const;

/** What the servers read beside their configuration, as files of one folder: from which Secret, which key, under which name. */
export const SERVER_SECRETS = [
  { secret: CONSUL_SECRETS.gossip, key: "gossip.json", path: "gossip.json" },
  { secret: CONSUL_SECRETS.management, key: "management.json", path: "management.json" },
  { secret: CONSUL_SECRETS.agent, key: "config.json", path: "agent.json" },
  { secret: CONSUL_SECRETS.dns, key: "config.json", path: "dns.json" },
] as const;

/** The names that the servers' certificate is for: those of their services, and each server's own. */
export function serverNames(namespace: string): readonly string[] {
  return ["consul", "consul-ui", "consul-server", "*.consul-server"].flatMap((name) => [
    name,
    `${name}.${namespace}`,
    `${name}.${namespace}.svc`,
    `${name}.${namespace}.svc.cluster.local`,
  ]);
}
