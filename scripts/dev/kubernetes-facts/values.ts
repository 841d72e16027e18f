import type { Fact } from "../../../lib/cli/simulator/facts/facts";

/** A row for each of the types that has something at one of the paths that end like this. */
export interface Rule {
  readonly path: RegExp;
  readonly types?: RegExp;
  readonly fact: "computed" | "disrupts" | "replaces-while";
  readonly value: Fact["value"];
  readonly source: string;
}

const KUBERNETES = "Kubernetes 1.36.4";
const DEFAULTS = (group: string) => `${KUBERNETES} pkg/apis/${group}/v1/defaults.go`;
const EMPTY = "provider-kubernetes: empty unless the configuration or the API server has one";
const PROVIDER = "provider-kubernetes kubernetes";
/** The types whose objects count their generations. */
const COUNTED =
  /(stateful_set|deployment|daemon_set|job|network_policy|pod_disruption_budget|ingress|priority_class|webhook_configuration)_v1$/;

/** What the schemas don't hold; the first rule that fits a path and a kind of fact counts. */
export const RULES: readonly Rule[] = [
  {
    ...{ path: /^metadata\.name$/, fact: "computed", value: "{attr:metadata.generate_name}{hex:5}" },
    source: `${KUBERNETES} staging/src/k8s.io/apiserver/pkg/storage/names/generate.go: five characters`,
  },
  {
    ...{ path: /^metadata\.uid$/, fact: "computed", value: "{uuid}" },
    source: `${KUBERNETES} staging/src/k8s.io/apiserver/pkg/registry/rest/meta.go: FillObjectMetaSystemFields`,
  },
  {
    ...{ path: /^metadata\.resource_version$/, fact: "computed", value: "1{digits:5}" },
    source: `${KUBERNETES}: etcd's revision`,
  },
  {
    ...{ path: /^metadata\.generation$/, types: COUNTED, fact: "computed", value: 1 },
    source: `${KUBERNETES} pkg/registry: PrepareForCreate sets Generation = 1`,
  },
  {
    ...{ path: /^metadata\.generation$/, fact: "computed", value: 0 },
    source: `${KUBERNETES} pkg/registry: no strategy sets it`,
  },
  {
    ...{ path: /\.metadata\.(generation|resource_version|uid|name)$/, fact: "computed", value: null },
    source: `${KUBERNETES}: a template is no object of its own`,
  },
  {
    ...{ path: /^spec\.revision_history_limit$/, fact: "computed", value: 10 },
    source: DEFAULTS("apps"),
  },
  { path: /^spec\.replicas$/, fact: "computed", value: "1", source: DEFAULTS("apps") },
  {
    path: /^spec\.pod_management_policy$/,
    fact: "computed",
    value: "OrderedReady",
    source: DEFAULTS("apps"),
  },
  { path: /completion_mode$/, fact: "computed", value: "NonIndexed", source: DEFAULTS("batch") },
  {
    ...{ path: /container\.image_pull_policy$/, fact: "computed", value: "IfNotPresent" },
    source: `${DEFAULTS("core")}: but Always for the tag latest`,
  },
  {
    ...{ path: /container\.termination_message_policy$/, fact: "computed", value: "File" },
    source: DEFAULTS("core"),
  },
  { path: /\.scheduler_name$/, fact: "computed", value: "default-scheduler", source: DEFAULTS("core") },
  { path: /\.volume_mode$/, fact: "computed", value: "Filesystem", source: DEFAULTS("core") },
  {
    ...{ path: /^spec\.internal_traffic_policy$/, fact: "computed", value: "Cluster" },
    source: DEFAULTS("core"),
  },
  {
    ...{ path: /^spec\.cluster_ips$/, fact: "computed", value: ["{attr:spec.cluster_ip}"] },
    source: "https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/: clusterIPs",
  },
  {
    ...{ path: /^spec\.ip_families$/, fact: "computed", value: ["IPv4"] },
    source:
      "https://kubernetes.io/docs/concepts/services-networking/dual-stack/: of a cluster with one family",
  },
  {
    ...{ path: /^spec\.ip_family_policy$/, fact: "computed", value: "SingleStack" },
    source: "https://kubernetes.io/docs/concepts/services-networking/dual-stack/: the default",
  },
  {
    ...{ path: /^default_secret_name$/, fact: "computed", value: "" },
    source: `${PROVIDER}/resource_kubernetes_service_account_v1.go: none since Kubernetes 1.24`,
  },
  // Before the types without a namespace: a path that is not there makes no row.
  {
    ...{ path: /^id$/, types: /_v[0-9]+$/, fact: "computed" },
    ...{
      value: "{attr:metadata.namespace}/{attr:metadata.name}",
      source: `${PROVIDER}/structures.go: buildId`,
    },
  },
  {
    ...{ path: /^spec\.template$/, types: /_stateful_set_v1$/, fact: "disrupts" },
    value:
      "its pods are made anew one after the other, the highest ordinal first; where update_strategy is OnDelete, " +
      "each stays as it is until somebody deletes it",
    source: "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#update-strategies",
  },
  {
    ...{ path: /^spec\.template$/, types: /_deployment_v1$/, fact: "disrupts" },
    value: "its pods are made anew, some at a time; where strategy is Recreate, all at once",
    source: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy",
  },
  {
    ...{ path: /^spec\.template$/, types: /_daemon_set_v1$/, fact: "disrupts" },
    value:
      "its pods are made anew, node by node; where strategy is OnDelete, each stays as it is until somebody deletes it",
    source: "https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/",
  },
  {
    ...{ path: /^(data|binary_data|immutable)$/, types: /_(secret|config_map)_v1$/, fact: "replaces-while" },
    ...{ value: "immutable", source: `${PROVIDER}: CustomizeDiff of secret_v1 and config_map_v1` },
  },
  // Last: whatever else is optional and computed.
  { path: /./, fact: "computed", value: null, source: EMPTY },
];

/** What may replace, which no ForceNew says. */
export const MAY_REPLACE: Readonly<Record<string, { readonly value: string; readonly source: string }>> = {
  "kubernetes_persistent_volume_claim_v1.spec.resources.requests": {
    value: "a claim that is to be smaller is replaced; a larger one grows where its storage class allows it",
    source: `${PROVIDER}/resource_kubernetes_persistent_volume_claim_v1.go: CustomizeDiff`,
  },
};
