import type { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type INetwork, type IObjectStore } from "../core";
import { ApiLoadBalancer } from "./api-load-balancer";
import { checkControlPlaneProps, withDefaults } from "./control-plane-rules";
import type { Dns } from "./dns";
import type { MachineImage } from "./machine-image";
import { masterBoot } from "./master-boot";
import { masterGroup } from "./master-group";
import { regionOf } from "./zone";

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
  /** Names what AWS shows and what is unique in an account. Letters, digits and hyphens, at most 28. */
  readonly name: string;
  /**
   * What its tags, rights and metrics call the cluster: a DNS label such as "acme-prod-us-east-1", which no other cluster of
   * the account has in the region, or each would have rights to what is the other's.
   */
  readonly cluster: string;
  /** Where the master and its load balancers stand; one subnet of each kind in each zone. */
  readonly network: INetwork;
  /** The names of the API. */
  readonly dns: Pick<Dns, "privateName" | "publicName" | "hasPublicZone" | "privateAlias" | "publicAlias">;
  /** Where the master keeps what outlives it. It has to be there before. */
  readonly store: IObjectStore;
  /** The alias of the key that the cluster's identity is sealed with, such as "alias/acme-prod". */
  readonly sealingKey: string;
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
   * At least two processors and 4 GiB.
   * @default "m7i.large", or "m7g.large" for an image for arm64
   */
  readonly instanceType?: string;
  /**
   * The size of its only volume, gp3, which goes away with the machine.
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
   * it or it is rebuilt for another reason; "automatic" replaces it at once. Either way the API is away for some minutes.
   * @default "manual"
   */
  readonly rollout?: "manual" | "automatic";
}

/**
 * A lone master in an Auto Scaling group of one over all zones, that rebuilds itself from the object store wherever the
 * group starts it: docs/boot-protocol.md. Load balancers and the group ask its deep health endpoint.
 *
 * @throws InvalidError with everything that is wrong with the props
 */
export class ControlPlane extends Construct {
  /** Inside the network, such as "https://master.prod-us-east-1.kube:6443". */
  readonly endpoint: string;
  readonly publicEndpoint?: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
  /** The Terraform resources that others add to: rules for what else may reach the master. */
  readonly resources: { readonly securityGroup: SecurityGroup; readonly group: AutoscalingGroup };

  constructor(scope: Construct, id: string, given: ControlPlaneProps) {
    super(scope, id);
    const props = withDefaults(given);
    const { name, cluster, network, dns, publicApi, rollout = "manual" } = props;
    checkControlPlaneProps(this.node.path, props);

    const { securityGroup, wayOut } = this.masters(name, network);
    const balancer = { vpcId: network.networkId, masters: securityGroup };
    const internal = new ApiLoadBalancer(this, "internal", {
      ...balancer,
      name: `${name}-api`,
      internal: true,
      subnetIds: network.privateSubnetIds,
      allowedCidrs: [network.cidrBlock],
    });
    const open =
      publicApi &&
      new ApiLoadBalancer(this, "public", {
        ...balancer,
        name: `${name}-pub`,
        internal: false,
        subnetIds: network.publicSubnetIds,
        allowedCidrs: publicApi.allowedCidrs,
      });
    const apiName = dns.privateAlias("master", internal.target);
    const publicApiName = open && dns.publicAlias("master", open.target);

    const [region = ""] = network.zones.map(regionOf);
    const called = `${name}-master`;
    const boot = masterBoot(this, { ...props, group: called, region, apiName, publicApiName });
    const group = masterGroup(this, {
      name: called,
      cluster,
      subnetIds: network.privateSubnetIds,
      securityGroupId: securityGroup.id,
      targetGroupArns: [internal, ...(open ? [open] : [])].map((one) => one.targetGroupArn),
      image: props.image,
      instanceType: props.instanceType,
      diskGiB: props.diskGiB,
      profileArn: boot.profileArn,
      userData: boot.userData,
      replaces: rollout === "automatic",
      needed: [...boot.needed, wayOut, ...(network.waysOut ?? [])],
    });

    this.endpoint = url(apiName);
    this.publicEndpoint = publicApiName && url(publicApiName);
    this.podCidr = props.podCidr;
    this.serviceCidr = props.serviceCidr;
    this.resources = { securityGroup, group };
  }

  private masters(
    name: string,
    network: INetwork,
  ): { readonly securityGroup: SecurityGroup; readonly wayOut: ITerraformDependable } {
    const securityGroup = new SecurityGroup(this, "security-group", {
      name: `${name}-master`,
      description: "The master: in from the load balancers, out to the world",
      vpcId: network.networkId,
      tags: { Name: `${name}-master` },
    });
    const wayOut = new VpcSecurityGroupEgressRule(new Construct(this, "out"), "world", {
      securityGroupId: securityGroup.id,
      description: "AWS services, packages, images, and the nodes of the cluster",
      ipProtocol: "-1",
      cidrIpv4: "0.0.0.0/0",
    });
    return { securityGroup, wayOut };
  }
}

function url(name: string): string {
  return `https://${name}:6443`;
}
