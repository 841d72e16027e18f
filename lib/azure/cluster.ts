import { type ITerraformDependable, TerraformResource } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { areApartFrom, type ClusterAccess, isLabel, isNamed, isRange, Problems, tagNameOf } from "../core";
import { Alarms, areActions } from "./alarms";
import type { IAzureCluster, IJoinSecret } from "./azure-cluster";
import type { IContainer } from "./container";
import { ControlPlane, type ControlPlaneProps } from "./control-plane";
import { checkControlPlane, hasOneSubnet, isControlPlaneName } from "./control-plane-rules";
import { checkZones, Dns, type DnsProps, type PublicZone } from "./dns";
import { ACCESS, JOIN } from "./master-boot";
import type { IAzureNetwork } from "./network";
import { NodeSecurity } from "./node-security";
import type { Place } from "./place";
import { isPlace } from "./place-rules";
import type { ISealingKey } from "./sealing-key";
import { SecurityGroup } from "./security-group";
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
    "name" | "place" | "cluster" | "network" | "dns" | "store" | "sealingKey" | "servicesGroupId"
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
export class Cluster extends Construct implements IAzureCluster {
  readonly name: string;
  readonly network: IAzureNetwork;
  readonly kubernetesVersion: string;
  readonly endpoint: string;
  readonly publicEndpoint?: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
  readonly previousKubernetesVersion?: string;
  readonly resourceName: string;
  readonly place: Place;
  readonly store: IContainer;
  readonly joinSecret: IJoinSecret;
  readonly access: ClusterAccess;
  readonly publicZone?: PublicZone;
  readonly nodeSecurity: NodeSecurity;
  readonly neededByNodes: readonly ITerraformDependable[];
  readonly dns: Dns;
  readonly controlPlane: ControlPlane;

  constructor(scope: Construct, id: string, props: ClusterProps) {
    super(scope, id);
    const problems = new Problems(this.node.path);
    checkCluster(problems, props);
    problems.throw();
    const { name, place, cluster, network, domain, publicZone, store, sealingKey, alarmActions = [] } = props;

    const dns = new Dns(this, "dns", {
      environment: cluster,
      place,
      domain,
      networkId: network.networkId,
      publicZone,
    });
    const services = new SecurityGroup(this, "services", { name: `${name}-services`, place });
    const controlPlane = new ControlPlane(this, "control-plane", {
      ...props.controlPlane,
      name,
      place,
      // Metrics go by it, and another estate in the subscription may have a cluster of the same name.
      cluster: tagNameOf(name),
      network,
      dns,
      store,
      sealingKey,
      servicesGroupId: services.id,
    });
    const { group, balancer, members, securityGroup } = controlPlane.resources;
    new Alarms(this, "alarms", {
      name,
      place,
      group: group.id,
      balancer: balancer.id,
      actions: alarmActions,
    });

    const nodeSecurity = new NodeSecurity(this, "nodes", {
      members: members.id,
      services,
      masters: securityGroup,
    });

    this.name = cluster;
    this.previousKubernetesVersion = props.controlPlane.previousKubernetesVersion;
    this.resourceName = name;
    this.place = place;
    this.store = store;
    this.access = { cloud: "azure", vault: sealingKey.vaultUrl, ...ACCESS };
    this.joinSecret = { name: JOIN, vaultId: sealingKey.vaultId, vaultUrl: sealingKey.vaultUrl };
    this.publicZone = dns.publicZone;
    this.nodeSecurity = nodeSecurity;
    // A node that goes says so to the API, so pools are destroyed before the master and the way to it.
    this.neededByNodes = [
      ...nodeSecurity.rules,
      ...[...dns.node.findAll(), ...controlPlane.node.findAll()].filter(isWayToApi),
    ];
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
 * Adds everything that is wrong with a cluster's props. It is looked for before any part is made, since the first part to throw would
 * be the only one to be heard.
 */
export function checkCluster(problems: Problems, props: ClusterProps): void {
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
}

/** What a node reaches the API through, and who answers. */
const WAY_TO_API = [
  ...["azurerm_linux_virtual_machine_scale_set", "azurerm_lb_rule", "azurerm_network_security_rule"],
  ...[
    "azurerm_private_dns_a_record",
    "azurerm_private_dns_zone_virtual_network_link",
    "azurerm_dns_a_record",
  ],
];

function isWayToApi(construct: IConstruct): construct is TerraformResource {
  return (
    TerraformResource.isTerraformResource(construct) && WAY_TO_API.includes(construct.terraformResourceType)
  );
}
