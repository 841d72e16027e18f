import { type ITerraformDependable, TerraformResource } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import {
  areApartFrom,
  checkPublicNames,
  type ClusterAccess,
  type INetwork,
  type IObjectStore,
  isLabel,
  isNamed,
  isRange,
  Problems,
  tagNameOf,
} from "../core";
import { Alarms, areActions } from "./alarms";
import type { IAwsCluster } from "./aws-cluster";
import { ControlPlane, type ControlPlaneProps } from "./control-plane";
import { checkControlPlane, hasSubnetInEachZone, isControlPlaneName } from "./control-plane-rules";
import { Dns, type DnsProps, type PublicZone } from "./dns";
import { accessParameters, joinParameter } from "./master-boot";
import { NodeSecurity } from "./node-security";
import { areZones, regionOf } from "./zone";

export interface ClusterProps {
  /** Names what AWS shows and what is unique in an account. Letters, digits and hyphens, at most 28. */
  readonly name: string;
  /** The cluster's own name, a DNS label such as "prod-us-east-1": the environment's. */
  readonly cluster: string;
  /** One of ours, or one that you already have. */
  readonly network: INetwork;
  /** The domain that public names end in. */
  readonly domain: string;
  readonly publicZone?: DnsProps["publicZone"];
  /** What outlives the cluster. It is made before, in a stack of its own. */
  readonly store: IObjectStore;
  /** The alias of the sealing key, which lives as long as the store. */
  readonly sealingKey: string;
  readonly controlPlane: Omit<
    ControlPlaneProps,
    "name" | "cluster" | "network" | "dns" | "store" | "sealingKey"
  >;
  /**
   * Who hears of alarms: ARNs, such as an SNS topic's.
   * @default nobody: alarms are shown in CloudWatch only
   */
  readonly alarmActions?: readonly string[];
}

/**
 * A cluster on AWS: names, a control plane that rebuilds itself, and alarms, in a network and over a store.
 *
 * @throws InvalidError with everything that is wrong with the props
 */
export class Cluster extends Construct implements IAwsCluster {
  readonly name: string;
  readonly network: INetwork;
  readonly kubernetesVersion: string;
  readonly endpoint: string;
  readonly publicEndpoint?: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
  readonly previousKubernetesVersion?: string;
  readonly resourceName: string;
  readonly store: IObjectStore;
  readonly sealingKey: string;
  readonly joinParameter: string;
  readonly access: ClusterAccess;
  readonly publicZone?: PublicZone;
  readonly nodeSecurity: NodeSecurity;
  readonly neededByNodes: readonly ITerraformDependable[];
  readonly dns: Dns;
  readonly controlPlane: ControlPlane;

  constructor(scope: Construct, id: string, props: ClusterProps) {
    super(scope, id);
    checkCluster(this.node.path, props);
    const { name, cluster, network, domain, publicZone, store, sealingKey, alarmActions = [] } = props;

    // Tags, rights and metrics go by it, and another estate in the account may have a cluster of the same name.
    const called = tagNameOf(name);
    const dns = new Dns(this, "dns", {
      environment: cluster,
      domain,
      networkId: network.networkId,
      publicZone,
    });
    const controlPlane = new ControlPlane(this, "control-plane", {
      ...props.controlPlane,
      name,
      cluster: called,
      network,
      dns,
      store,
      sealingKey,
    });
    new Alarms(this, "alarms", { name, cluster: called, actions: alarmActions });

    const nodeSecurity = new NodeSecurity(this, "nodes", {
      name,
      cluster: called,
      vpcId: network.networkId,
      masters: controlPlane.resources.securityGroup,
    });

    this.name = cluster;
    this.previousKubernetesVersion = props.controlPlane.previousKubernetesVersion;
    this.resourceName = name;
    this.store = store;
    this.sealingKey = sealingKey;
    this.joinParameter = joinParameter(name);
    this.access = { cloud: "aws", region: network.zones.map(regionOf)[0] ?? "", ...accessParameters(name) };
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
 * Looks at all of the props before any part is made, since the first part to throw would be the only one to be heard.
 *
 * @throws InvalidError with everything that is wrong
 */
function checkCluster(path: string, props: ClusterProps): void {
  const { name, cluster, network, domain, publicZone = "none", controlPlane, alarmActions = [] } = props;
  const problems = new Problems(path);
  problems.check("name", name, isControlPlaneName);
  problems.check("cluster", cluster, isLabel);
  checkPublicNames(problems, { environment: cluster, domain, publicZone });
  const inNetwork = problems.in("network");
  const hasSubnets = hasSubnetInEachZone(network.zones);
  inNetwork.check("zones", network.zones, areZones);
  inNetwork.check("cidrBlock", network.cidrBlock, isRange);
  inNetwork.check("peeredRanges", network.peeredRanges ?? [], areApartFrom(network.cidrBlock));
  inNetwork.check("privateSubnetIds", network.privateSubnetIds, hasSubnets);
  const inControlPlane = problems.in("controlPlane");
  checkControlPlane(inControlPlane, { ...controlPlane, network });
  if (controlPlane.publicApi !== undefined) {
    inNetwork.check("publicSubnetIds", network.publicSubnetIds, hasSubnets);
    inControlPlane.check("publicApi", publicZone !== "none", isNamed);
  }
  problems.check("alarmActions", alarmActions, areActions);
  problems.throw();
}

/** What a node reaches the API through, and who answers. */
const WAY_TO_API = [
  ...["aws_autoscaling_group", "aws_lb_listener", "aws_route53_record"],
  ...["aws_vpc_security_group_egress_rule", "aws_vpc_security_group_ingress_rule"],
];

function isWayToApi(construct: IConstruct): construct is TerraformResource {
  return (
    TerraformResource.isTerraformResource(construct) && WAY_TO_API.includes(construct.terraformResourceType)
  );
}
