import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { Bucket } from "../lib/aws";
import { provideAws } from "./aws-provider";
import { type AwsEnvironment, stateBucketName } from "./environments/aws-environment";

/**
 * The bucket that holds the Terraform state of an environment. Deployed once, before anything else.
 *
 * Its own state is a file beside cdktf.json, since the bucket cannot hold the state of what makes it. When that file
 * is lost nothing else is: `terraform import` brings it back, for which each of the stack's resources is known by the
 * bucket's name.
 */
export class AwsStateStack extends TerraformStack {
  constructor(scope: Construct, id: string, environment: AwsEnvironment) {
    super(scope, id);
    provideAws(this, environment);

    const bucket = new Bucket(this, "state", { name: stateBucketName(environment) });

    new TerraformOutput(this, "state_bucket", {
      value: bucket.name,
      description: "The bucket that holds the environment's Terraform state",
    });
  }
}
