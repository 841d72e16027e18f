import { TerraformOutput, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { Cluster, Network, NodePool, sealingAlias, storeUrl, unsealingAlias } from "../lib/aws";
import type { ICluster, NodePoolSpec } from "../lib/core";
import { keepState } from "./aws-backend";
import { provideAws } from "./aws-provider";
import { addOutputs } from "./cluster-outputs";
import { type AwsEnvironment, storeBucketName } from "./environments/aws-environment";
import { isExisting, resourceName } from "./environments/environment";
import { warnOfUnverifiedAddons } from "./unverified-addons";

/** The network and the cluster of one environment on AWS. Its outputs are for those who build on it. */
export class AwsClusterStack extends TerraformStack {
  readonly cluster: ICluster;

  constructor(scope: Construct, id: string, environment: AwsEnvironment) {
    super(scope, id);
    provideAws(this, environment);
    keepState(this, environment);

    const { region, domain, publicZone, controlPlane, nodePools = [], alarmActions } = environment;
    const { network: wanted, platform } = environment;
    const name = resourceName(environment);
    const network = isExisting(wanted) ? wanted : new Network(this, "network", { ...wanted, name });
    const bucket = storeBucketName(environment);
    const cluster = new Cluster(this, "cluster", {
      name,
      cluster: environment.name,
      network,
      domain,
      publicZone,
      // By their names, not by references: they are another stack's, and are there before.
      store: { name: bucket, url: storeUrl(bucket, region) },
      sealingKey: sealingAlias(name),
      controlPlane,
      alarmActions,
    });
    const inPools = new Construct(this, "pools");
    const lends = { unsealingKey: unsealingAlias(name) };
    const lentBy = (pool: NodePoolSpec) => (pool.name === platform?.pool ? lends : undefined);
    const pools = nodePools.map(
      (pool) => new NodePool(inPools, pool.name, { ...pool, cluster, lends: lentBy(pool) }),
    );
    this.cluster = cluster;
    warnOfUnverifiedAddons(this, environment);

    new TerraformOutput(this, "vpc_id", { value: network.networkId, description: "The VPC" });
    addOutputs(this, { network, cluster, pools });
  }
}
