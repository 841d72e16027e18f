import {
  areMachineTypes,
  areNodeTaints,
  checkNodePool,
  checkPoolShape,
  type Fault,
  kubeletTexts,
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
import { isMachineImage, type MachineImage, suitsNode } from "./machine-image";
import { groupTags, labelTag, taintTag } from "./node-group-tags";

/** What the cluster's security groups, roles and networks are called, beside what pools may be called on no cloud. */
const RESERVED_NAMES = ["flow-logs", "members", "nat", "pub", "services"];

/**
 * The limits of tags.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-tagging.html#tag_restrictions
 */
const TAGS = { key: 128, value: 256, count: 50 };

/** The most bytes that labels and taints may have in user data, which holds the scripts that fetch all others as well. */
const MOST_BYTES = 768;

/**
 * The most types that a group may choose from.
 * @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchTemplate.html
 */
const MOST_TYPES = 40;

/** @see https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html#gp3-ebs-volume-type */
const LARGEST_DISK = 16_384;

const isFree: Rule<string> = (name) =>
  RESERVED_NAMES.includes(name)
    ? [{ mustHold: `must not be one of ${RESERVED_NAMES.join(", ")}: the cluster has its own`, got: name }]
    : [];

const areFew: Rule<readonly string[]> = (types) =>
  types.length > MOST_TYPES
    ? [{ mustHold: `must be ${MOST_TYPES} types at most, which is what a group takes`, got: types.length }]
    : [];

/** Types that each suit the image. */
function suit(image: MachineImage): Rule<readonly string[]> {
  return (types) =>
    types.filter((type) => areMachineTypes([type]).length === 0).flatMap((type) => suitsNode(image)(type));
}

const fitsGp3: Rule<number> = (diskGiB) =>
  diskGiB > LARGEST_DISK
    ? [{ mustHold: `must be at most ${LARGEST_DISK}, which is gp3's limit`, got: diskGiB }]
    : [];

/** Keys that a tag has room for after what the autoscaler looks for. */
function fitTags(keys: readonly string[], tagOf: (key: string) => string): readonly Fault[] {
  const most = TAGS.key - tagOf("").length;
  return keys
    .filter((key) => key.length > most)
    .map((got) => ({
      mustHold: `must have keys of at most ${most} characters: a tag of the group, whose key has ${TAGS.key}, says them to the autoscaler`,
      got,
    }));
}

/** @see https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md */
const VOLUME_ZONE = "topology.ebs.csi.aws.com/zone";

const leavesOutVolumeZone: Rule<Readonly<Record<string, string>>> = (labels) =>
  Object.hasOwn(labels, VOLUME_ZONE)
    ? [
        {
          mustHold: `must leave out ${VOLUME_ZONE}, which the driver of volumes sets on each node`,
          got: labels[VOLUME_ZONE],
        },
      ]
    : [];

const labelsFitTags: Rule<Readonly<Record<string, string>>> = (labels) =>
  fitTags(Object.keys(labels), labelTag);

const taintsFitTags: Rule<readonly NodeTaint[]> = (taints) => [
  ...fitTags(
    taints.map(({ key }) => key),
    taintTag,
  ),
  // Twice with one effect is a mistake on every cloud, and said already.
  ...taints
    .filter(({ key }, at) => taints.findIndex((other) => other.key === key) < at)
    .filter((taint) => areNodeTaints([...taints.filter(({ key }) => key === taint.key)]).length === 0)
    .map((got) => ({
      mustHold: "must name each key once: a tag of the group says it to the autoscaler",
      got,
    })),
];

/** What a pool on AWS is checked against. */
export interface AwsNodePoolSurroundings extends NodePoolSurroundings {
  /** What tags call the cluster. */
  readonly cluster: string;
}

/**
 * Adds everything that is wrong with a pool on AWS.
 *
 * @param sound which keys are of their kind, where that was looked at before; the others are left out
 */
export function checkAwsNodePool(
  problems: Problems,
  spec: NodePoolSpec,
  surroundings: AwsNodePoolSurroundings,
  sound: SoundKey = checkPoolShape(problems, spec),
): void {
  checkNodePool(problems, spec, surroundings, sound);
  const pool = withNodePoolDefaults(spec, surroundings);
  if (sound("name")) {
    problems.check("name", pool.name, isFree);
  }
  if (sound("image")) {
    problems.check("image", pool.image, isMachineImage);
  }
  if (sound("machineTypes")) {
    problems.check("machineTypes", pool.machineTypes, areFew, ...(sound("image") ? [suit(pool.image)] : []));
  }
  if (sound("diskGiB")) {
    problems.check("diskGiB", pool.diskGiB, fitsGp3);
  }
  const given = {
    role: sound("role") ? pool.role : "worker",
    labels: sound("labels") ? pool.labels : {},
    taints: sound("taints") ? pool.taints : [],
  };
  problems.check("labels", nodeLabelsOf(given), labelsFitTags, leavesOutVolumeZone);
  problems.check("taints", nodeTaintsOf(given), taintsFitTags);
  const tags = groupTags({ ...given, name: pool.name, diskGiB: 0, group: "", cluster: surroundings.cluster });
  const count = Object.keys(tags).length;
  if (count > TAGS.count) {
    problems.add("labels", {
      mustHold: `must be fewer: with the taints they make more than the ${TAGS.count} tags that a group may have`,
      got: count,
    });
  }
  const texts = kubeletTexts(given);
  const bytes = Buffer.byteLength(texts.labels + texts.taints);
  if (bytes > MOST_BYTES) {
    problems.add("labels", {
      mustHold: `must be shorter: with the taints they may have ${MOST_BYTES} bytes, which is what user data has room for`,
      got: bytes,
    });
  }
}
