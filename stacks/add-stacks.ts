import type { Construct } from "constructs";
import { estateOf } from "./cloud-estate";
import type { Environment } from "./environments/environment";

/**
 * The stacks of one environment, in the order in which they are deployed the first time: `<name>-state` holds the Terraform
 * state of the other two, `<name>-store` what outlives the cluster, and `<name>` is the network and the cluster.
 *
 * @throws Error for an environment of no cloud that there is, which `validate` says better
 */
export function addStacks(scope: Construct, environment: Environment): void {
  const estate = estateOf(environment.cloud);
  if (estate === undefined) {
    throw new Error(
      `${environment.name}: there is no cloud '${environment.cloud}'; validate environments first`,
    );
  }
  estate.addStacks(scope, environment);
}
