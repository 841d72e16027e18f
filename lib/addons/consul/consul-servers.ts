import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { PodDisruptionBudgetV1 } from "@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { StatefulSetV1 } from "@cdktf/provider-kubernetes/lib/stateful-set-v1";
import { Construct } from "constructs";
import { checksum, verbatim } from "../document";
import type { Image } from "../images";
import type { Labels } from "../labels";
import type { Placement } from "../placement";
import { type ConsulConfigProps, consulConfig } from "./consul-config";
import { consulPod } from "./consul-pod";

export interface ConsulServersProps {
  readonly namespace: string;
  readonly labels: Labels;
  readonly selector: Labels;
  readonly image: Image;
  readonly placement: Placement;
  readonly config: ConsulConfigProps;
  /** The service that gives each server its name. */
  readonly peers: string;
  readonly storageClass?: string;
  readonly diskGiB: number;
}

/** The servers themselves, with their configuration. */
export class ConsulServers extends Construct {
  /** The raw resources, for what the props cannot say. */
  readonly resources: { readonly statefulSet: StatefulSetV1; readonly config: ConfigMapV1 };

  constructor(scope: Construct, id: string, props: ConsulServersProps) {
    super(scope, id);
    const { namespace, labels, selector, image, placement, peers, storageClass, diskGiB } = props;
    const metadata = { name: "consul", namespace, labels };
    const documents = consulConfig(props.config);
    const config = new ConfigMapV1(this, "config", { metadata, data: verbatim(documents) });
    const account = new ServiceAccountV1(this, "account", {
      metadata,
      automountServiceAccountToken: false,
    });
    new PodDisruptionBudgetV1(this, "disruption", {
      metadata,
      // One at a time, however many there are: a server that left has to be back in the quorum before the next may go.
      spec: { maxUnavailable: "1", selector: { matchLabels: selector } },
    });
    const statefulSet = new StatefulSetV1(this, "Resource", {
      metadata,
      // Whether it has come up is to be seen in the cluster: docs/consul.md. A wait that fails would have Terraform replace it.
      waitForRollout: false,
      spec: {
        serviceName: peers,
        replicas: String(props.config.servers),
        podManagementPolicy: "Parallel",
        // A server that comes back votes again after ten seconds in which it was well: before that the next one must not leave.
        // https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file/general#server_stabilization_time
        minReadySeconds: 30,
        updateStrategy: [{ type: "RollingUpdate", rollingUpdate: [{ partition: 0 }] }],
        persistentVolumeClaimRetentionPolicy: [{ whenDeleted: "Retain", whenScaled: "Retain" }],
        revisionHistoryLimit: 10,
        selector: { matchLabels: selector },
        template: {
          metadata: { labels, annotations: { "keelson.io/config": checksum(documents) } },
          spec: consulPod({
            image,
            placement,
            selector,
            serviceAccount: account.metadata.name,
            config: config.metadata.name,
          }),
        },
        volumeClaimTemplate: [
          {
            // Nothing of it can be changed later, so the labels are those that do not.
            metadata: { name: "data", labels: selector },
            spec: {
              accessModes: ["ReadWriteOnce"],
              storageClassName: storageClass,
              resources: { requests: { storage: `${diskGiB}Gi` } },
            },
          },
        ],
      },
    });
    this.resources = { statefulSet, config };
  }
}
