import { checkAwsNodePool } from "../lib/aws";
import { tagNameOf } from "../lib/core";
import { AwsClusterStack } from "./aws-cluster";
import { awsPlatform } from "./aws-platform";
import { AwsStateStack } from "./aws-state";
import { AwsStoreStack } from "./aws-store";
import type { CloudEstate } from "./cloud-estate";
import type { AwsEnvironment } from "./environments/aws-environment";
import { checkAws } from "./environments/aws-rules";
import { awsSchema } from "./environments/aws-schema";
import { stateStackId, storeStackId } from "./environments/environment";

/** The environments and stacks of AWS. */
export const awsEstate: CloudEstate<AwsEnvironment> = {
  schemaFor: awsSchema,
  check: checkAws,
  checkPool: (problems, pool, { resourceName, ...surroundings }, sound) => {
    checkAwsNodePool(problems, pool, { ...surroundings, cluster: tagNameOf(resourceName) }, sound);
  },
  storageClasses: ["gp3"],
  otherPools: () => [],
  placeholders: {
    owner: {
      key: "account",
      value: "000000000000",
      mustHold: "must be your own account's number for a real deploy",
    },
    isOwnImage: (id) =>
      id === "ami-00000000000000000"
        ? [
            {
              mustHold: "must be an image of your region for a real deploy",
              got: id,
              fix: "docs/control-plane.md says how to find one",
            },
          ]
        : [],
  },
  ownerOf: ({ account }) => account,
  addStacks: (scope, environment) => {
    new AwsStateStack(scope, stateStackId(environment), environment);
    new AwsStoreStack(scope, storeStackId(environment), environment);
    const { cluster } = new AwsClusterStack(scope, environment.name, environment);
    return { cluster, cloud: awsPlatform(environment) };
  },
};
