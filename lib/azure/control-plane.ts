import { ApplicationSecurityGroup } from "@cdktf/provider-azurerm/lib/application-security-group";
import type { Lb } from "@cdktf/provider-azurerm/lib/lb";
import type { LinuxVirtualMachineScaleSet } from "@cdktf/provider-azurerm/lib/linux-virtual-machine-scale-set";
import { Annotations } from "cdktf";
import { Construct } from "constructs";
import { PORTS } from "../core";
import { ApiLoadBalancer } from "./api-load-balancer";
import type { IContainer } from "./container";
import { checkControlPlaneProps, withDefaults } from "./control-plane-rules";
import type { Dns } from "./dns";
import { retirementOf } from "./instance-type";
import type { MachineImage } from "./machine-image";
import { masterBoot } from "./master-boot";
import { masterGroup } from "./master-group";
import type { IAzureNetwork } from "./network";
import { type Place, placed } from "./place";
import { holdProviderTo, type Rollout } from "./rollout";
import type { ISealingKey } from "./sealing-key";
import { letIn, PROBES, SecurityGroup } from "./security-group";

/** Who may reach the API from outside the network. */
export interface PublicApi {
  /** IPv4 ranges, such as ["203.0.113.0/24"]. */
  readonly allowedCidrs: readonly string[];
  /**
   * The second time that one has to say that the whole world may, beside "0.0.0.0/0" in `allowedCidrs`.
   * @default false
   */
  readonly openToTheWorld?: boolean;
}

export interface ControlPlaneProps {
  /** Names what Azure shows and what is unique in a tenant. Letters, digits and hyphens, at most 48. */
  readonly name: string;
  /** Where the master stands. No other cluster's machines may be in the same resource group, since rights are kept to it. */
  readonly place: Place;
  /**
   * What its metrics call the cluster: a DNS label such as "acme-prod-eastus".
   */
  readonly cluster: string;
  /** Where the master and its load balancers stand; one subnet of each kind, over all zones. */
  readonly network: IAzureNetwork;
  /** The names of the API. */
  readonly dns: Pick<Dns, "privateName" | "publicName" | "hasPublicZone" | "privateAlias" | "publicAlias">;
  /** Where the master keeps what outlives it. It has to be there before. */
  readonly store: IContainer;
  /** The key that the cluster's identity is sealed with, in the vault that is the cluster's. */
  readonly sealingKey: ISealingKey;
  /**
   * The id of the security group that worker nodes wear, which the cloud controller opens to the balancers of Services.
   * @default Services of type LoadBalancer get no balancer
   */
  readonly servicesGroupId?: string;
  /** A full version of a supported minor, such as "1.36.4". A change is a rebuild of the master: docs/control-plane.md. */
  readonly kubernetesVersion: string;
  /**
   * The version before an upgrade. While it stands there, a jump that Kubernetes does not allow is refused before anything
   * is deployed; the master itself refuses it at boot in any case.
   * @default not compared
   */
  readonly previousKubernetesVersion?: string;
  /** Ubuntu 24.04, stock or with everything baked in. A change takes effect like one of the scripts: see `rollout`. */
  readonly image: MachineImage;
  /**
   * At least two processors and 4 GiB, in a size that has zones.
   * @default "Standard_D2s_v5", or "Standard_D2ps_v5" for an image for arm64
   */
  readonly instanceType?: string;
  /**
   * The size of its only volume, which goes away with the machine: a premium SSD, or a standard one where the size takes no other,
   * which is slow for etcd.
   * @default 50
   */
  readonly diskGiB?: number;
  /**
   * Whether there is a load balancer that can be reached from outside, and by whom. An internal one is always there.
   * @default none
   */
  readonly publicApi?: PublicApi;
  /**
   * The range that pods have their addresses from; a /24 for each node. Fixed when the cluster is founded: a later change
   * changes nothing, and the master says so in its journal.
   * @default "10.244.0.0/16"
   */
  readonly podCidr?: string;
  /**
   * The range that services have their addresses from. Fixed when the cluster is founded: a later change
   * changes nothing, and the master says so in its journal.
   * @default "10.96.0.0/16"
   */
  readonly serviceCidr?: string;
  /**
   * What a change of scripts, image or version does to the master that runs: "manual" nothing, until an operator replaces
   * it or it is rebuilt for another reason; "automatic" re-images it at once. Either way the API is away for some minutes. The
   * stack's provider has to be told as well, by `featuresFor`, which synthesis looks after.
   * @default "manual"
   */
  readonly rollout?: Rollout;
}

/**
 * A lone master in a scale set of one over all zones, that rebuilds itself from the object store wherever the
 * set starts it: docs/boot-protocol.md. Load balancers and the set ask its deep health endpoint.
 *
 * @throws InvalidError with everything that is wrong with the props
 */
export class ControlPlane extends Construct {
  /** Inside the network, such as "https://master.prod-eastus.kube:6443". */
  readonly endpoint: string;
  readonly publicEndpoint?: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
  /** The Terraform resources that others add to: rules for what else may reach the master, and alarms. */
  readonly resources: {
    readonly securityGroup: SecurityGroup;
    /** By which the cluster's machines know each other in the rules of each: masters wear it, and nodes do. */
    readonly members: ApplicationSecurityGroup;
    readonly group: LinuxVirtualMachineScaleSet;
    readonly balancer: Lb;
  };

  constructor(scope: Construct, id: string, given: ControlPlaneProps) {
    super(scope, id);
    const props = withDefaults(given);
    const { name, place, network, dns, publicApi, rollout = "manual" } = props;
    checkControlPlaneProps(this.node.path, props);
    holdProviderTo(this, rollout);
    const retirement = retirementOf(props.instanceType, (size) => `instanceType: "${size}"`);
    if (retirement !== undefined) {
      Annotations.of(this).addWarning(retirement);
    }

    const [subnetId = ""] = network.privateSubnetIds;
    const securityGroup = this.masters(name, place, network, publicApi);
    const members = new ApplicationSecurityGroup(this, "members", {
      name: `${name}-members`,
      ...placed(place),
    });
    const internal = new ApiLoadBalancer(this, "internal", { name: `${name}-api`, place, subnetId });
    const open = publicApi && new ApiLoadBalancer(this, "public", { name: `${name}-pub`, place });
    const apiName = dns.privateAlias("master", internal.target);
    const publicApiName = open && dns.publicAlias("master", open.target);

    const called = `${name}-master`;
    const balancers = [internal, ...(open ? [open] : [])];
    const boot = masterBoot(this, { ...props, group: called, membersId: members.id, apiName, publicApiName });
    const group = masterGroup(this, {
      name: called,
      place,
      zones: network.zones,
      subnetId,
      securityGroupId: securityGroup.id,
      membersId: members.id,
      poolIds: balancers.map(({ poolId }) => poolId),
      image: props.image,
      instanceType: props.instanceType,
      diskGiB: props.diskGiB,
      identityId: boot.identityId,
      userData: boot.userData,
      needed: [...boot.needed, ...balancers.map(({ rule }) => rule), ...(network.waysOut ?? [])],
    });

    this.endpoint = url(apiName);
    this.publicEndpoint = publicApiName && url(publicApiName);
    this.podCidr = props.podCidr;
    this.serviceCidr = props.serviceCidr;
    this.resources = { securityGroup, members, group, balancer: internal.balancer };
  }

  private masters(name: string, place: Place, network: IAzureNetwork, publicApi?: PublicApi): SecurityGroup {
    const { kubernetesApi, masterHealth } = PORTS;
    const securityGroup = new SecurityGroup(this, "security-group", { name: `${name}-master`, place });
    const inbound = new Construct(this, "in");
    letIn(inbound, "api", securityGroup, {
      priority: 200,
      from: [network.cidrBlock],
      port: kubernetesApi,
      description: "the API, for the network",
    });
    letIn(inbound, "health", securityGroup, {
      priority: 210,
      from: [PROBES],
      port: masterHealth,
      description: "load balancers ask whether the master is well",
    });
    if (publicApi !== undefined) {
      const allowed = {
        priority: 220,
        from: publicApi.allowedCidrs,
        port: kubernetesApi,
        description: "the API, for whoever may reach it from outside",
      };
      letIn(inbound, "public-api", securityGroup, allowed);
      if (network.privateFence !== undefined) {
        letIn(new Construct(this, "fence"), "public-api", network.privateFence, allowed);
      }
    }
    return securityGroup;
  }
}

function url(name: string): string {
  return `https://${name}:6443`;
}
