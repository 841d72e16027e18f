/** Traffic to a range of ports of one transport protocol. */
export interface Port {
  readonly protocol: "tcp" | "udp";
  readonly from: number;
  readonly to: number;
}

/** The ports that this project opens, each with the page that it comes from. */
export const PORTS = {
  /** @see https://datatracker.ietf.org/doc/html/rfc9110#section-4.2.1 */
  http: { protocol: "tcp", from: 80, to: 80 },
  /** @see https://datatracker.ietf.org/doc/html/rfc9110#section-4.2.2 */
  https: { protocol: "tcp", from: 443, to: 443 },
  /**
   * Where replies arrive. It covers the ports that NAT gateways, load balancers and Linux choose from.
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
   */
  tcpReplies: { protocol: "tcp", from: 1024, to: 65535 },
  /** The same for UDP: time, names and QUIC. */
  udpReplies: { protocol: "udp", from: 1024, to: 65535 },
  /** @see https://kubernetes.io/docs/reference/networking/ports-and-protocols/ */
  kubernetesApi: { protocol: "tcp", from: 6443, to: 6443 },
  /**
   * Where a master says whether it is well. Beside those that Kubernetes' own parts answer on, and below the ones that Linux
   * and node ports are given.
   * @see https://kubernetes.io/docs/reference/networking/ports-and-protocols/
   */
  masterHealth: { protocol: "tcp", from: 10270, to: 10270 },
  /** @see https://kubernetes.io/docs/reference/networking/ports-and-protocols/ */
  kubelet: { protocol: "tcp", from: 10250, to: 10250 },
  /**
   * What pods say to pods of other nodes, and how Cilium asks other nodes whether they are well.
   * @see https://docs.cilium.io/en/stable/operations/system_requirements/#firewall-rules
   */
  vxlan: { protocol: "udp", from: 8472, to: 8472 },
  ciliumHealth: { protocol: "tcp", from: 4240, to: 4240 },
} as const satisfies Record<string, Port>;
