import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import {
  BootBundle,
  CONTAINERD_PACKAGES,
  etcdVersionFor,
  type IObjectStore,
  kubernetesPackages,
} from "../core";
import { bootArchive } from "./boot-archive";
import { masterStatements } from "./grants/master";
import { MachineRole } from "./machine-role";
import { HOOKS } from "./master-group";
import { Place } from "./place";

export interface MasterBootProps {
  /** The account's name for the cluster, which parameters are kept under. */
  readonly name: string;
  /** The name of the Auto Scaling group, which the role is called like. */
  readonly group: string;
  readonly cluster: string;
  readonly region: string;
  readonly store: IObjectStore;
  readonly sealingKey: string;
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
  readonly profileArn: string;
  readonly userData: string;
  /** What has to be there before a machine boots, and as long as one runs. */
  readonly needed: readonly ITerraformDependable[];
}

/**
 * The rights, the scripts and the user data of a master. They belong to the scope itself, which their addresses are of.
 *
 * @throws InvalidError for values that do not fit into user data
 */
export function masterBoot(scope: Construct, props: MasterBootProps): MasterBoot {
  const { name, group, cluster, region, store, sealingKey, kubernetesVersion } = props;
  const { podCidr, serviceCidr, apiName, publicApiName } = props;
  const [witness, join, access] = [`/keelson/${name}/witness`, joinParameter(name), accessParameters(name)];

  const role = new MachineRole(scope, "role", {
    name: group,
    description: `The master of ${cluster}`,
    statements: masterStatements(new Place(scope, "place", region), {
      cluster,
      bucket: store.name,
      sealingKey,
      parameters: [witness, join, access.ca, access.credential],
      group,
    }),
  });
  const bundle = new BootBundle(scope, "boot", { cloud: "aws", role: "control-plane" });
  const archive = bootArchive(scope, bundle, store);
  const userData = bundle.userData({
    storeUrl: store.url,
    environment: {
      CLUSTER: cluster,
      WITNESS: witness,
      JOIN: join,
      CA: access.ca,
      CREDENTIAL: access.credential,
      SEALING_KEY: sealingKey,
      API_NAME: apiName,
      ...(publicApiName && { PUBLIC_API_NAME: publicApiName }),
      KUBERNETES_VERSION: kubernetesVersion,
      ETCD_VERSION: etcdVersionFor(kubernetesVersion),
      POD_CIDR: podCidr,
      SERVICE_CIDR: serviceCidr,
      PACKAGES_URL: kubernetesPackages(kubernetesVersion),
      CONTAINERD_PACKAGES_URL: CONTAINERD_PACKAGES,
      AWS_REGION: region,
      GROUP: group,
      LAUNCH_HOOK: HOOKS.launch,
      TERMINATION_HOOK: HOOKS.termination,
    },
  });
  return { profileArn: role.profileArn, userData, needed: [archive, ...role.attachments] };
}

/** The name of the parameter that the master keeps the credentials in which nodes join with. */
export function joinParameter(name: string): string {
  return `/keelson/${name}/join`;
}

/** The names of the parameters that the master publishes what one needs to get into the cluster in: docs/access.md. */
export function accessParameters(name: string): { readonly ca: string; readonly credential: string } {
  return { ca: `/keelson/${name}/ca`, credential: `/keelson/${name}/credential` };
}
