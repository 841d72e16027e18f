import {
  areMachineTypes,
  areNodeTaints,
  checkNodePool,
  checkPoolShape,
  type Fault,
  nodeLabelsOf,
  type NodePoolSpec,
  type NodePoolSurroundings,
  type NodeTaint,
  nodeTaintsOf,
  Problems,
  type Rule,
  type SoundKey,
  withNodePoolDefaults,
} from "../core";
import { isMachineImage, type MachineImage, marketplaceImage, suitsNode } from "./machine-image";
import { MOST_BEHIND_ADDRESS } from "./node-addresses";
import { groupTags } from "./node-group-tags";

/** What the cluster's security groups and networks are called, beside what pools may be called on no cloud. */
const RESERVED_NAMES = ["members", "nat", "private", "pub", "public", "services"];

/** @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftcompute */
const LONGEST_NAME = 64;

/**
 * The tags that a resource may have, of which some are left to those of the whole stack.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations
 */
const MOST_TAGS = 50 - 10;

/** @see https://learn.microsoft.com/azure/virtual-machines/managed-disks-overview#os-disk */
const LARGEST_DISK = 4095;

/**
 * The most machines of one set, from an image of the marketplace or a gallery, and from any other.
 * @see https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-placement-groups
 */
const MOST_MACHINES = { gallery: 1000, own: 600 };

const isFree: Rule<string> = (name) =>
  RESERVED_NAMES.includes(name)
    ? [{ mustHold: `must not be one of ${RESERVED_NAMES.join(", ")}: the cluster has its own`, got: name }]
    : [];

/** A name that fits behind the cluster's, whose set is called after both. */
function fitsBehind(resourceName: string): Rule<string> {
  const most = LONGEST_NAME - resourceName.length - 1;
  return (name) =>
    name.length > most
      ? [
          {
            mustHold: `must be at most ${most} characters: a scale set is called ${resourceName}-${name}, and may have ${LONGEST_NAME}`,
            got: name,
          },
        ]
      : [];
}

const isOne: Rule<readonly string[]> = (types) =>
  types.length > 1
    ? [{ mustHold: "must be one size: all machines of a scale set are of the same", got: types }]
    : [];

/** Sizes that each suit the image. */
function suit(image: MachineImage): Rule<readonly string[]> {
  return (types) =>
    types.filter((type) => areMachineTypes([type]).length === 0).flatMap((type) => suitsNode(image)(type));
}

const isAllOrNone: Rule<number> = (spotPercent) =>
  spotPercent === 0 || spotPercent === 100
    ? []
    : [
        {
          mustHold: "must be 0 or 100: all machines of a scale set are of the spot market, or none",
          got: spotPercent,
          fix: "make a second pool",
        },
      ];

const fitsDisk: Rule<number> = (diskGiB) =>
  diskGiB > LARGEST_DISK
    ? [{ mustHold: `must be at most ${LARGEST_DISK}, which is the limit of a system's disk`, got: diskGiB }]
    : [];

/** A count that there is room for, with a tenth more while machines are replaced. */
function fitsInto(most: number, what: string): Rule<number> {
  const counts = most - Math.ceil(most / 11);
  return (maxCount) =>
    maxCount > counts
      ? [
          {
            mustHold: `must be at most ${counts}: ${what} ${most}, with a tenth more while they are replaced`,
            got: maxCount,
          },
        ]
      : [];
}

/** Keys that are still each their own when capitals do not count, as they do not in the names of tags. */
function fitTags(keys: readonly string[]): readonly Fault[] {
  const small = keys.map((key) => key.toLowerCase());
  return keys
    .filter((_, at) => small.indexOf(small[at] ?? "") < at)
    .map((got) => ({
      mustHold:
        "must name each key once, and capitals do not count: a tag of the set says it to the autoscaler",
      got,
    }));
}

/** @see https://github.com/kubernetes-sigs/azuredisk-csi-driver/blob/master/docs/driver-parameters.md */
const VOLUME_ZONE = "topology.disk.csi.azure.com/zone";

const leavesOutVolumeZone: Rule<Readonly<Record<string, string>>> = (labels) =>
  Object.hasOwn(labels, VOLUME_ZONE)
    ? [
        {
          mustHold: `must leave out ${VOLUME_ZONE}, which the driver of volumes sets on each node`,
          got: labels[VOLUME_ZONE],
        },
      ]
    : [];

const labelsFitTags: Rule<Readonly<Record<string, string>>> = (labels) => fitTags(Object.keys(labels));

/** Twice with one effect is a mistake on every cloud, and said already. */
const taintsFitTags: Rule<readonly NodeTaint[]> = (taints) =>
  areNodeTaints(taints).length > 0 ? [] : fitTags(taints.map(({ key }) => key));

/** What a pool on Azure is checked against. */
export interface AzureNodePoolSurroundings extends NodePoolSurroundings {
  /** What the cluster's resources are called. */
  readonly resourceName: string;
}

/**
 * Adds everything that is wrong with a pool on Azure.
 *
 * @param sound which keys are of their kind, where that was looked at before; the others are left out
 */
export function checkAzureNodePool(
  problems: Problems,
  spec: NodePoolSpec,
  surroundings: AzureNodePoolSurroundings,
  sound: SoundKey = checkPoolShape(problems, spec),
): void {
  checkNodePool(problems, spec, surroundings, sound);
  const pool = withNodePoolDefaults(spec, surroundings);
  const role = sound("role") ? pool.role : "worker";
  if (sound("name")) {
    problems.check("name", pool.name, isFree, fitsBehind(surroundings.resourceName));
  }
  if (sound("image")) {
    problems.check("image", pool.image, isMachineImage);
  }
  if (sound("machineTypes")) {
    problems.check("machineTypes", pool.machineTypes, isOne, ...(sound("image") ? [suit(pool.image)] : []));
  }
  if (sound("spotPercent")) {
    problems.check("spotPercent", pool.spotPercent, isAllOrNone);
  }
  if (sound("diskGiB")) {
    problems.check("diskGiB", pool.diskGiB, fitsDisk);
  }
  if (sound("maxCount")) {
    problems.check("maxCount", pool.maxCount, mostOf(role, sound("image") ? pool.image : undefined));
  }
  const given = {
    role,
    labels: sound("labels") ? pool.labels : {},
    taints: sound("taints") ? pool.taints : [],
  };
  problems.check("labels", nodeLabelsOf(given), labelsFitTags, leavesOutVolumeZone);
  problems.check("taints", nodeTaintsOf(given), taintsFitTags);
  const tags = groupTags({ ...given, name: pool.name, minCount: 0, maxCount: 0, cluster: "" });
  const count = Object.keys(tags).length;
  if (count > MOST_TAGS) {
    problems.add("labels", {
      mustHold: `must be fewer: with the taints they make more than the ${MOST_TAGS} tags that a set has room for`,
      got: count,
    });
  }
}

function mostOf(role: string, image: MachineImage | undefined): Rule<number> {
  if (role === "loadbalancer") {
    return fitsInto(MOST_BEHIND_ADDRESS, "the ports of the pool's address are enough for");
  }
  const isOffered = image === undefined || marketplaceImage(image) !== undefined;
  return fitsInto(
    isOffered || image.id.includes("/galleries/") ? MOST_MACHINES.gallery : MOST_MACHINES.own,
    "a scale set takes",
  );
}
