import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import { Construct } from "constructs";
import type { Labels } from "../labels";
import { VAULT_PORTS } from "./vault-config";

export interface VaultNetworkProps {
  readonly namespace: string;
  readonly labels: Labels;
  readonly selector: Labels;
  readonly clients: readonly string[];
}

const { api, cluster } = VAULT_PORTS;

/** Names for Vault's servers, and who may reach which of their ports. */
export class VaultNetwork extends Construct {
  /** The name of the service under which servers find one another. */
  readonly peers: string;

  constructor(scope: Construct, id: string, { namespace, labels, selector, clients }: VaultNetworkProps) {
    super(scope, id);
    const ports = {
      api: { name: "api", port: api, targetPort: "api" },
      cluster: { name: "cluster", port: cluster, targetPort: "cluster" },
    };
    const service = (name: string, spec: object) =>
      new ServiceV1(this, name, { metadata: { name, namespace, labels }, spec: { selector, ...spec } });
    // Servers have to find one another before any of them is unsealed.
    const peers = service("vault-internal", {
      port: [ports.api, ports.cluster],
      clusterIp: "None",
      publishNotReadyAddresses: true,
    });
    service("vault", { port: [ports.api] });
    // Each server says on its pod whether it is the active one.
    service("vault-active", { port: [ports.api], selector: { ...selector, "vault-active": "true" } });

    const servers = [{ podSelector: { matchLabels: selector } }];
    // Kubernetes gives each namespace this label, which nobody can change.
    const from = clients.map((name) => ({
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
    }));
    new NetworkPolicyV1(this, "policy", {
      metadata: { name: "vault", namespace, labels },
      spec: {
        podSelector: { matchLabels: selector },
        policyTypes: ["Ingress"],
        ingress: [
          { from: [...servers, ...from], ports: [tcp(api)] },
          { from: servers, ports: [tcp(cluster)] },
        ],
      },
    });
    // Whatever else runs in the namespace is called by nobody.
    new NetworkPolicyV1(this, "others", {
      metadata: { name: "nobody", namespace, labels },
      spec: { podSelector: {}, policyTypes: ["Ingress"] },
    });
    this.peers = peers.metadata.name;
  }
}

function tcp(port: number) {
  return { port: String(port), protocol: "TCP" };
}
