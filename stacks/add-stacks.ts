import type { Construct } from "constructs";
import { estateOf } from "./cloud-estate";
import { type Environment, platformStackId } from "./environments/environment";
import type { KubernetesAccess } from "./kubernetes-access";
import { warnOfUnverifiedImages } from "./unverified-addons";

export interface AddStacksOptions {
  /**
   * How Terraform gets into clusters to lay down their platforms.
   * @default by the credential that each cluster publishes for an hour: `credentialAccess`
   */
  readonly kubernetesAccess?: KubernetesAccess;
}

/**
 * The stacks of one environment, in the order in which they are deployed the first time: `<name>-state` holds the Terraform
 * state of the others, `<name>-store` what outlives the cluster, `<name>` is the network and the cluster, and `<name>-platform` what
 * runs in it, where the environment says so.
 *
 * @throws Error for an environment of no cloud that there is, which `validate` says better
 */
export function addStacks(
  scope: Construct,
  environment: Environment,
  { kubernetesAccess: access }: AddStacksOptions = {},
): void {
  const estate = estateOf(environment.cloud);
  if (estate === undefined) {
    throw new Error(
      `${environment.name}: there is no cloud '${environment.cloud}'; validate environments first`,
    );
  }
  const { cluster, cloud } = estate.addStacks(scope, environment);
  const { platform } = environment;
  if (platform !== undefined) {
    // Loaded when the first platform is there, since its provider need not be installed.
    const { PlatformStack } = require("./platform") as typeof import("./platform");
    const pools = [...estate.otherPools(environment, () => true), ...(environment.nodePools ?? [])];
    const stack = new PlatformStack(scope, platformStackId(environment), {
      platform,
      pool: pools.find(({ name }) => name === platform.pool) ?? { name: platform.pool },
      storageClass: estate.storageClasses[0],
      cluster,
      cloud,
      access,
    });
    warnOfUnverifiedImages(stack, environment);
  }
}
