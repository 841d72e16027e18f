import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { ObjectStore, SealingKey, UnsealingKey } from "../lib/aws";
import { provideAws } from "./aws-provider";
import { type AwsEnvironment, storeBucketName } from "./environments/aws-environment";
import { resourceName } from "./environments/environment";
import { keepState } from "./aws-backend";

/**
 * What outlives the cluster of an environment: the object store, the key that its identity is sealed with, and with a platform the
 * key that Vault unseals itself with. A stack of its own, so that destroying the cluster keeps it: a cluster that is deployed over it
 * again is the one that was.
 */
export class AwsStoreStack extends TerraformStack {
  constructor(scope: Construct, id: string, environment: AwsEnvironment) {
    super(scope, id);
    provideAws(this, environment);
    keepState(this, environment);

    const { region, platform, retainData } = environment;
    const name = resourceName(environment);
    const store = new ObjectStore(this, "store", {
      name: storeBucketName(environment),
      region,
      retainData,
      consulSnapshots: platform !== undefined,
    });
    const key = new SealingKey(this, "sealing-key", { name, retainData });

    new TerraformOutput(this, "store_url", {
      value: store.url,
      description: "Where the cluster's identity and snapshots are, for scripts/ops/etcd",
    });
    new TerraformOutput(this, "sealing_key", {
      value: key.arn,
      description: "The key that the cluster's identity is sealed with",
    });
    if (platform !== undefined) {
      const role = `${name}-${platform.pool}`;
      const unsealing = new UnsealingKey(this, "unsealing-key", { name, role, retainData });
      new TerraformOutput(this, "unsealing_key", {
        value: unsealing.arn,
        description: "The key that Vault unseals itself with",
      });
    }
  }
}
