export { AwsClusterStack } from "./aws-cluster";
export { AwsStateStack } from "./aws-state";
export { type AwsEnvironment, stateBucketName, stateStackId } from "./environments/environment";
export { validate, type ValidateOptions } from "./environments/validate";
