import {
  areApartFrom,
  areApiRanges,
  checkClusterRanges,
  checkVersions,
  DEFAULT_POD_CIDR,
  DEFAULT_SERVICE_CIDR,
  type INetwork,
  isLabel,
  isNamed,
  isRange,
  Problems,
  type Rule,
} from "../core";
import type { ControlPlaneProps } from "./control-plane";
import { isMachineImage, suitsMaster } from "./machine-image";
import { areZones } from "./zone";

/**
 * A name that leaves room for what is added to it: a load balancer's has 32 characters at most.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
 */
export const isControlPlaneName: Rule<string> = (name) =>
  /^[A-Za-z0-9]([A-Za-z0-9-]{0,26}[A-Za-z0-9])?$/.test(name) && !/^(internal-|sg-)/.test(name)
    ? []
    : [
        {
          mustHold:
            'must be at most 28 letters, digits and hyphens, with no hyphen at either end and no "internal-" or "sg-" before it: ' +
            "load balancers and security groups are named after it",
          got: name,
        },
      ];

/** Volumes that a stock image, its packages and an etcd of 8 GB with its snapshots fit on. */
const isMasterDisk: Rule<number> = (diskGiB) =>
  Number.isInteger(diskGiB) && diskGiB >= 30 && diskGiB <= 16_384
    ? []
    : [
        {
          mustHold:
            "must be a whole number from 30 (packages, images, etcd and a snapshot of it) to 16384 (gp3's limit)",
          got: diskGiB,
        },
      ];

/** What the rules of a control plane look at that a network of its own, not made yet, is enough for. */
export type CheckedControlPlane = Pick<
  ControlPlaneProps,
  | "kubernetesVersion"
  | "previousKubernetesVersion"
  | "image"
  | "instanceType"
  | "diskGiB"
  | "publicApi"
  | "podCidr"
  | "serviceCidr"
> & { readonly network: Pick<INetwork, "cidrBlock" | "peeredRanges"> };

/** Adds everything that is wrong with a control plane's props. */
export function checkControlPlane(problems: Problems, props: CheckedControlPlane): void {
  const { network, image, publicApi } = props;
  const { instanceType, diskGiB, podCidr, serviceCidr } = withDefaults(props);
  checkVersions(problems, props);
  problems.check("image", image, isMachineImage);
  problems.check("instanceType", instanceType, suitsMaster(image));
  problems.check("diskGiB", diskGiB, isMasterDisk);
  if (publicApi !== undefined) {
    const { allowedCidrs = [], openToTheWorld = false } = publicApi;
    problems.in("publicApi").check("allowedCidrs", allowedCidrs, areApiRanges(openToTheWorld));
  }
  checkClusterRanges(problems, network, { podCidr, serviceCidr });
}

/**
 * Checks a control plane's props together with the network and the names that it is given.
 *
 * @param path the control plane's own
 * @throws InvalidError with everything that is wrong
 */
export function checkControlPlaneProps(path: string, props: ControlPlaneProps): void {
  const { name, cluster, network, dns, publicApi } = props;
  const problems = new Problems(path);
  problems.check("name", name, isControlPlaneName);
  problems.check("cluster", cluster, isLabel);
  checkControlPlane(problems, props);

  const given = problems.in("network");
  given.check("zones", network.zones, areZones);
  given.check("cidrBlock", network.cidrBlock, isRange);
  given.check("peeredRanges", network.peeredRanges ?? [], areApartFrom(network.cidrBlock));
  given.check("privateSubnetIds", network.privateSubnetIds, hasSubnetInEachZone(network.zones));
  if (publicApi !== undefined) {
    given.check("publicSubnetIds", network.publicSubnetIds, hasSubnetInEachZone(network.zones));
    problems.check("publicApi", dns.hasPublicZone, isNamed);
  }
  problems.throw();
}

type Defaulted = "instanceType" | "diskGiB" | "podCidr" | "serviceCidr";

/** The props with what stands in for those that were left out. */
export function withDefaults<T extends Pick<ControlPlaneProps, "image" | Defaulted>>(props: T) {
  const {
    instanceType = props.image.architecture === "arm64" ? "m7g.large" : "m7i.large",
    diskGiB = 50,
    podCidr = DEFAULT_POD_CIDR,
    serviceCidr = DEFAULT_SERVICE_CIDR,
  } = props;
  return { ...props, instanceType, diskGiB, podCidr, serviceCidr };
}

/** One subnet of a kind in each zone, or a load balancer would not reach the master there. */
export function hasSubnetInEachZone(zones: readonly string[]): Rule<readonly string[]> {
  return (subnetIds) =>
    subnetIds.length === zones.length && new Set(subnetIds).size === zones.length
      ? []
      : [
          {
            mustHold: `must be one for each of the zones (${zones.join(", ")}), in their order`,
            got: subnetIds,
          },
        ];
}
