import type { KubernetesProviderConfig } from "@cdktf/provider-kubernetes/lib/provider";

/** Where a cluster's API answers, for those who may not ask the cluster's own stack. Each is read once it is asked for. */
export interface ClusterPlace {
  /** What people type after `cdktf deploy`. */
  readonly environment: string;
  /** Such as "https://master.prod-us-east-1.example.com:6443". */
  endpoint(): string;
  /** The certificate of the cluster's authority, PEM. */
  ca(): string;
}

/** How Terraform's Kubernetes provider gets into a cluster. What it says must not come from what the same stack makes. */
export interface KubernetesAccess {
  /** The provider's configuration. No secret may be in it: it is in the synthesized files. */
  configure(cluster: ClusterPlace): KubernetesProviderConfig;
}

/**
 * By a client certificate that lives an hour, which `keelson credential` reads from the cloud's secret store each time that Terraform
 * runs; who may read it there may deploy. It is never in state.
 */
export const credentialAccess: KubernetesAccess = {
  configure: ({ environment, endpoint, ca }) => ({
    host: endpoint(),
    clusterCaCertificate: ca(),
    exec: [
      {
        apiVersion: "client.authentication.k8s.io/v1",
        command: "npx",
        args: ["--no", "keelson", "credential", environment],
      },
    ],
  }),
};

/**
 * By a kubeconfig: for a cluster that is not in a cloud, or a person's own rights.
 *
 * @param path from where Terraform runs, or absolute
 * @param context the one that is current, by default
 */
export function kubeconfigAccess(path: string, context?: string): KubernetesAccess {
  return { configure: () => ({ configPath: path, configContext: context }) };
}
