import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { PodDisruptionBudgetV1 } from "@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1";
import { RoleBindingV1 } from "@cdktf/provider-kubernetes/lib/role-binding-v1";
import { RoleV1 } from "@cdktf/provider-kubernetes/lib/role-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { StatefulSetV1 } from "@cdktf/provider-kubernetes/lib/stateful-set-v1";
import { Construct } from "constructs";
import { LENDS_IDENTITY } from "../addon-namespace";
import { checksum, podScripts, verbatim } from "../document";
import type { Image } from "../images";
import type { Labels } from "../labels";
import type { Placement } from "../placement";
import { type VaultConfigProps, vaultConfig } from "./vault-config";
import { vaultPod } from "./vault-pod";

export interface VaultServersProps {
  readonly namespace: string;
  readonly labels: Labels;
  readonly selector: Labels;
  readonly image: Image;
  readonly placement: Placement;
  readonly servers: number;
  readonly config: VaultConfigProps;
  /** The service that gives each server its name. */
  readonly peers: string;
  /** The name of each server but for its pod's. */
  readonly domain: string;
  /** The Secret with Consul's token, where Vault keeps what it has there; without, it has a volume for that. */
  readonly consul?: string;
  readonly storageClass?: string;
  readonly diskGiB: number;
  readonly auditGiB: number;
}

/** The servers themselves, with their configuration and the one right that they have in the cluster. */
export class VaultServers extends Construct {
  /** The raw resources, for what the props cannot say. */
  readonly resources: { readonly statefulSet: StatefulSetV1; readonly config: ConfigMapV1 };

  constructor(scope: Construct, id: string, props: VaultServersProps) {
    super(scope, id);
    const { namespace, labels, selector, image, placement, servers, peers, domain, consul } = props;
    const { storageClass, diskGiB, auditGiB } = props;
    const metadata = { name: "vault", namespace, labels };
    const documents = vaultConfig(props.config);
    const watch = podScripts("vault-watch.sh");
    const config = new ConfigMapV1(this, "config", { metadata, data: verbatim(documents) });
    const scripts = new ConfigMapV1(this, "scripts", {
      metadata: { ...metadata, name: "vault-watch" },
      data: verbatim(watch),
    });
    const account = new ServiceAccountV1(this, "account", { metadata, automountServiceAccountToken: false });
    const role = new RoleV1(this, "role", {
      metadata,
      // Each says on its own pod whether it is active; they are few, and their names are known.
      rule: [
        {
          apiGroups: [""],
          resources: ["pods"],
          resourceNames: podNames(servers),
          verbs: ["get", "patch", "update"],
        },
      ],
    });
    new RoleBindingV1(this, "binding", {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
      subject: [{ kind: "ServiceAccount", name: account.metadata.name, namespace }],
    });
    new PodDisruptionBudgetV1(this, "disruption", {
      metadata,
      spec: {
        maxUnavailable: String(Math.max(1, Math.floor((servers - 1) / 2))),
        selector: { matchLabels: selector },
      },
    });
    const volume = (name: string, gib: number) => ({
      // Nothing of it can be changed later, so the labels are those that do not.
      metadata: { name, labels: selector },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: storageClass,
        resources: { requests: { storage: `${gib}Gi` } },
      },
    });
    const statefulSet = new StatefulSetV1(this, "Resource", {
      metadata,
      // Until somebody has initialised it, no server is ready: docs/vault.md.
      waitForRollout: false,
      spec: {
        serviceName: peers,
        replicas: String(servers),
        podManagementPolicy: "Parallel",
        // Standbys first and the active one last, which nobody but a person or a program that asks Vault can tell: docs/vault.md.
        updateStrategy: [{ type: "OnDelete" }],
        persistentVolumeClaimRetentionPolicy: [{ whenDeleted: "Retain", whenScaled: "Retain" }],
        revisionHistoryLimit: 10,
        selector: { matchLabels: selector },
        template: {
          metadata: {
            // For the key that they unseal themselves with.
            labels: { ...labels, [LENDS_IDENTITY]: "true" },
            annotations: {
              "keelson.io/config": checksum(documents),
              "keelson.io/scripts": checksum(watch),
            },
          },
          spec: vaultPod({
            image,
            placement,
            selector,
            serviceAccount: account.metadata.name,
            config: config.metadata.name,
            scripts: scripts.metadata.name,
            domain,
            consul,
            // A fifth of the volume stays free for the one that is written.
            auditLogs: Math.max(1, Math.floor((auditGiB * 1024 * 0.8) / 100) - 1),
          }),
        },
        volumeClaimTemplate: [
          volume("audit", auditGiB),
          ...(consul === undefined ? [volume("data", diskGiB)] : []),
        ],
      },
    });
    this.resources = { statefulSet, config };
  }
}

/** "vault-0", "vault-1", ...: what a StatefulSet calls its pods. */
export function podNames(servers: number): string[] {
  return Array.from({ length: servers }, (_, ordinal) => `vault-${ordinal}`);
}
