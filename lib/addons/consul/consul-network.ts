import {
  NetworkPolicyV1,
  type NetworkPolicyV1SpecIngress,
} from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { ServiceV1, type ServiceV1SpecPort } from "@cdktf/provider-kubernetes/lib/service-v1";
import { Construct } from "constructs";
import type { Labels } from "../labels";
import { CONSUL_PORTS } from "./consul-config";

export interface ConsulNetworkProps {
  readonly namespace: string;
  readonly labels: Labels;
  readonly selector: Labels;
  readonly clients: readonly string[];
}

const { https, rpc, gossip, dns } = CONSUL_PORTS;

/** Names for Consul's servers, and who may reach which of their ports. */
export class ConsulNetwork extends Construct {
  /** The name of the service under which servers find one another. */
  readonly peers: string;
  private readonly props: ConsulNetworkProps;

  constructor(scope: Construct, id: string, props: ConsulNetworkProps) {
    super(scope, id);
    const { namespace, labels, selector, clients } = props;
    const service = (called: string, port: ServiceV1SpecPort[], more = {}) =>
      new ServiceV1(this, called, {
        metadata: { name: called, namespace, labels },
        spec: { selector, port, ...more },
      });
    const peers = service(
      "consul-server",
      [
        { name: "https", port: https, targetPort: "https" },
        { name: "rpc", port: rpc, targetPort: "rpc" },
        { name: "gossip-tcp", port: gossip, targetPort: "gossip-tcp" },
        { name: "gossip-udp", port: gossip, targetPort: "gossip-udp", protocol: "UDP" },
      ],
      // Servers have to find one another before any of them is ready.
      { clusterIp: "None", publishNotReadyAddresses: true },
    );
    service("consul", [{ name: "https", port: https, targetPort: "https" }]);
    service("consul-ui", [{ name: "https", port: 443, targetPort: "https" }]);
    service("consul-dns", [
      { name: "dns-tcp", port: 53, targetPort: "dns-tcp" },
      { name: "dns-udp", port: 53, targetPort: "dns-udp", protocol: "UDP" },
    ]);

    const servers = [{ podSelector: { matchLabels: selector } }];
    const from = [namespace, ...clients].map((name) => ({
      namespaceSelector: { matchLabels: { [NAME_OF]: name } },
    }));
    const resolvers = [...from, { namespaceSelector: { matchLabels: { [NAME_OF]: "kube-system" } } }];
    const ingress: NetworkPolicyV1SpecIngress[] = [
      { from: servers, ports: [tcp(rpc), tcp(gossip), udp(gossip)] },
      { from, ports: [tcp(https)] },
      { from: resolvers, ports: [tcp(dns), udp(dns)] },
    ];
    new NetworkPolicyV1(this, "policy", {
      metadata: { name: "consul", namespace, labels },
      spec: { podSelector: { matchLabels: selector }, policyTypes: ["Ingress"], ingress },
    });
    // Whatever else runs in the namespace is called by nobody.
    new NetworkPolicyV1(this, "others", {
      metadata: { name: "nobody", namespace, labels },
      spec: { podSelector: {}, policyTypes: ["Ingress"] },
    });

    this.peers = peers.metadata.name;
    this.props = props;
  }

  /** Lets the pods of one more namespace call the API. The policy belongs to them, and goes with them. */
  admit(scope: Construct, id: string, from: string): void {
    const { namespace, labels, selector } = this.props;
    new NetworkPolicyV1(scope, id, {
      metadata: { name: "consul-for-storage", namespace, labels },
      spec: {
        podSelector: { matchLabels: selector },
        policyTypes: ["Ingress"],
        ingress: [
          { from: [{ namespaceSelector: { matchLabels: { [NAME_OF]: from } } }], ports: [tcp(https)] },
        ],
      },
    });
  }
}

/** Kubernetes gives each namespace this label, which nobody can change. */
const NAME_OF = "kubernetes.io/metadata.name";

function tcp(port: number) {
  return { port: String(port), protocol: "TCP" };
}

function udp(port: number) {
  return { port: String(port), protocol: "UDP" };
}
