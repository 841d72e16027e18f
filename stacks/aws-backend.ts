import { S3Backend, type TerraformStack } from "cdktf";
import { type AwsEnvironment, stateBucketName } from "./environments/aws-environment";

/** Keeps a stack's state in the environment's bucket, locked while somebody changes it. */
export function keepState(stack: TerraformStack, environment: AwsEnvironment): void {
  new S3Backend(stack, {
    bucket: stateBucketName(environment),
    key: `${stack.node.id}.tfstate`,
    region: environment.region,
    encrypt: true,
  });
  // Locking by S3 itself needs no DynamoDB table. cdktf 0.21 does not know it, nor Terraform before 1.10.
  // https://developer.hashicorp.com/terraform/language/backend/s3#state-locking
  stack.addOverride("terraform.backend.s3.use_lockfile", true);
  stack.addOverride("terraform.required_version", ">= 1.10");
}
