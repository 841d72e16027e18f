import { Construct } from "constructs";
import { type ICluster, Problems } from "../../core";
import { AddonNamespace } from "../addon-namespace";
import { type Image, IMAGES } from "../images";
import { type Labels, labelsOf, selectorOf } from "../labels";
import type { Placement } from "../placement";
import { SecretsJob } from "../secrets-job";
import { SecretWriter } from "../secret-writer";
import { CONSUL_PORTS } from "./consul-config";
import { ConsulNetwork } from "./consul-network";
import { CONSUL_POLICIES, storagePolicy } from "./consul-policies";
import { checkConsul, checkWants } from "./consul-rules";
import { CONSUL_SECRETS, serverNames } from "./consul-secrets";
import { ConsulServers } from "./consul-servers";
import { ConsulSnapshots, type SnapshotStore } from "./consul-snapshots";
import { ConsulTokens } from "./consul-tokens";

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
   * Where a snapshot goes each hour. The pods that take it act as the machine that they run on, for what that may do in the store.
   * @default no snapshots are taken
   */
  readonly snapshots?: SnapshotStore;
  /**
   * Another build of Consul.
   * @default hashicorp/consul, at the version that keelson knows
   */
  readonly image?: Image;
}

/** A place for keys, for who keeps his own in it: one of ours, or one that you already have. */
export interface IStorage {
  /** Where its API answers, such as "consul.consul.svc:8501". */
  readonly address: string;
  /**
   * Lets pods of a namespace keep keys below a path.
   *
   * @param scope what belongs to them
   * @returns the name of a Secret in that namespace, with `token` and `ca.crt`
   */
  grantStorage(scope: Construct, wants: { readonly namespace: string; readonly path: string }): string;
}

/**
 * Consul's servers in a cluster: TLS, gossip encryption and access control are on, and there is no way to turn them off. All secrets
 * are made inside the cluster.
 *
 * @throws InvalidError with everything that is wrong with the props
 */
export class Consul extends Construct implements IStorage {
  readonly address: string;
  readonly namespace: string;
  readonly servers: ConsulServers;
  private readonly makers: Pick<SecretsJob, "account">;
  private readonly network: ConsulNetwork;
  private readonly labels: (component: string) => Labels;
  private readonly image: Image;
  private readonly placement: Placement;
  /** The path that has been granted. */
  private granted?: string;

  constructor(scope: Construct, id: string, props: ConsulProps) {
    super(scope, id);
    const { cluster, servers = 3, namespace: name = "consul" } = props;
    const { team = "platform", clients = [], storageClass, diskGiB = 10 } = props;
    const { snapshots, image = IMAGES.consul } = props;
    const problems = new Problems(this.node.path);
    checkConsul(problems, { ...props, namespace: name, team, servers, diskGiB, clients, image });
    problems.throw();
    const { datacenter = cluster.name } = props;

    const schema = { name: "consul", version: image.version, team, environment: cluster.name };
    const labels = (component: string) => labelsOf(schema, component);
    const selector = selectorOf(schema, "server");
    const placement = props;
    const { name: namespace } = new AddonNamespace(this, "namespace", {
      name,
      labels: labels("namespace"),
      kubernetesVersion: cluster.kubernetesVersion,
      lendsIdentity: snapshots !== undefined,
    });
    const url = `https://consul.${name}.svc:${CONSUL_PORTS.https}`;
    const makers = new SecretsJob(this, "secrets", {
      name: "consul",
      namespace,
      labels: labels("secrets"),
      image,
      placement,
      datacenter,
      serverNames: serverNames(name),
      secrets: {
        AUTHORITY_SECRET: CONSUL_SECRETS.authority,
        TLS_SECRET: CONSUL_SECRETS.tls,
        GOSSIP_SECRET: CONSUL_SECRETS.gossip,
        MANAGEMENT_SECRET: CONSUL_SECRETS.management,
      },
      alsoWrites: [CONSUL_SECRETS.agent, CONSUL_SECRETS.dns, CONSUL_SECRETS.snapshot],
    });
    const network = new ConsulNetwork(this, "network", {
      namespace,
      labels: labels("server"),
      selector,
      clients,
    });
    this.servers = new ConsulServers(this, "servers", {
      namespace,
      labels: labels("server"),
      selector,
      image,
      placement,
      config: { servers, datacenter, peers: `consul-server.${name}.svc` },
      peers: network.peers,
      storageClass,
      diskGiB,
    });
    const own = (token: string, secret: string) => ({ name: token, namespace: name, secret });
    new ConsulTokens(this, "tokens", {
      name: "consul-tokens",
      namespace,
      labels: labels("tokens"),
      image,
      placement,
      account: makers.account.name,
      url,
      tokens: [
        own("agent", CONSUL_SECRETS.agent),
        own("dns", CONSUL_SECRETS.dns),
        own("snapshot", CONSUL_SECRETS.snapshot),
      ],
      policies: CONSUL_POLICIES,
    });
    if (snapshots !== undefined) {
      new ConsulSnapshots(this, "snapshots", {
        namespace,
        labels: labels("snapshot"),
        image,
        placement,
        datacenter,
        url,
        store: snapshots,
      });
    }

    this.address = `consul.${name}.svc:${CONSUL_PORTS.https}`;
    this.namespace = namespace;
    this.makers = makers;
    this.network = network;
    this.labels = labels;
    this.image = image;
    this.placement = placement;
  }

  /** @throws InvalidError for a path that is none, and where somebody keeps something here already */
  grantStorage(scope: Construct, wants: { readonly namespace: string; readonly path: string }): string {
    const problems = new Problems(this.node.path);
    checkWants(problems, wants, this.granted);
    problems.throw();
    const { namespace, path } = wants;
    this.granted = path;
    const inner = new Construct(scope, "consul");
    this.network.admit(inner, "way", namespace);
    const labels = this.labels("tokens");
    const name = path.replace(/\/$/, "");
    const secret = `${name}-consul-token`;
    new SecretWriter(inner, "rights", {
      name: "consul-secrets",
      account: this.makers.account,
      namespace,
      secrets: [secret],
      labels,
    });
    new ConsulTokens(inner, "token", {
      name: `consul-token-${name}`,
      namespace: this.namespace,
      labels,
      image: this.image,
      placement: this.placement,
      account: this.makers.account.name,
      url: `https://${this.address}`,
      tokens: [{ name, namespace, secret }],
      policies: { [`${name}.hcl`]: storagePolicy(path) },
    });
    return secret;
  }
}
