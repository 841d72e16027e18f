import { Annotations, TerraformOutput, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { Cluster, Network, NodePool, sealingAlias, storeUrl } from "../lib/aws";
import { unverifiedAddons } from "../lib/core";
import { provideAws } from "./aws-provider";
import { type AwsEnvironment, isExisting, resourceName, storeBucketName } from "./environments/environment";
import { keepState } from "./state-backend";

/** The network and the cluster of one environment on AWS. Its outputs are for those who build on it. */
export class AwsClusterStack extends TerraformStack {
  constructor(scope: Construct, id: string, environment: AwsEnvironment) {
    super(scope, id);
    provideAws(this, environment);
    keepState(this, environment);

    const { region, domain, publicZone, controlPlane, nodePools = [], alarmActions } = environment;
    const { network: wanted } = environment;
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
    const pools = nodePools.map((pool) => new NodePool(inPools, pool.name, { ...pool, cluster }));
    warnOfUnverifiedAddons(this, environment);

    this.output("vpc_id", network.networkId, "The VPC");
    this.output(
      "private_subnet_ids",
      network.privateSubnetIds,
      "One subnet per zone, not reachable from outside",
    );
    this.output("public_subnet_ids", network.publicSubnetIds, "One subnet per zone, reachable from outside");
    if (network instanceof Network) {
      this.output(
        "nat_addresses",
        network.natAddresses,
        "The public addresses that private machines leave from",
      );
    }
    this.output("endpoint", cluster.endpoint, "Where the Kubernetes API answers inside the network");
    if (cluster.publicEndpoint !== undefined) {
      this.output(
        "public_endpoint",
        cluster.publicEndpoint,
        "Where it answers to the ranges that are allowed",
      );
    }
    const open = pools.filter(({ publicIps }) => publicIps.length > 0);
    if (open.length > 0) {
      this.output(
        "pool_addresses",
        Object.fromEntries(open.map(({ node, publicIps }) => [node.id, publicIps])),
        "The fixed public addresses of the load-balancer pools",
      );
    }
    if (cluster.dns.nameServers !== undefined) {
      this.output(
        "name_servers",
        cluster.dns.nameServers,
        `What the domain has to delegate ${cluster.dns.publicName} to`,
      );
    }
  }

  private output(
    id: string,
    value: string | readonly string[] | Readonly<Record<string, readonly string[]>>,
    description: string,
  ): void {
    new TerraformOutput(this, id, { value, description });
  }
}

/** An environment whose data is kept is taken for one of production. */
function warnOfUnverifiedAddons(stack: TerraformStack, { retainData = true }: AwsEnvironment): void {
  const names = unverifiedAddons("aws").map(({ name, version }) => `${name} ${version}`);
  if (retainData && names.length > 0) {
    Annotations.of(stack).addWarning(
      `no digest is known of ${names.join(", ")}: the first master takes what their hosts give. ` +
        "scripts/dev/addons-digests.sh fills the digests in; docs/core-addons.md",
    );
  }
}
