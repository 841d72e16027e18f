import { LABEL } from "./domain";
import type { Fault, Problems, Rule } from "./invalid";
import { MOST_NODES } from "./node-count";
import { areNodeLabels, KUBELET_LABELS } from "./node-label";
import { agreesInLabels, agreesInTaints } from "./node-pool-role";
import { checkPoolShape, type SoundKey } from "./node-pool-shape";
import { type NodePoolSpec, type NodePoolSurroundings, withNodePoolDefaults } from "./node-pool-spec";
import { areNodeTaints, type NodeTaint } from "./node-taint";
import { isNodeVersionOf } from "./node-version";

/** What the cluster's own machines and their role are called, whose names a pool would take. */
const RESERVED_NAMES = ["api", "control-plane", "master"];

/**
 * The labels that follow from each machine and where it runs. A kubelet may set them, but a pool's would be wrong for some.
 *
 * @see https://kubernetes.io/docs/reference/labels-annotations-taints/
 */
const FILLED_IN = [...KUBELET_LABELS, "node.kubernetes.io/instance-type"];

/**
 * The taints that Kubernetes puts on a node and takes away again according to its health.
 *
 * @see https://kubernetes.io/docs/reference/labels-annotations-taints/#taints
 */
const PUT_BY_HEALTH =
  /^(node\.kubernetes\.io\/(memory-pressure|disk-pressure|pid-pressure|network-unavailable|not-ready|unreachable|unschedulable|out-of-service)|node\.cloudprovider\.kubernetes\.io\/(uninitialized|shutdown))$/;

/**
 * The taints by which the cluster autoscaler remembers what it is about to end.
 *
 * @see https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/utils/taints/taints.go
 */
const PUT_BY_AUTOSCALER = ["ToBeDeletedByClusterAutoscaler", "DeletionCandidateOfClusterAutoscaler"];

/**
 * A DNS label that leaves room for a cluster's name of 28 characters before it: a role's has 64 at most.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const isPoolName: Rule<string> = (name) => {
  if (!LABEL.test(name) || name.length > 28) {
    return [{ mustHold: "must be a DNS label of at most 28 characters, such as general", got: name }];
  }
  return RESERVED_NAMES.includes(name)
    ? [{ mustHold: `must not be one of ${RESERVED_NAMES.join(", ")}: the cluster has its own`, got: name }]
    : [];
};

/** At least one type, each once. Which types there are is the cloud's rule. */
export const areMachineTypes: Rule<readonly string[]> = (types) => {
  const faults: Fault[] = [];
  if (types.length === 0 || new Set(types).size !== types.length) {
    faults.push({ mustHold: "must name at least one type of machine, and each once", got: types });
  }
  const misnamed = types.filter((type) => !/^[A-Za-z][A-Za-z0-9._-]*$/.test(type));
  if (misnamed.length > 0) {
    faults.push({ mustHold: 'must be types such as "m7g.large" or "Standard_D2_v2"', got: misnamed });
  }
  return faults;
};

/** An image that is named at all. What an id looks like is the cloud's rule. */
const isImage: Rule<NodePoolSpec["image"]> = (image) =>
  /^\S+$/.test(image.id) && ["amd64", "arm64"].includes(image.architecture)
    ? []
    : [{ mustHold: "must have an id, and amd64 or arm64 as its architecture", got: image }];

/** A whole number between two, both included. */
function isWhole(least: number, most: number, because?: string): Rule<number> {
  return (value) =>
    Number.isInteger(value) && value >= least && value <= most
      ? []
      : [
          {
            mustHold:
              (most === Infinity
                ? `must be a whole number of at least ${least}`
                : `must be a whole number from ${least} to ${most}`) +
              (because === undefined ? "" : ` (${because})`),
            got: value,
          },
        ];
}

/** A least count that the most allows. */
function isAtMost(maxCount: number): Rule<number> {
  return (minCount) =>
    // What is no count itself is the other rule's business.
    maxCount >= 1 && minCount > maxCount
      ? [{ mustHold: `must be at most 'maxCount', which is ${maxCount}`, got: minCount }]
      : [];
}

/** Some of the cluster's zones, each once. */
function areZonesAmong(zones: readonly string[]): Rule<readonly string[]> {
  return (chosen) =>
    chosen.length > 0 &&
    new Set(chosen).size === chosen.length &&
    chosen.every((zone) => zones.includes(zone))
      ? []
      : [{ mustHold: `must be some of the cluster's zones (${zones.join(", ")}), each once`, got: chosen }];
}

const leavesOutWhatIsFilledIn: Rule<Readonly<Record<string, string>>> = (labels) =>
  Object.keys(labels)
    .filter((key) => FILLED_IN.includes(key))
    .map((key) => ({
      mustHold: "must leave out what follows from each machine and where it runs",
      got: key,
      fix: "leave it to Kubernetes",
    }));

const leavesOutHealth: Rule<readonly NodeTaint[]> = (taints) =>
  taints
    .filter(({ key }) => PUT_BY_HEALTH.test(key))
    .map(({ key }) => ({
      mustHold: "must leave out what Kubernetes puts on a node and takes away according to its health",
      got: key,
      fix: "take a key of your own",
    }));

const leavesOutScaling: Rule<readonly NodeTaint[]> = (taints) =>
  taints
    .filter(({ key }) => PUT_BY_AUTOSCALER.includes(key))
    .map(({ key }) => ({
      mustHold: "must leave out what the cluster autoscaler puts on a node that it is about to end",
      got: key,
      fix: "take a key of your own",
    }));

const ROLES = ["worker", "loadbalancer"];

const isRole: Rule<string> = (role) =>
  ROLES.includes(role) ? [] : [{ mustHold: `must be one of ${ROLES.join(", ")}`, got: role }];

/** What a role allows: a machine that is taken back takes its connections along, and the next one waits for its address. */
function suitsRole(role: string): Rule<number> {
  return (spotPercent) =>
    role === "loadbalancer" && spotPercent > 0
      ? [
          {
            mustHold: "must be 0 for the role loadbalancer, whose machines hold connections",
            got: spotPercent,
          },
        ]
      : [];
}

/** The autoscaler starts nodes for pods that find no place, and a DaemonSet, as the ingress controller is, wants none where there is no node. */
function isStarted(role: string): Rule<number> {
  return (minCount) =>
    role === "loadbalancer" && minCount === 0
      ? [
          {
            mustHold: "must be at least 1 for the role loadbalancer, whose first node nothing starts",
            got: 0,
          },
        ]
      : [];
}

function mayHaveWildcard(role: string): Rule<boolean> {
  return (wildcard) =>
    wildcard && role !== "loadbalancer"
      ? [{ mustHold: "must be left out but for the role loadbalancer", got: wildcard }]
      : [];
}

/**
 * Adds everything that is wrong with a pool, except for what only the cloud knows of types and images.
 *
 * @param sound which keys are of their kind, where that was looked at before; the others are left out
 */
export function checkNodePool(
  problems: Problems,
  spec: NodePoolSpec,
  surroundings: NodePoolSurroundings,
  sound: SoundKey = checkPoolShape(problems, spec),
): void {
  const pool = withNodePoolDefaults(spec, surroundings);
  const { maxCount } = pool;
  const role = sound("role") ? pool.role : "worker";
  const check = <K extends keyof NodePoolSpec>(
    key: K,
    ...rules: readonly Rule<Required<NodePoolSpec>[K]>[]
  ) => {
    if (sound(key)) {
      problems.check(key, pool[key], ...rules);
    }
  };
  check("name", isPoolName);
  check("role", isRole);
  if (sound("role")) {
    check("wildcard", mayHaveWildcard(role));
  }
  check("machineTypes", areMachineTypes);
  check("image", isImage);
  check("minCount", isWhole(0, MOST_NODES), isAtMost(maxCount), isStarted(role));
  check("maxCount", isWhole(1, MOST_NODES));
  check("labels", areNodeLabels, leavesOutWhatIsFilledIn, agreesInLabels(role));
  check("taints", areNodeTaints, leavesOutHealth, leavesOutScaling, agreesInTaints(role));
  check("diskGiB", isWhole(30, Infinity, "packages, images and what pods write"));
  // What stands in for them is the cluster's own, and another rule's business.
  if (spec.zones !== undefined) {
    check("zones", areZonesAmong(surroundings.zones));
  }
  check("spotPercent", isWhole(0, 100), suitsRole(role));
  if (spec.kubernetesVersion !== undefined) {
    check("kubernetesVersion", isNodeVersionOf(surroundings.kubernetesVersion));
  }
}
