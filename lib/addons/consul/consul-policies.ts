import type { Documents } from "../document";

/**
 * What each token of Consul's own may do.
 *
 * @see https://developer.hashicorp.com/consul/docs/secure/acl/rule
 */
export const CONSUL_POLICIES: Documents = {
  "agent.hcl": `# Servers tell of themselves, and of nobody else.
node_prefix "consul-" { policy = "write" }
node_prefix "" { policy = "read" }
service_prefix "" { policy = "read" }
`,
  "dns.hcl": `# Whoever asks a server for a name is answered by what this may read.
node_prefix "" { policy = "read" }
service_prefix "" { policy = "read" }
query_prefix "" { policy = "read" }
`,
  "snapshot.hcl": `# Consul gives snapshots, which hold all tokens, to nobody who may do less.
acl = "write"
`,
};

/**
 * What Vault may do with Consul's keys below a path.
 *
 * @see https://developer.hashicorp.com/vault/docs/configuration/storage/consul#acls
 */
export function storagePolicy(path: string): string {
  return `key_prefix "${path}" { policy = "write" }
session_prefix "" { policy = "write" }
agent_prefix "" { policy = "read" }
node_prefix "" { policy = "read" }
`;
}
