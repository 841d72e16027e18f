import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { ObjectStore, SealingKey, UnsealingKey } from "../lib/azure";
import { keepState } from "./azure-backend";
import { provideAzure } from "./azure-provider";
import { type AzureEnvironment, storeNames } from "./environments/azure-environment";

/**
 * What outlives the cluster of an environment: the object store, the key that its identity is sealed with, and with a platform the
 * key that Vault unseals itself with. A stack of its own, so that destroying the cluster keeps it: a cluster that is deployed over it
 * again is the one that was.
 */
export class AzureStoreStack extends TerraformStack {
  constructor(scope: Construct, id: string, environment: AzureEnvironment) {
    super(scope, id);
    const place = provideAzure(this, environment);
    keepState(this, environment);

    const { platform, retainData } = environment;
    const { account, vault } = storeNames(environment);
    const store = new ObjectStore(this, "store", {
      name: account,
      place,
      retainData,
      consulSnapshots: platform !== undefined,
    });
    const key = new SealingKey(this, "sealing-key", { name: vault, place, retainData });

    new TerraformOutput(this, "store_url", {
      value: store.url,
      description: "Where the cluster's identity and snapshots are, for scripts/ops/etcd",
    });
    new TerraformOutput(this, "sealing_key", {
      value: `${key.vaultUrl}/keys/${key.name}`,
      description: "The key that the cluster's identity is sealed with",
    });
    if (platform !== undefined) {
      const unsealing = new UnsealingKey(this, "unsealing-key", { vault: key, retainData });
      new TerraformOutput(this, "unsealing_key", {
        value: `${unsealing.vaultUrl}/keys/${unsealing.name}`,
        description: "The key that Vault unseals itself with",
      });
    }
  }
}
