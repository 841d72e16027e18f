import { asJson, type Documents } from "../document";

/**
 * The ports of a Consul server. 8400, once the command line's, is gone since Consul 0.8; plain HTTP on 8500 and gossip between data
 * centres on 8302 are closed.
 *
 * @see https://developer.hashicorp.com/consul/docs/reference/architecture/ports
 */
export const CONSUL_PORTS = { rpc: 8300, gossip: 8301, https: 8501, dns: 8600 } as const;

/** Where the pod has what the configuration names. */
export const CONSUL_PATHS = {
  config: "/consul/config",
  secrets: "/consul/secrets",
  tls: "/consul/tls",
  data: "/consul/data",
} as const;

export interface ConsulConfigProps {
  readonly servers: number;
  readonly datacenter: string;
  /** The name under which each server finds the others. */
  readonly peers: string;
}

/**
 * What a server reads, but for its secrets, which lie in a folder of their own: the gossip key and tokens. Tried with
 * Consul 1.22.
 *
 * @see https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file
 */
export function consulConfig({ servers, datacenter, peers }: ConsulConfigProps): Documents {
  const { https, dns, rpc, gossip } = CONSUL_PORTS;
  const { tls, data } = CONSUL_PATHS;
  return {
    "server.json": asJson({
      server: true,
      datacenter,
      data_dir: data,
      bind_addr: "0.0.0.0",
      client_addr: "0.0.0.0",
      bootstrap_expect: servers,
      retry_join: [`${peers}:${gossip}`],
      // A pod comes back with another address. Had its old self not left, the two would be members of one name, and elections
      // would go on for ever: hashicorp/consul-k8s#3000.
      leave_on_terminate: true,
      // Below this Consul takes no dead server out; those that leave go all the same. Counts at the very first start only.
      autopilot: { min_quorum: Math.floor(servers / 2) + 1 },
      ports: { http: -1, https, dns, server: rpc, serf_lan: gossip, serf_wan: -1, grpc: -1, grpc_tls: -1 },
      tls: {
        defaults: {
          ca_file: `${tls}/ca.crt`,
          cert_file: `${tls}/tls.crt`,
          key_file: `${tls}/tls.key`,
          verify_incoming: true,
          verify_outgoing: true,
          tls_min_version: "TLSv1_2",
        },
        internal_rpc: { verify_server_hostname: true },
        // Who calls the API proves itself by a token. A certificate would keep out the people whom the interface is for.
        https: { verify_incoming: false },
      },
      encrypt_verify_incoming: true,
      encrypt_verify_outgoing: true,
      acl: { enabled: true, default_policy: "deny", down_policy: "extend-cache" },
      // New certificates are taken up from their files.
      auto_reload_config: true,
      connect: { enabled: false },
      ui_config: { enabled: true },
      limits: { http_max_conns_per_client: 1000 },
      performance: { raft_multiplier: 1 },
      telemetry: { prometheus_retention_time: "1m", disable_hostname: true },
      disable_update_check: true,
      log_json: true,
    }),
  };
}
