import { TerraformOutput, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import {
  AcsCluster,
  agentPool,
  Cluster,
  Network,
  NodePool,
  sealingKeyOf,
  storeOf,
  unsealingKeyOf,
} from "../lib/azure";
import type { ICluster, NodePoolSpec } from "../lib/core";
import { keepState } from "./azure-backend";
import { provideAzure } from "./azure-provider";
import { addOutputs } from "./cluster-outputs";
import { type AzureEnvironment, storeNames } from "./environments/azure-environment";
import { isExisting, resourceName } from "./environments/environment";
import { warnOfUnverifiedAddons } from "./unverified-addons";

/** The network and the cluster of one environment on Azure. Its outputs are for those who build on it. */
export class AzureClusterStack extends TerraformStack {
  readonly cluster: ICluster;

  constructor(scope: Construct, id: string, environment: AzureEnvironment) {
    super(scope, id);
    const place = provideAzure(this, environment, environment.controlPlane.rollout);
    keepState(this, environment);

    const { domain, publicZone, controlPlane, agents, nodePools = [], alarmActions } = environment;
    const { network: wanted, platform } = environment;
    const name = resourceName(environment);
    const network = isExisting(wanted) ? wanted : new Network(this, "network", { ...wanted, name, place });
    const kept = storeNames(environment);
    const wantedCluster = {
      name,
      place,
      cluster: environment.name,
      network,
      domain,
      publicZone,
      // By their names, not by references: they are another stack's, and are there before.
      store: storeOf(kept.place, kept.account),
      sealingKey: sealingKeyOf(kept.place, kept.vault),
      controlPlane,
      alarmActions,
    };
    const lends = { unsealingKey: unsealingKeyOf(kept.place, kept.vault) };
    const lentBy = (pool: NodePoolSpec) => (pool.name === platform?.pool ? lends : undefined);
    const cluster = agents
      ? new AcsCluster(this, "cluster", {
          ...wantedCluster,
          agents,
          lends: lentBy(agentPool(agents)),
        })
      : new Cluster(this, "cluster", wantedCluster);
    const inPools = new Construct(this, "pools");
    const pools = nodePools.map(
      (pool) => new NodePool(inPools, pool.name, { ...pool, cluster, lends: lentBy(pool) }),
    );
    this.cluster = cluster;
    warnOfUnverifiedAddons(this, environment);

    new TerraformOutput(this, "virtual_network_id", {
      value: network.networkId,
      description: "The virtual network",
    });
    addOutputs(this, { network, cluster, pools });
  }
}
