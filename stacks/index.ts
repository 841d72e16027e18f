export { addStacks } from "./add-stacks";
export type { AwsEnvironment } from "./environments/aws-environment";
export type { AzureEnvironment } from "./environments/azure-environment";
export { type Environment, stateStackId, storeStackId } from "./environments/environment";
export { validate, type ValidateOptions } from "./environments/validate";
