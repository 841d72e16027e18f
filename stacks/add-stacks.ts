import type { Construct } from "constructs";
import { AwsClusterStack } from "./aws-cluster";
import { AwsStateStack } from "./aws-state";
import { AwsStoreStack } from "./aws-store";
import { type AwsEnvironment, stateStackId, storeStackId } from "./environments/environment";

/**
 * The stacks of one environment, in the order in which they are deployed the first time: `<name>-state` holds the Terraform
 * state of the other two, `<name>-store` what outlives the cluster, and `<name>` is the network and the cluster.
 */
export function addStacks(scope: Construct, environment: AwsEnvironment): void {
  new AwsStateStack(scope, stateStackId(environment), environment);
  new AwsStoreStack(scope, storeStackId(environment), environment);
  new AwsClusterStack(scope, environment.name, environment);
}
