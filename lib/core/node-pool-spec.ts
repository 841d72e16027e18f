import type { NodeTaint } from "./node-taint";

/** What a pool's machines are there for. */
export type NodePoolRole = "worker" | "loadbalancer";

/** Machines of one kind, on either cloud. How many there are between the two counts is the autoscaler's business. */
export interface NodePoolSpec {
  /** A DNS label of at most 28 characters, unique in the cluster. Another name is another pool, of other machines. */
  readonly name: string;
  /**
   * What its machines are there for: "worker" runs pods, "loadbalancer" takes the world's traffic. The second kind stands in
   * public subnets under fixed addresses, is open on 80 and 443, and keeps all pods away that do not tolerate
   * `role=loadbalancer:NoSchedule`.
   * @default "worker"
   */
  readonly role?: NodePoolRole;
  /**
   * Whether every public name of the environment that nothing else has leads to this pool, as its own name does. At most
   * one pool of a cluster may have it, and only one for traffic.
   * @default true for a load-balancer pool
   */
  readonly wildcard?: boolean;
  /** What the cloud calls its machines' types, such as "m7g.large"; the first is preferred. */
  readonly machineTypes: readonly string[];
  /** The image that machines start from, by the cloud's id for it, and the processors that it is for. */
  readonly image: { readonly id: string; readonly architecture: "amd64" | "arm64" };
  /** The least machines that there are: a whole number, 0 for a worker pool that starts when it is needed. */
  readonly minCount: number;
  /** The most machines that there are: a whole number from 1 to 5000. */
  readonly maxCount: number;
  /**
   * Labels by key, which each kubelet sets on its own node. A machine in wrong hands can set them, too.
   * @default none
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * What keeps pods away that do not tolerate it, from a node's first moment on.
   * @default none
   */
  readonly taints?: readonly NodeTaint[];
  /**
   * Size of each machine's disk, from 30 GiB.
   * @default 50
   */
  readonly diskGiB?: number;
  /**
   * Some of the cluster's zones.
   * @default all of them
   */
  readonly zones?: readonly string[];
  /**
   * How many of a hundred machines may be taken back by the cloud at short notice: a whole number from 0 to 100.
   * @default 0
   */
  readonly spotPercent?: number;
  /**
   * A version of the control plane's minor or of one of the three before it.
   * @default the control plane's
   */
  readonly kubernetesVersion?: string;
}

/** What a pool is checked against: the cluster that its nodes join. */
export interface NodePoolSurroundings {
  /** The control plane's, such as "1.36.4". */
  readonly kubernetesVersion: string;
  readonly zones: readonly string[];
}

/** The pool with what stands in for that which was left out. */
export function withNodePoolDefaults(
  spec: NodePoolSpec,
  surroundings: NodePoolSurroundings,
): Required<NodePoolSpec> {
  const {
    role = "worker",
    wildcard = role === "loadbalancer",
    labels = {},
    taints = [],
    diskGiB = 50,
    zones = surroundings.zones,
    spotPercent = 0,
    kubernetesVersion = surroundings.kubernetesVersion,
  } = spec;
  return { ...spec, role, wildcard, labels, taints, diskGiB, zones, spotPercent, kubernetesVersion };
}
