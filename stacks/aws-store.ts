import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { ObjectStore, SealingKey } from "../lib/aws";
import { provideAws } from "./aws-provider";
import { type AwsEnvironment, storeBucketName } from "./environments/aws-environment";
import { resourceName } from "./environments/environment";
import { keepState } from "./aws-backend";

/**
 * What outlives the cluster of an environment: the object store and the key that its identity is sealed with. A stack of
 * its own, so that destroying the cluster keeps it: a cluster that is deployed over it again is the one that was.
 */
export class AwsStoreStack extends TerraformStack {
  constructor(scope: Construct, id: string, environment: AwsEnvironment) {
    super(scope, id);
    provideAws(this, environment);
    keepState(this, environment);

    const { region, retainData } = environment;
    const store = new ObjectStore(this, "store", {
      name: storeBucketName(environment),
      region,
      retainData,
    });
    const key = new SealingKey(this, "sealing-key", { name: resourceName(environment), retainData });

    new TerraformOutput(this, "store_url", {
      value: store.url,
      description: "Where the cluster's identity and snapshots are, for scripts/ops/etcd",
    });
    new TerraformOutput(this, "sealing_key", {
      value: key.arn,
      description: "The key that the cluster's identity is sealed with",
    });
  }
}
