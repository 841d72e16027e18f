import { Construct } from "constructs";
import { areApartFrom, type ICluster, isLabel, isNamed, isRange, Problems } from "../core";
import { Alarms, areActions } from "./alarms";
import type { IContainer } from "./container";
import { ControlPlane, type ControlPlaneProps } from "./control-plane";
import { checkControlPlane, hasOneSubnet, isControlPlaneName } from "./control-plane-rules";
import { checkZones, Dns, type DnsProps } from "./dns";
import type { IAzureNetwork } from "./network";
import type { Place } from "./place";
import { isPlace } from "./place-rules";
import type { ISealingKey } from "./sealing-key";
import { areZones } from "./zone";

export interface ClusterProps {
  /** Names what Azure shows and what is unique in a tenant. Letters, digits and hyphens, at most 48. */
  readonly name: string;
  /** Where it stands. No other cluster's machines may be in the same resource group, since rights are kept to it. */
  readonly place: Place;
  /** The cluster's own name, a DNS label such as "prod-eastus": the environment's. */
  readonly cluster: string;
  /** One of ours, or one that you already have. */
  readonly network: IAzureNetwork;
  /** The domain that public names end in. */
  readonly domain: string;
  readonly publicZone?: DnsProps["publicZone"];
  /** What outlives the cluster. It is made before, in a stack of its own. */
  readonly store: IContainer;
  /** The sealing key, which lives as long as the store. */
  readonly sealingKey: ISealingKey;
  readonly controlPlane: Omit<
    ControlPlaneProps,
    "name" | "place" | "cluster" | "network" | "dns" | "store" | "sealingKey"
  >;
  /**
   * Who hears of alarms: ids of action groups.
   * @default nobody: alarms are shown in Azure Monitor only
   */
  readonly alarmActions?: readonly string[];
}

/**
 * A cluster on Azure: names, a control plane that rebuilds itself, and alarms, in a network and over a store.
 *
 * @throws InvalidError with everything that is wrong with the props
 */
export class Cluster extends Construct implements ICluster {
  readonly name: string;
  readonly network: IAzureNetwork;
  readonly kubernetesVersion: string;
  readonly endpoint: string;
  readonly publicEndpoint?: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
  readonly dns: Dns;
  readonly controlPlane: ControlPlane;

  constructor(scope: Construct, id: string, props: ClusterProps) {
    super(scope, id);
    checkCluster(this.node.path, props);
    const { name, place, cluster, network, domain, publicZone, store, sealingKey, alarmActions = [] } = props;

    const dns = new Dns(this, "dns", {
      environment: cluster,
      place,
      domain,
      networkId: network.networkId,
      publicZone,
    });
    const controlPlane = new ControlPlane(this, "control-plane", {
      ...props.controlPlane,
      name,
      place,
      // Metrics go by it, and another estate in the subscription may have a cluster of the same name.
      cluster: name.toLowerCase(),
      network,
      dns,
      store,
      sealingKey,
    });
    const { group, balancer } = controlPlane.resources;
    new Alarms(this, "alarms", {
      name,
      place,
      group: group.id,
      balancer: balancer.id,
      actions: alarmActions,
    });

    this.name = cluster;
    this.network = network;
    this.kubernetesVersion = props.controlPlane.kubernetesVersion;
    this.endpoint = controlPlane.endpoint;
    this.publicEndpoint = controlPlane.publicEndpoint;
    this.podCidr = controlPlane.podCidr;
    this.serviceCidr = controlPlane.serviceCidr;
    this.dns = dns;
    this.controlPlane = controlPlane;
  }
}

/**
 * Looks at all of the props before any part is made, since the first part to throw would be the only one to be heard.
 *
 * @throws InvalidError with everything that is wrong
 */
function checkCluster(path: string, props: ClusterProps): void {
  const {
    name,
    place,
    cluster,
    network,
    domain,
    publicZone = "none",
    controlPlane,
    alarmActions = [],
  } = props;
  const problems = new Problems(path);
  problems.check("name", name, isControlPlaneName);
  problems.check("place", place, isPlace);
  problems.check("cluster", cluster, isLabel);
  checkZones(problems, { environment: cluster, place, domain, publicZone });
  const inNetwork = problems.in("network");
  inNetwork.check("zones", network.zones, areZones);
  inNetwork.check("cidrBlock", network.cidrBlock, isRange);
  inNetwork.check("peeredRanges", network.peeredRanges ?? [], areApartFrom(network.cidrBlock));
  inNetwork.check("privateSubnetIds", network.privateSubnetIds, hasOneSubnet);
  const inControlPlane = problems.in("controlPlane");
  checkControlPlane(inControlPlane, { ...controlPlane, network });
  if (controlPlane.publicApi !== undefined) {
    inControlPlane.check("publicApi", publicZone !== "none", isNamed);
  }
  problems.check("alarmActions", alarmActions, areActions);
  problems.throw();
}
