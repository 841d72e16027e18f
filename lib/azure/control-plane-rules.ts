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
  overlaps,
  Problems,
  type Rule,
} from "../core";
import type { ControlPlaneProps } from "./control-plane";
import { isMachineImage, suitsMaster } from "./machine-image";
import { isPlace } from "./place-rules";
import { areZones } from "./zone";

/**
 * A name that leaves room for what is added to it: a scale set's has 64 characters at most.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftcompute
 */
export const isControlPlaneName: Rule<string> = (name) =>
  /^[A-Za-z0-9]([A-Za-z0-9-]{0,46}[A-Za-z0-9])?$/.test(name)
    ? []
    : [
        {
          mustHold:
            "must be at most 48 letters, digits and hyphens, with no hyphen at either end: a scale set is named after it",
          got: name,
        },
      ];

/**
 * Disks that a stock image, its packages and an etcd of 8 GB with its snapshots fit on.
 * @see https://learn.microsoft.com/azure/virtual-machines/managed-disks-overview#os-disk
 */
const isMasterDisk: Rule<number> = (diskGiB) =>
  Number.isInteger(diskGiB) && diskGiB >= 30 && diskGiB <= 4095
    ? []
    : [
        {
          mustHold:
            "must be a whole number from 30 (packages, images, etcd and a snapshot of it) to 4095 (the limit of a system's disk)",
          got: diskGiB,
        },
      ];

/**
 * Ranges of which none lies within another, or Azure refuses the rule: OverlappingSubnetsNotPermittedInSecurityRule.
 * @see https://github.com/kubernetes-sigs/cloud-provider-azure/issues/6775
 */
const areApart: Rule<readonly string[]> = (ranges) => {
  const sound = [...new Set(ranges)].filter((range) => isRange(range).length === 0);
  const shared = sound.filter((range) => sound.some((other) => other !== range && overlaps(range, other)));
  return shared.length === 0
    ? []
    : [
        {
          mustHold: "must be apart from each other: Azure takes no two in a rule that share an address",
          got: shared,
          fix: "leave out the narrower ones",
        },
      ];
};

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
    problems.in("publicApi").check("allowedCidrs", allowedCidrs, areApiRanges(openToTheWorld), areApart);
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
  const { name, place, cluster, network, dns, publicApi } = props;
  const problems = new Problems(path);
  problems.check("name", name, isControlPlaneName);
  problems.check("place", place, isPlace);
  problems.check("cluster", cluster, isLabel);
  checkControlPlane(problems, props);

  const given = problems.in("network");
  given.check("zones", network.zones, areZones);
  given.check("cidrBlock", network.cidrBlock, isRange);
  given.check("peeredRanges", network.peeredRanges ?? [], areApartFrom(network.cidrBlock));
  given.check("privateSubnetIds", network.privateSubnetIds, hasOneSubnet);
  if (publicApi !== undefined) {
    problems.check("publicApi", dns.hasPublicZone, isNamed);
  }
  problems.throw();
}

type Defaulted = "instanceType" | "diskGiB" | "podCidr" | "serviceCidr";

/** The props with what stands in for those that were left out. */
export function withDefaults<T extends Pick<ControlPlaneProps, "image" | Defaulted>>(props: T) {
  const {
    instanceType = props.image.architecture === "arm64" ? "Standard_D2ps_v5" : "Standard_D2s_v5",
    diskGiB = 50,
    podCidr = DEFAULT_POD_CIDR,
    serviceCidr = DEFAULT_SERVICE_CIDR,
  } = props;
  return { ...props, instanceType, diskGiB, podCidr, serviceCidr };
}

/** The one subnet that all zones share: a scale set's machines have theirs in one. */
export const hasOneSubnet: Rule<readonly string[]> = (subnetIds) =>
  subnetIds.length === 1 ? [] : [{ mustHold: "must be one, which spans all of the zones", got: subnetIds }];
