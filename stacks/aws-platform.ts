import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { DataTerraformRemoteStateS3 } from "cdktf";
import { accessParameters, storeUrl, unsealingAlias } from "../lib/aws";
import { keepState } from "./aws-backend";
import { provideAws } from "./aws-provider";
import { type AwsEnvironment, stateBucketName, storeBucketName } from "./environments/aws-environment";
import { resourceName } from "./environments/environment";
import type { PlatformCloud } from "./platform";

/** What is AWS' own in the platform of an environment. */
export function awsPlatform(environment: AwsEnvironment): PlatformCloud {
  const { region } = environment;
  const name = resourceName(environment);
  return {
    settle: (stack) => {
      provideAws(stack, environment);
      keepState(stack, environment);
    },
    output: (stack, name) =>
      new DataTerraformRemoteStateS3(stack, "cluster", {
        bucket: stateBucketName(environment),
        key: `${environment.name}.tfstate`,
        region,
      }).getString(name),
    ca: (stack) =>
      // It is no secret, so it may be seen in plans.
      new DataAwsSsmParameter(stack, "ca", { name: accessParameters(name).ca }).insecureValue,
    seal: { cloud: "aws", region, key: unsealingAlias(name) },
    snapshots: { cloud: "aws", region, url: storeUrl(storeBucketName(environment), region) },
  };
}
