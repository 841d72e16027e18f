import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { TerraformStack } from "cdktf";
import { AwsEnvironment } from "./environments/aws-environment";

/** The provider of an environment's stack: it refuses every other account, and tags all that it makes. */
export function provideAws(stack: TerraformStack, { name, prefix, account, region }: AwsEnvironment): void {
  new AwsProvider(stack, "aws", {
    region,
    allowedAccountIds: [account],
    defaultTags: [{ tags: { estate: prefix, environment: name, "managed-by": "keelson" } }],
  });
}
