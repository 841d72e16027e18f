import type { StatefulSetV1SpecTemplateSpec } from "@cdktf/provider-kubernetes/lib/stateful-set-v1";
import { type Image, imageName } from "../images";
import type { Labels } from "../labels";
import { apart, placed, type Placement } from "../placement";
import { CONTAINER_SECURITY, POD_SECURITY } from "../pod-security";
import { VAULT_PATHS, VAULT_PORTS } from "./vault-config";
import { VAULT_SECRETS } from "./vault-secrets";

export interface VaultPodProps {
  readonly image: Image;
  readonly placement: Placement;
  readonly selector: Labels;
  readonly serviceAccount: string;
  readonly config: string;
  readonly scripts: string;
  /** The name of each server but for its pod's, such as "vault-internal.vault.svc". */
  readonly domain: string;
  /** The Secret with Consul's token and authority, where Vault keeps what it has there. */
  readonly consul?: string;
  /** How many audit logs of 100 MiB are kept beside the one that is written. */
  readonly auditLogs: number;
}

const HEALTH = "/v1/sys/health?standbyok=true&perfstandbyok=true";
/** Alive is also a server that is sealed, or that nobody has initialised yet: being killed would not help it. */
const ALIVE = `${HEALTH}&sealedcode=204&uninitcode=204`;

/** The pod of a server. */
export function vaultPod(props: VaultPodProps): StatefulSetV1SpecTemplateSpec {
  const { image, placement, selector, serviceAccount, config, scripts, domain, consul, auditLogs } = props;
  const { api, cluster } = VAULT_PORTS;
  const ask = (path: string) => ({ httpGet: { path, port: "api", scheme: "HTTPS" }, timeoutSeconds: 5 });
  const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  return {
    ...placed(placement),
    ...apart(selector),
    serviceAccountName: serviceAccount,
    // A server writes on its own pod whether it is active, by which the service "vault-active" finds it.
    automountServiceAccountToken: true,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 60,
    // For the other container, which tells the server of new certificates.
    shareProcessNamespace: true,
    securityContext: POD_SECURITY,
    container: [
      {
        name: "vault",
        image: imageName(image),
        // Not the image's own entry point, which changes owners and capabilities: it may not, and need not.
        command: ["vault", "server"],
        args: [`-config=${VAULT_PATHS.config}/vault.json`],
        securityContext: CONTAINER_SECURITY,
        env: [
          field("VAULT_K8S_POD_NAME", "metadata.name"),
          field("VAULT_K8S_NAMESPACE", "metadata.namespace"),
          field("VAULT_RAFT_NODE_ID", "metadata.name"),
          { name: "VAULT_API_ADDR", value: `https://$(VAULT_K8S_POD_NAME).${domain}:${api}` },
          { name: "VAULT_CLUSTER_ADDR", value: `https://$(VAULT_K8S_POD_NAME).${domain}:${cluster}` },
          // For whoever runs the command line in the pod.
          { name: "VAULT_ADDR", value: `https://127.0.0.1:${api}` },
          { name: "VAULT_CACERT", value: `${VAULT_PATHS.tls}/ca.crt` },
          // Where it is, not what it is.
          ...(consul ? [{ name: "CONSUL_HTTP_TOKEN_FILE", value: `${VAULT_PATHS.consul}/token` }] : []),
        ],
        port: [
          { name: "api", containerPort: api },
          { name: "cluster", containerPort: cluster },
        ],
        resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "1Gi" } },
        startupProbe: { ...ask(ALIVE), periodSeconds: 5, failureThreshold: 60 },
        livenessProbe: { ...ask(ALIVE), periodSeconds: 10, failureThreshold: 6 },
        readinessProbe: { ...ask(HEALTH), periodSeconds: 5, failureThreshold: 2 },
        // Until the services have heard that it goes, calls still come.
        lifecycle: { preStop: [{ exec: { command: ["/bin/sh", "-c", "sleep 5"] } }] },
        volumeMount: [
          { name: "config", mountPath: VAULT_PATHS.config, readOnly: true },
          { name: "tls", mountPath: VAULT_PATHS.tls, readOnly: true },
          { name: "audit", mountPath: VAULT_PATHS.audit },
          consul
            ? { name: "consul", mountPath: VAULT_PATHS.consul, readOnly: true }
            : { name: "data", mountPath: VAULT_PATHS.data },
          { name: "tmp", mountPath: "/tmp" },
        ],
      },
      {
        name: "watch",
        image: imageName(image),
        command: ["/bin/sh", "/scripts/vault-watch.sh"],
        securityContext: CONTAINER_SECURITY,
        env: [
          { name: "CERTIFICATE", value: `${VAULT_PATHS.tls}/tls.crt` },
          { name: "AUDIT_LOG", value: `${VAULT_PATHS.audit}/audit.log` },
          { name: "MOST_MIB", value: "100" },
          { name: "KEPT", value: String(auditLogs) },
        ],
        resources: { requests: { cpu: "5m", memory: "16Mi" }, limits: { memory: "64Mi" } },
        volumeMount: [
          { name: "scripts", mountPath: "/scripts", readOnly: true },
          { name: "tls", mountPath: VAULT_PATHS.tls, readOnly: true },
          { name: "audit", mountPath: VAULT_PATHS.audit },
        ],
      },
    ],
    volume: [
      { name: "config", configMap: { name: config, defaultMode: "0440" } },
      { name: "scripts", configMap: { name: scripts, defaultMode: "0440" } },
      { name: "tls", secret: { secretName: VAULT_SECRETS.tls, defaultMode: "0440" } },
      ...(consul ? [{ name: "consul", secret: { secretName: consul, defaultMode: "0440" } }] : []),
      { name: "tmp", emptyDir: { medium: "Memory", sizeLimit: "64Mi" } },
    ],
  };
}
