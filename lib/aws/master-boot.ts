import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { BootBundle, etcdVersionFor, type IObjectStore, minorOf } from "../core";
import { HOOKS } from "./master-group";
import { MasterRole } from "./master-role";
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
  const [witness, join] = [`/keelson/${name}/witness`, `/keelson/${name}/join`];

  const role = new MasterRole(scope, "role", {
    name: group,
    cluster,
    place: new Place(scope, "place", region),
    bucket: store.name,
    sealingKey,
    parameters: [witness, join],
    group,
  });
  const bundle = new BootBundle(scope, "boot", { role: "control-plane" });
  const archive = new S3Object(scope, "bundle", {
    bucket: store.name,
    key: bundle.key,
    source: bundle.path,
    sourceHash: bundle.sha256,
    // As long as a template names the old one, a machine may start that looks for it.
    lifecycle: { createBeforeDestroy: true },
  });
  const userData = bundle.userData({
    cloud: "aws",
    storeUrl: store.url,
    environment: {
      CLUSTER: cluster,
      WITNESS: witness,
      JOIN: join,
      SEALING_KEY: sealingKey,
      API_NAME: apiName,
      ...(publicApiName && { PUBLIC_API_NAME: publicApiName }),
      KUBERNETES_VERSION: kubernetesVersion,
      ETCD_VERSION: etcdVersionFor(kubernetesVersion),
      POD_CIDR: podCidr,
      SERVICE_CIDR: serviceCidr,
      PACKAGES_URL: `https://pkgs.k8s.io/core:/stable:/v${minorOf(kubernetesVersion)}/deb/`,
      CONTAINERD_PACKAGES_URL: "https://download.docker.com/linux/ubuntu",
      AWS_REGION: region,
      GROUP: group,
      LAUNCH_HOOK: HOOKS.launch,
      TERMINATION_HOOK: HOOKS.termination,
    },
  });
  return { profileArn: role.profileArn, userData, needed: [archive, ...role.attachments] };
}
