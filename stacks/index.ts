export { addStacks } from "./add-stacks";
export { AwsClusterStack } from "./aws-cluster";
export { AwsStateStack } from "./aws-state";
export { AwsStoreStack } from "./aws-store";
export {
  type AwsEnvironment,
  stateBucketName,
  stateStackId,
  storeBucketName,
  storeStackId,
} from "./environments/environment";
export { validate, type ValidateOptions } from "./environments/validate";
