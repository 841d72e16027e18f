export { addStacks, type AddStacksOptions } from "./add-stacks";
export type { AwsEnvironment } from "./environments/aws-environment";
export type { AzureEnvironment } from "./environments/azure-environment";
export {
  type Environment,
  type PlatformSpec,
  platformStackId,
  stateStackId,
  storeStackId,
} from "./environments/environment";
export {
  type ClusterPlace,
  credentialAccess,
  kubeconfigAccess,
  type KubernetesAccess,
} from "./kubernetes-access";
export { validate, type ValidateOptions } from "./environments/validate";
