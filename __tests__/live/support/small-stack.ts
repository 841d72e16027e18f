import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { StatefulSetV1 } from "@cdktf/provider-kubernetes/lib/stateful-set-v1";
import { App, TerraformStack } from "cdktf";
import { synthApp, type Terraform } from "../../support/synth";
void App;

export function smallStack(setting: string, runAsNonRoot = true): Terraform {
  const { small } = synthApp((app) => {
    const stack = new TerraformStack(app, "small");
    new KubernetesProvider(stack, "kubernetes", { host: "https://nowhere" });
    const namespace = new NamespaceV1(stack, "ns", {
      metadata: { name: "small", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
    new ConfigMapV1(stack, "config", {
      metadata: { name: "config", namespace: namespace.metadata.name },
      data: { setting },
    });
    const labels = { app: "small" };
    new StatefulSetV1(stack, "servers", {
      metadata: { name: "servers", namespace: namespace.metadata.name },
      waitForRollout: false,
      spec: {
        serviceName: "servers",
        replicas: "2",
        podManagementPolicy: "Parallel",
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            securityContext: { runAsNonRoot, runAsUser: "100", seccompProfile: { type: "RuntimeDefault" } },
            container: [
              {
                name: "server",
                image: "registry.example/server:1",
                securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
              },
            ],
          },
        },
      },
    });
  });
  if (!small) throw new Error("no stack");
  return small;
}
