import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { TerraformStack, Testing } from "cdktf";
import { Consul, type ConsulProps, type Seal, Vault, type VaultProps } from "../../lib/addons";
import type { Attributes, Terraform } from "../support/synth";

export const CLUSTER = { name: "prod", kubernetesVersion: "1.36.4" };
export const SEAL: Seal = { cloud: "aws", region: "us-east-1", key: "alias/acme-prod/unseal" };

/** Synthesizes a stack with the Kubernetes provider and what is built in it. */
export function synthAddons(build: (stack: TerraformStack) => void): Terraform {
  const stack = new TerraformStack(Testing.app(), "platform");
  new KubernetesProvider(stack, "kubernetes");
  build(stack);
  return JSON.parse(Testing.synth(stack, true), (key, value: unknown) =>
    key === "//" ? undefined : value,
  ) as Terraform;
}

export const consul = (props: Partial<ConsulProps> = {}): Terraform =>
  synthAddons((stack) => new Consul(stack, "consul", { cluster: CLUSTER, ...props }));

export const vault = (props: Partial<VaultProps> = {}): Terraform =>
  synthAddons((stack) => new Vault(stack, "vault", { cluster: CLUSTER, seal: SEAL, ...props }));

/** Vault on a Consul beside it. */
export const vaultOnConsul = (props: Partial<VaultProps> = {}): Terraform =>
  synthAddons((stack) => {
    const storage = new Consul(stack, "consul", { cluster: CLUSTER });
    new Vault(stack, "vault", { cluster: CLUSTER, seal: SEAL, storage, ...props });
  });

/** A resource by its type and the name that Kubernetes knows it by, and its namespace where two have that name. */
export function named(terraform: Terraform, type: string, name: string, path = ""): Attributes {
  const found = Object.entries(terraform.resource?.[type] ?? {}).filter(
    ([id, { metadata }]) => (metadata as { name: string }).name === name && id.startsWith(path),
  );
  const [one] = found;
  if (one === undefined || found.length > 1) throw new Error(`${found.length} of ${type} are called ${name}`);
  return one[1];
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command: string[];
  readonly args?: string[];
  readonly env?: { name: string; value?: string }[];
  readonly security_context: Attributes;
  readonly resources: { requests: Record<string, string>; limits: Record<string, string> };
  readonly volume_mount: { name: string; mount_path: string; read_only?: boolean }[];
}

export interface Pod {
  readonly automount_service_account_token: boolean;
  readonly service_account_name?: string;
  readonly security_context: Attributes;
  readonly container: Container[];
  readonly init_container?: Container[];
  readonly volume: Attributes[];
}

interface Template {
  readonly metadata: { labels: Record<string, string>; annotations: Record<string, string> };
  readonly spec: Pod & Attributes;
}

/** What a workload's pods are made of. */
export function templateOf(workload: Attributes): Template {
  interface Spec {
    template?: Template;
    job_template?: { spec: { template: Template } };
  }
  const { template, job_template } = workload["spec"] as Spec;
  const found = template ?? job_template?.spec.template;
  if (found === undefined) throw new Error("it makes no pods");
  return found;
}

/** Every pod that a stack makes, by the address of what makes it. */
export function podsOf({ resource = {} }: Terraform): [string, Template][] {
  return ["kubernetes_stateful_set_v1", "kubernetes_job_v1", "kubernetes_cron_job_v1"].flatMap((type) =>
    Object.entries(resource[type] ?? {}).map(([id, workload]): [string, Template] => [
      `${type}.${id}`,
      templateOf(workload),
    ]),
  );
}

/** What a server reads, as Terraform will write it. */
export function document(
  terraform: Terraform,
  name: string,
  file: string,
  path = "",
): Record<string, unknown> {
  const { data } = named(terraform, "kubernetes_config_map_v1", name, path) as {
    data: Record<string, string>;
  };
  return JSON.parse(data[file] ?? "") as Record<string, unknown>;
}
