import { Construct } from "constructs";
import { type ICluster, Problems } from "../../core";
import { AddonNamespace } from "../addon-namespace";
import type { IStorage } from "../consul/consul";
import { type Image, IMAGES } from "../images";
import { labelsOf, selectorOf } from "../labels";
import { isObjectName } from "../name-rules";
import type { Placement } from "../placement";
import { SecretsJob } from "../secrets-job";
import { type Seal, VAULT_PORTS } from "./vault-config";
import { VaultNetwork } from "./vault-network";
import { checkVault } from "./vault-rules";
import { serverNames, VAULT_SECRETS } from "./vault-secrets";
import { podNames, VaultServers } from "./vault-servers";

export interface VaultProps extends Placement {
  /** The cluster that it runs in: its name and version are all that is asked for. */
  readonly cluster: Pick<ICluster, "name" | "kubernetesVersion">;
  /** The cloud's key that it unseals itself with. **Lost with the key is everything in Vault**: recovery keys do not unseal. */
  readonly seal: Seal;
  /**
   * Where it keeps what is in it: Consul, below `vault/`, or "raft", on volumes of its own servers.
   * @default "raft"
   */
  readonly storage?: IStorage | "raft";
  /**
   * How many servers: 1, 3, 5 or 7. One is active, the others stand by.
   * @default 3
   */
  readonly servers?: number;
  /**
   * The namespace, which is made. A DNS label.
   * @default "vault"
   */
  readonly namespace?: string;
  /**
   * Who answers for it: the label `team`.
   * @default "platform"
   */
  readonly team?: string;
  /**
   * The namespaces whose pods may call it.
   * @default none
   */
  readonly clients?: readonly string[];
  /**
   * The class of the servers' volumes.
   * @default the cluster's default class
   */
  readonly storageClass?: string;
  /**
   * The size of each server's volume for what is in Vault, with Raft, in GiB. It cannot be changed here once it is made.
   * @default 10
   */
  readonly diskGiB?: number;
  /**
   * The size of each server's volume for its audit log, in GiB. It cannot be changed here once it is made.
   * @default 10
   */
  readonly auditGiB?: number;
  /**
   * Another build of Vault.
   * @default hashicorp/vault, at the version that keelson knows
   */
  readonly image?: Image;
  /**
   * The image in which its authority and certificates are made: Consul's, whose program does that, or another build of it.
   * @default hashicorp/consul, at the version that keelson knows
   */
  readonly secretsImage?: Image;
}

/** Where Vault's keys begin in Consul. */
const PATH = "vault/";

/**
 * Vault's servers in a cluster: TLS, and unsealed by a key of the cloud's. Terraform initialises nothing, since what comes of that is
 * secret: `scripts/ops/vault-init` does, once.
 *
 * @throws InvalidError with everything that is wrong with the props
 */
export class Vault extends Construct {
  /** Where its API answers, such as "https://vault.vault.svc:8200". */
  readonly address: string;
  readonly namespace: string;
  readonly servers: VaultServers;

  constructor(scope: Construct, id: string, props: VaultProps) {
    super(scope, id);
    const { cluster, seal, storage = "raft", servers = 3, namespace: name = "vault" } = props;
    const { team = "platform", clients = [], storageClass, diskGiB = 10, auditGiB = 10 } = props;
    const { image = IMAGES.vault, secretsImage = IMAGES.consul } = props;
    const problems = new Problems(this.node.path);
    const images = { image, secretsImage };
    const checked = { namespace: name, team, servers, diskGiB, auditGiB, clients, storage, ...images };
    checkVault(problems, { ...props, ...checked });
    problems.throw();

    const schema = { name: "vault", version: image.version, team, environment: cluster.name };
    const labels = labelsOf(schema, "server");
    const selector = selectorOf(schema, "server");
    const placement = props;
    const { name: namespace } = new AddonNamespace(this, "namespace", {
      name,
      labels: labelsOf(schema, "namespace"),
      kubernetesVersion: cluster.kubernetesVersion,
      lendsIdentity: true,
    });
    new SecretsJob(this, "secrets", {
      name: "vault",
      namespace,
      labels: labelsOf(schema, "secrets"),
      image: secretsImage,
      placement,
      datacenter: cluster.name,
      serverNames: serverNames(name),
      secrets: { AUTHORITY_SECRET: VAULT_SECRETS.authority, TLS_SECRET: VAULT_SECRETS.tls },
    });
    const network = new VaultNetwork(this, "network", { namespace, labels, selector, clients });
    const domain = `vault-internal.${name}.svc`;
    const secret = storage === "raft" ? undefined : storage.grantStorage(this, { namespace, path: PATH });
    if (storage !== "raft") {
      problems.check("storage.grantStorage()", secret as string, isObjectName);
      problems.throw();
    }
    this.servers = new VaultServers(this, "servers", {
      namespace,
      labels,
      selector,
      image,
      placement,
      servers,
      config: {
        seal,
        storage:
          storage === "raft"
            ? { raft: podNames(servers).map((pod) => `${pod}.${domain}`) }
            : { consul: storage.address, path: PATH },
      },
      peers: network.peers,
      domain,
      consul: secret,
      storageClass,
      diskGiB,
      auditGiB,
    });
    this.address = `https://vault.${name}.svc:${VAULT_PORTS.api}`;
    this.namespace = namespace;
  }
}
