import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { DataTerraformRemoteStateS3 } from "cdktf";
import { keepState } from "./aws-backend";
import { provideAws } from "./aws-provider";
import { type AwsEnvironment, stateBucketName } from "./environments/aws-environment";
import { resourceName } from "./environments/environment";
import type { PlatformCloud } from "./platform";

/** What is AWS' own in the platform of an environment. */
export function awsPlatform(environment: AwsEnvironment): PlatformCloud {
  return {
    settle: (stack) => {
      provideAws(stack, environment);
      keepState(stack, environment);
    },
    output: (stack, name) =>
      new DataTerraformRemoteStateS3(stack, "cluster", {
        bucket: stateBucketName(environment),
        key: `${environment.name}.tfstate`,
        region: environment.region,
      }).getString(name),
    ca: (stack) =>
      // It is no secret, so it may be seen in plans.
      new DataAwsSsmParameter(stack, "ca", { name: `/keelson/${resourceName(environment)}/ca` })
        .insecureValue,
    storageClass: "gp3",
  };
}
