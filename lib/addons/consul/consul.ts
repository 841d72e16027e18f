import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { PodDisruptionBudgetV1 } from "@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { StatefulSetV1 } from "@cdktf/provider-kubernetes/lib/stateful-set-v1";
import { Construct } from "constructs";
import { type ICluster, Problems } from "../../core";
import { AddonNamespace } from "../addon-namespace";
import { checksum, verbatim } from "../document";
import { type Image, IMAGES } from "../images";
import { labelsOf, selectorOf } from "../labels";
import type { Placement } from "../placement";
import { CONSUL_PORTS, consulConfig } from "./consul-config";
import { ConsulNetwork } from "./consul-network";
import { consulPod } from "./consul-pod";
import { checkConsul } from "./consul-rules";
import { CONSUL_SECRETS } from "./consul-secrets";

export interface ConsulProps extends Placement {
  /** The cluster that it runs in: its name and version are all that is asked for. */
  readonly cluster: Pick<ICluster, "name" | "kubernetesVersion">;
  /**
   * How many servers: 1, 3, 5 or 7. Three bear the loss of one, five of two.
   * @default 3
   */
  readonly servers?: number;
  /**
   * The namespace, which is made. A DNS label.
   * @default "consul"
   */
  readonly namespace?: string;
  /**
   * Consul's data centre. A DNS label. Another name is another Consul: nothing that was in it is found any more.
   * @default the cluster's name
   */
  readonly datacenter?: string;
  /**
   * Who answers for it: the label `team`.
   * @default "platform"
   */
  readonly team?: string;
  /**
   * The namespaces whose pods may call the API and ask for names.
   * @default none
   */
  readonly clients?: readonly string[];
  /**
   * The class of the servers' volumes.
   * @default the cluster's default class
   */
  readonly storageClass?: string;
  /**
   * The size of each server's volume, in GiB. It cannot be changed here once it is made: docs/consul.md says how it grows.
   * @default 10
   */
  readonly diskGiB?: number;
  /**
   * Another build of Consul.
   * @default hashicorp/consul, at the version that keelson knows
   */
  readonly image?: Image;
}

/** What those who keep something in Consul need to know of it: one of ours, or one that you already have. */
export interface IConsul {
  /** Where its API answers, such as "consul.consul.svc:8501". */
  readonly address: string;
  /** Its namespace. */
  readonly namespace: string;
}

/**
 * Consul's servers in a cluster: TLS, gossip encryption and access control are on, and there is no way to turn them off.
 *
 * @throws InvalidError with everything that is wrong with the props
 */
export class Consul extends Construct implements IConsul {
  readonly address: string;
  readonly namespace: string;
  /** The raw resources, for what the props cannot say. */
  readonly resources: { readonly statefulSet: StatefulSetV1; readonly config: ConfigMapV1 };

  constructor(scope: Construct, id: string, props: ConsulProps) {
    super(scope, id);
    const { cluster, servers = 3, namespace: name = "consul", datacenter = cluster.name } = props;
    const { team = "platform", clients = [], storageClass, diskGiB = 10, image = IMAGES.consul } = props;
    const problems = new Problems(this.node.path);
    checkConsul(problems, { cluster, namespace: name, team, datacenter, servers, diskGiB, clients });
    problems.throw();

    const schema = { name: "consul", version: image.version, team, environment: cluster.name };
    const labels = labelsOf(schema, "server");
    const selector = selectorOf(schema, "server");
    const { name: namespace } = new AddonNamespace(this, "namespace", {
      name,
      labels: labelsOf(schema, "namespace"),
    });
    const metadata = (called: string) => ({ name: called, namespace, labels });

    const network = new ConsulNetwork(this, "network", { namespace, labels, selector, clients });
    const documents = consulConfig({ servers, datacenter, peers: `${PEERS}.${name}.svc` });
    const config = new ConfigMapV1(this, "config", {
      metadata: metadata("consul-config"),
      data: verbatim(documents),
    });
    const account = new ServiceAccountV1(this, "account", {
      metadata: metadata("consul"),
      automountServiceAccountToken: false,
    });
    new PodDisruptionBudgetV1(this, "disruption", {
      metadata: metadata("consul"),
      // One at a time, however many there are: a server that left has to be back in the quorum before the next may go.
      spec: { maxUnavailable: "1", selector: { matchLabels: selector } },
    });
    const statefulSet = new StatefulSetV1(this, "servers", {
      metadata: metadata("consul"),
      // Whether it has come up is to be seen in the cluster: docs/consul.md. A wait that fails would have Terraform replace it.
      waitForRollout: false,
      spec: {
        serviceName: network.peers,
        replicas: String(servers),
        podManagementPolicy: "Parallel",
        updateStrategy: [{ type: "RollingUpdate", rollingUpdate: [{ partition: 0 }] }],
        persistentVolumeClaimRetentionPolicy: [{ whenDeleted: "Retain", whenScaled: "Retain" }],
        revisionHistoryLimit: 10,
        selector: { matchLabels: selector },
        template: {
          metadata: { labels, annotations: { "keelson.io/config": checksum(documents) } },
          spec: consulPod({
            image,
            placement: props,
            selector,
            serviceAccount: account.metadata.name,
            config: config.metadata.name,
            secrets: CONSUL_SECRETS,
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

    this.address = `consul.${name}.svc:${CONSUL_PORTS.https}`;
    this.namespace = name;
    this.resources = { statefulSet, config };
  }
}

/** The service under which servers find one another. */
export const PEERS = "consul-server";
