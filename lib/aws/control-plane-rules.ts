import {
  areApiRanges,
  followsOn,
  type INetwork,
  isKubernetesVersion,
  isLabel,
  isRange,
  overlaps,
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

/** A range of a length, the number after its slash, between two. What is no range at all is another rule's business. */
function isFrom(widest: number, narrowest: number, because: string): Rule<string> {
  return (range) => {
    const length = Number(range.split("/")[1]);
    return isRange(range).length > 0 || (length >= widest && length <= narrowest)
      ? []
      : [{ mustHold: `must be from /${widest} to /${narrowest} (${because})`, got: range }];
  };
}

/** The lengths that kubeadm takes, where each node has a /24 of the pods' range. */
const LENGTHS: Readonly<Record<string, Rule<string>>> = {
  podCidr: isFrom(8, 24, "a node has a /24 of it, and there are at most 65536 of them"),
  serviceCidr: isFrom(12, 28, "Kubernetes takes no larger one, and the tenth address is the cluster DNS'"),
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
> & { readonly network: Pick<INetwork, "cidrBlock"> };

/** Adds everything that is wrong with a control plane's props. */
export function checkControlPlane(problems: Problems, props: CheckedControlPlane): void {
  const { network, image, publicApi } = props;
  const { instanceType, diskGiB, podCidr, serviceCidr } = withDefaults(props);
  const { kubernetesVersion, previousKubernetesVersion } = props;
  problems.check("kubernetesVersion", kubernetesVersion, isKubernetesVersion);
  if (previousKubernetesVersion !== undefined) {
    problems.check("kubernetesVersion", kubernetesVersion, followsOn(previousKubernetesVersion));
  }
  problems.check("image", image, isMachineImage);
  problems.check("instanceType", instanceType, suitsMaster(image));
  problems.check("diskGiB", diskGiB, isMasterDisk);
  if (publicApi !== undefined) {
    const { allowedCidrs = [], openToTheWorld = false } = publicApi;
    problems.in("publicApi").check("allowedCidrs", allowedCidrs, areApiRanges(openToTheWorld));
  }
  checkRanges(problems, { "the network": network.cidrBlock, podCidr, serviceCidr });
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
  given.check("privateSubnetIds", network.privateSubnetIds, hasSubnetInEachZone(network.zones));
  if (publicApi !== undefined) {
    given.check("publicSubnetIds", network.publicSubnetIds, hasSubnetInEachZone(network.zones));
    problems.check("publicApi", dns.hasPublicZone, isNamed);
  }
  problems.throw();
}

/** The range of pods of a cluster that names none. */
export const DEFAULT_POD_CIDR = "10.244.0.0/16";

type Defaulted = "instanceType" | "diskGiB" | "podCidr" | "serviceCidr";

/** The props with what stands in for those that were left out. */
export function withDefaults<T extends Pick<ControlPlaneProps, "image" | Defaulted>>(props: T) {
  const {
    instanceType = props.image.architecture === "arm64" ? "m7g.large" : "m7i.large",
    diskGiB = 50,
    podCidr = DEFAULT_POD_CIDR,
    serviceCidr = "10.96.0.0/16",
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

/**
 * What a machine keeps for itself, the metadata service among it.
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry/
 */
const RESERVED: readonly (readonly [string, string])[] = [
  ["this network's addresses", "0.0.0.0/8"],
  ["the machine's own addresses", "127.0.0.0/8"],
  ["link-local addresses", "169.254.0.0/16"],
  ["multicast and reserved addresses", "224.0.0.0/3"],
];

/** Ranges of Kubernetes' own, and no two that a cluster routes may overlap. */
function checkRanges(problems: Problems, ranges: Readonly<Record<string, string>>): void {
  const sound: [string, string][] = [];
  for (const [prop, range] of Object.entries(ranges)) {
    const hasLength = LENGTHS[prop];
    if (hasLength !== undefined) {
      problems.check(prop, range, isRange, hasLength);
    }
    if (isRange(range).length === 0) {
      const taken = hasLength === undefined ? sound : [...RESERVED, ...sound];
      for (const [other, otherRange] of taken.filter(([, before]) => overlaps(range, before))) {
        problems.add(prop, {
          mustHold: `must not overlap with ${other}, ${otherRange}`,
          got: range,
          fix: "give it a range of its own",
        });
      }
      sound.push([prop, range]);
    }
  }
}

/** A public API has a public name, which its certificate is for. */
export const isNamed: Rule<boolean> = (hasPublicZone) =>
  hasPublicZone
    ? []
    : [
        {
          mustHold:
            "must have a public zone to be named in, since its certificate holds names and no addresses",
          fix: 'say publicZone: "new", or name a zone that exists',
        },
      ];
