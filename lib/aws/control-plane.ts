import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group";
import { AutoscalingLifecycleHook } from "@cdktf/provider-aws/lib/autoscaling-lifecycle-hook";
import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import {
  BootBundle,
  etcdVersionFor,
  type INetwork,
  type IObjectStore,
  minorOf,
  Problems,
  isLabel,
} from "../core";
import { ApiLoadBalancer } from "./api-load-balancer";
import {
  checkControlPlane,
  hasSubnetInEachZone,
  isControlPlaneName,
  isNamed,
  withDefaults,
} from "./control-plane-rules";
import type { Dns } from "./dns";
import type { MachineImage } from "./machine-image";
import { MasterRole } from "./master-role";
import { Place } from "./place";
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
  /** The cluster's name, a DNS label such as "prod-us-east-1". */
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
   * The range that pods have their addresses from; a /24 for each node. Fixed when the cluster is founded.
   * @default "10.244.0.0/16"
   */
  readonly podCidr?: string;
  /**
   * The range that services have their addresses from. Fixed when the cluster is founded.
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
  private readonly waysOut: ITerraformDependable[] = [];

  constructor(scope: Construct, id: string, given: ControlPlaneProps) {
    super(scope, id);
    const props = withDefaults(given);
    const { name, network, dns, publicApi } = props;
    const problems = new Problems(this.node.path);
    problems.check("name", name, isControlPlaneName);
    problems.check("cluster", props.cluster, isLabel);
    checkControlPlane(problems, props);
    problems
      .in("network")
      .check("privateSubnetIds", network.privateSubnetIds, hasSubnetInEachZone(network.zones));
    if (publicApi !== undefined) {
      problems
        .in("network")
        .check("publicSubnetIds", network.publicSubnetIds, hasSubnetInEachZone(network.zones));
      problems.check("publicApi", dns.hasPublicZone, isNamed);
    }
    problems.throw();

    const masters = this.securityGroup(name, network);
    const balancer = { vpcId: network.networkId, masters };
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
    this.endpoint = url(dns.privateAlias("master", internal.target));
    this.publicEndpoint = open && url(dns.publicAlias("master", open.target));

    const group = this.group(props, masters, [internal, ...(open ? [open] : [])]);
    new AutoscalingLifecycleHook(this, "termination-hook", {
      name: TERMINATION_HOOK,
      autoscalingGroupName: group.name,
      lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
      heartbeatTimeout: TERMINATION_SECONDS,
      defaultResult: "CONTINUE",
    });
    this.podCidr = props.podCidr;
    this.serviceCidr = props.serviceCidr;
    this.resources = { securityGroup: masters, group };
  }

  private securityGroup(name: string, network: INetwork): SecurityGroup {
    const group = new SecurityGroup(this, "security-group", {
      name: `${name}-master`,
      description: "The master: in from the load balancers, out to the world",
      vpcId: network.networkId,
      tags: { Name: `${name}-master` },
    });
    const world = new VpcSecurityGroupEgressRule(new Construct(this, "out"), "world", {
      securityGroupId: group.id,
      description: "AWS' services, packages, images, and the cluster's nodes",
      ipProtocol: "-1",
      cidrIpv4: "0.0.0.0/0",
    });
    this.waysOut.push(world);
    return group;
  }

  private group(
    props: ReturnType<typeof withDefaults<ControlPlaneProps>>,
    masters: SecurityGroup,
    balancers: readonly ApiLoadBalancer[],
  ): AutoscalingGroup {
    const { name, cluster, network, dns, store, sealingKey, kubernetesVersion } = props;
    const [region = ""] = network.zones.map(regionOf);
    const groupName = `${name}-master`;
    const witness = `/keelson/${name}/witness`;
    const join = `/keelson/${name}/join`;

    const role = new MasterRole(this, "role", {
      name: groupName,
      cluster,
      place: new Place(this, "place", region),
      bucket: store.name,
      sealingKey,
      parameters: [witness, join],
      group: groupName,
    });
    const bundle = new BootBundle(this, "boot", { role: "control-plane" });
    const archive = new S3Object(this, "bundle", {
      bucket: store.name,
      key: bundle.key,
      source: bundle.path,
      sourceHash: bundle.sha256,
    });
    const template = new LaunchTemplate(this, "launch-template", {
      name: groupName,
      description: `The master of ${cluster}`,
      updateDefaultVersion: true,
      imageId: props.image.id,
      instanceType: props.instanceType,
      ebsOptimized: "true",
      iamInstanceProfile: { arn: role.profileArn },
      // Pods that are not in the host's network do not reach the master's rights.
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      monitoring: { enabled: false },
      networkInterfaces: [
        {
          deviceIndex: 0,
          associatePublicIpAddress: "false",
          securityGroups: [masters.id],
          deleteOnTermination: "true",
        },
      ],
      blockDeviceMappings: [
        {
          deviceName: "/dev/sda1",
          ebs: {
            volumeType: "gp3",
            volumeSize: props.diskGiB,
            encrypted: "true",
            deleteOnTermination: "true",
          },
        },
      ],
      tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({
        resourceType,
        tags: { Name: groupName, [`kubernetes.io/cluster/${cluster}`]: "owned" },
      })),
      userData: Fn.base64encode(
        bundle.userData({
          cloud: "aws",
          storeUrl: store.url,
          environment: {
            CLUSTER: cluster,
            WITNESS: witness,
            JOIN: join,
            SEALING_KEY: sealingKey,
            API_NAME: `master.${dns.privateName}`,
            ...(props.publicApi && { PUBLIC_API_NAME: `master.${dns.publicName}` }),
            KUBERNETES_VERSION: kubernetesVersion,
            ETCD_VERSION: etcdVersionFor(kubernetesVersion),
            POD_CIDR: props.podCidr,
            SERVICE_CIDR: props.serviceCidr,
            PACKAGES_URL: `https://pkgs.k8s.io/core:/stable:/v${minorOf(kubernetesVersion)}/deb/`,
            CONTAINERD_PACKAGES_URL: "https://download.docker.com/linux/ubuntu",
            AWS_REGION: region,
            GROUP: groupName,
            LAUNCH_HOOK,
            TERMINATION_HOOK,
          },
        }),
      ),
      tags: { Name: groupName },
    });

    return new AutoscalingGroup(this, "group", {
      name: groupName,
      minSize: 1,
      maxSize: 1,
      vpcZoneIdentifier: [...network.privateSubnetIds],
      launchTemplate: { id: template.id, version: Fn.tostring(template.latestVersion) },
      healthCheckType: "ELB",
      // After the launch hook, in which a boot takes its time.
      healthCheckGracePeriod: 60,
      targetGroupArns: balancers.map((balancer) => balancer.targetGroupArn),
      // Balancing zones would start a second master beside the only one, for nothing.
      suspendedProcesses: ["AZRebalance"],
      // The old one goes first. It shortens the time with two of them; the epoch is what excludes it.
      instanceMaintenancePolicy: { minHealthyPercentage: 0, maxHealthyPercentage: 100 },
      initialLifecycleHook: [
        {
          name: LAUNCH_HOOK,
          lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
          heartbeatTimeout: LAUNCH_SECONDS,
          // A machine that could not say that it serves is for the health check to judge.
          defaultResult: "CONTINUE",
        },
      ],
      instanceRefresh:
        props.rollout === "automatic"
          ? {
              strategy: "Rolling",
              preferences: { minHealthyPercentage: 0, maxHealthyPercentage: 100, skipMatching: true },
            }
          : undefined,
      // A master may hold for good reasons, and a group that Terraform takes for failed is one that it replaces.
      waitForCapacityTimeout: "0",
      tag: [{ key: "Name", value: groupName, propagateAtLaunch: false }],
      // Also what the last snapshot leaves through: Terraform destroys in the opposite order.
      dependsOn: [archive, ...role.attachments, ...this.waysOut, ...(network.waysOut ?? [])],
    });
  }
}

const LAUNCH_HOOK = "boot";
const TERMINATION_HOOK = "last-snapshot";

/**
 * How long a machine may be silent at its launch. A hook waits a hundred times as long at most, and 48 hours, which is
 * what a boot that holds needs.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html
 */
const LAUNCH_SECONDS = 1800;

/** For the last snapshot: a database of 8 GB in some five minutes, and as much again. */
const TERMINATION_SECONDS = 600;

function url(name: string): string {
  return `https://${name}:6443`;
}
