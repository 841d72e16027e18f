import type { StatefulSetV1SpecTemplateSpec } from "@cdktf/provider-kubernetes/lib/stateful-set-v1";
import { type Image, imageName } from "../images";
import type { Labels } from "../labels";
import { apart, placed, type Placement } from "../placement";
import { CONTAINER_SECURITY, POD_SECURITY } from "../pod-security";
import { CONSUL_PATHS, CONSUL_PORTS } from "./consul-config";
import { CONSUL_SECRETS, SERVER_SECRETS } from "./consul-secrets";

export interface ConsulPodProps {
  readonly image: Image;
  readonly placement: Placement;
  readonly selector: Labels;
  readonly serviceAccount: string;
  readonly config: string;
}

/** Whether a leader is known. Only where there is one does an election that a new server disturbs count as over. */
const HAS_LEADER = [
  "/bin/sh",
  "-ec",
  `curl --silent --fail --max-time 3 --cacert ${CONSUL_PATHS.tls}/ca.crt https://127.0.0.1:${CONSUL_PORTS.https}/v1/status/leader | grep -q '".*:.*"'`,
];

/**
 * Whether a server has all that the leader had when it was asked. It knows the leader before it has replayed its log, and answers until
 * then, where a caller allows an answer of its own as name servers do, that there is no such name, key or token:
 * hashicorp/consul#2644. Anybody may ask for the index of all keys, though he sees none of them.
 */
const HAS_CAUGHT_UP = [
  "/bin/sh",
  "-ec",
  [
    `index() { curl --silent --max-time 3 --cacert ${CONSUL_PATHS.tls}/ca.crt --output /dev/null --write-out '%header{x-consul-index}'`,
    ` "https://127.0.0.1:${CONSUL_PORTS.https}/v1/kv/none/?keys&$1"; }; test "$(index consistent)" -le "$(index stale)"`,
  ].join(""),
];

/** The pod of a server. */
export function consulPod(props: ConsulPodProps): StatefulSetV1SpecTemplateSpec {
  const { image, placement, selector, serviceAccount, config } = props;
  const { https, rpc, gossip, dns } = CONSUL_PORTS;
  const leader = { exec: { command: HAS_LEADER }, timeoutSeconds: 5 };
  return {
    ...placed(placement),
    ...apart(selector),
    serviceAccountName: serviceAccount,
    // A server asks Kubernetes for nothing.
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // It leaves its peers, and hands over a leadership.
    terminationGracePeriodSeconds: 60,
    securityContext: POD_SECURITY,
    container: [
      {
        name: "consul",
        image: imageName(image),
        // Not the image's own entry point, which changes owners and users: it may not, and need not.
        command: ["consul", "agent"],
        args: [`-config-dir=${CONSUL_PATHS.config}`, `-config-dir=${CONSUL_PATHS.secrets}`],
        securityContext: CONTAINER_SECURITY,
        env: [
          { name: "CONSUL_HTTP_ADDR", value: `https://127.0.0.1:${https}` },
          { name: "CONSUL_CACERT", value: `${CONSUL_PATHS.tls}/ca.crt` },
        ],
        port: [
          { name: "https", containerPort: https },
          { name: "rpc", containerPort: rpc },
          { name: "gossip-tcp", containerPort: gossip },
          { name: "gossip-udp", containerPort: gossip, protocol: "UDP" },
          { name: "dns-tcp", containerPort: dns },
          { name: "dns-udp", containerPort: dns, protocol: "UDP" },
        ],
        resources: {
          requests: { cpu: "100m", memory: "256Mi" },
          limits: { memory: "1Gi" },
        },
        // Ten minutes, in which a server replays its log or takes a snapshot of a leader's.
        startupProbe: {
          exec: { command: HAS_CAUGHT_UP },
          timeoutSeconds: 10,
          periodSeconds: 5,
          failureThreshold: 120,
        },
        readinessProbe: { ...leader, periodSeconds: 5, failureThreshold: 2 },
        // No liveness probe: a server that has no leader is not helped by being killed, nor are its peers.
        volumeMount: [
          { name: "config", mountPath: CONSUL_PATHS.config, readOnly: true },
          { name: "secrets", mountPath: CONSUL_PATHS.secrets, readOnly: true },
          { name: "tls", mountPath: CONSUL_PATHS.tls, readOnly: true },
          { name: "data", mountPath: CONSUL_PATHS.data },
          { name: "tmp", mountPath: "/tmp" },
        ],
      },
    ],
    volume: [
      { name: "config", configMap: { name: config, defaultMode: "0440" } },
      {
        name: "secrets",
        projected: [
          {
            defaultMode: "0440",
            sources: SERVER_SECRETS.map(({ secret, key, path }) => ({
              secret: [{ name: secret, items: [{ key, path }] }],
            })),
          },
        ],
      },
      { name: "tls", secret: { secretName: CONSUL_SECRETS.tls, defaultMode: "0440" } },
      { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
    ],
  };
}
