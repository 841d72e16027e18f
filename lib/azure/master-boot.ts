import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { BootBundle, CONTAINERD_PACKAGES, etcdVersionFor, kubernetesPackages } from "../core";
import { bootArchive } from "./boot-archive";
import type { IContainer } from "./container";
import { MasterRole } from "./master-role";
import type { IAzureNetwork } from "./network";
import type { Place } from "./place";
import type { ISealingKey } from "./sealing-key";

export interface MasterBootProps {
  /** The name of the scale set, which the identity is called like. */
  readonly group: string;
  readonly cluster: string;
  readonly place: Place;
  readonly network: IAzureNetwork;
  readonly store: IContainer;
  readonly sealingKey: ISealingKey;
  /** The id of the application security group of the cluster's machines. */
  readonly membersId: string;
  /** The id of the security group that the cloud controller opens; without one Services get no balancer. */
  readonly servicesGroupId?: string;
  readonly kubernetesVersion: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
  /** The name of the API inside the network. */
  readonly apiName: string;
  /** Its name outside, where it has one. */
  readonly publicApiName?: string;
}

/** What a master boots with. */
export interface MasterBoot {
  readonly identityId: string;
  readonly userData: string;
  /** What has to be there before a machine boots, and as long as one runs. */
  readonly needed: readonly ITerraformDependable[];
}

/** The secrets of the cluster's own vault. */
const WITNESS = "witness";
export const JOIN = "join";
/** What the master publishes what one needs to get into the cluster in: docs/access.md. */
export const ACCESS = { ca: "ca", credential: "credential" };

/**
 * The rights, the scripts and the user data of a master. They belong to the scope itself, which their addresses are of.
 *
 * @throws InvalidError for values that do not fit into user data
 */
export function masterBoot(scope: Construct, props: MasterBootProps): MasterBoot {
  const { group, cluster, place, network, store, sealingKey, membersId, servicesGroupId } = props;
  const { kubernetesVersion, podCidr, serviceCidr, apiName, publicApiName } = props;

  const [subnetId = ""] = network.privateSubnetIds;
  const role = new MasterRole(scope, "role", {
    ...{ name: group, cluster, place, store, sealingKey },
    ...{ networkId: network.networkId, subnetId, membersId, servicesGroupId },
  });
  const bundle = new BootBundle(scope, "boot", { cloud: "azure", role: "control-plane" });
  const archive = bootArchive(scope, bundle, store);
  const userData = bundle.userData({
    storeUrl: store.url,
    environment: {
      CLUSTER: cluster,
      WITNESS,
      JOIN,
      CA: ACCESS.ca,
      CREDENTIAL: ACCESS.credential,
      SEALING_KEY: sealingKey.name,
      KEY_VAULT_URL: sealingKey.vaultUrl,
      TENANT: role.tenantId,
      CLIENT_ID: role.clientId,
      SUBNET: subnetId,
      ...(servicesGroupId && { SERVICES_GROUP: servicesGroupId }),
      API_NAME: apiName,
      ...(publicApiName && { PUBLIC_API_NAME: publicApiName }),
      KUBERNETES_VERSION: kubernetesVersion,
      ETCD_VERSION: etcdVersionFor(kubernetesVersion),
      POD_CIDR: podCidr,
      SERVICE_CIDR: serviceCidr,
      PACKAGES_URL: kubernetesPackages(kubernetesVersion),
      CONTAINERD_PACKAGES_URL: CONTAINERD_PACKAGES,
    },
  });
  return { identityId: role.identityId, userData, needed: [archive, ...role.attachments] };
}
