import type { Problems, Rule } from "./invalid";
import type { NodePoolSpec } from "./node-pool-spec";
import type { NodeTaint } from "./node-taint";

/**
 * The labels by which those choose nodes to whom it matters. Only the master sets them, on each node of a pool; it reads them from the
 * tags of the pool's group.
 */
export const MASTER_LABELS = {
  /** The pool's role. */
  role: "node-restriction.kubernetes.io/role",
  /** The pool's name. */
  pool: "node-restriction.kubernetes.io/pool",
} as const;

/** What a pool's nodes have by its role: labels that a kubelet may set, and taints. */
interface RoleMarks {
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Required<NodeTaint>[];
}

/** A worker has none, and what is no role is another rule's business. */
const NONE: RoleMarks = { labels: {}, taints: [] };

const MARKS: Readonly<Partial<Record<string, RoleMarks>>> = {
  loadbalancer: {
    labels: {
      role: "loadbalancer",
      // Services' own balancers send nothing to them, so that no node port has to be open on a public address.
      "node.kubernetes.io/exclude-from-external-load-balancers": "true",
    },
    taints: [{ key: "role", value: "loadbalancer", effect: "NoSchedule" }],
  },
};

type Marked = Required<Pick<NodePoolSpec, "role" | "labels" | "taints">>;

/** The labels that the nodes of a pool set on themselves: its own, and those of its role. */
export function nodeLabelsOf({ role, labels }: Marked): Readonly<Record<string, string>> {
  return { ...labels, ...marksOf(role).labels };
}

/** The taints that the nodes of a pool begin with: its own, and those of its role. */
export function nodeTaintsOf({ role, taints }: Marked): readonly Required<NodeTaint>[] {
  const marks = marksOf(role).taints;
  return [
    ...taints
      .filter((taint) => !marks.some((mark) => isOfKey(mark, taint)))
      .map(({ value = "", ...taint }) => ({ ...taint, value })),
    ...marks,
  ];
}

/** What a kubelet is told of a pool's labels and taints, in its own spelling. */
export function kubeletTexts(pool: Marked): { readonly labels: string; readonly taints: string } {
  return {
    labels: Object.entries(nodeLabelsOf(pool))
      .map(([key, value]) => `${key}=${value}`)
      .join(","),
    taints: nodeTaintsOf(pool)
      .map(({ key, value, effect }) => `${key}=${value}:${effect}`)
      .join(","),
  };
}

/** Labels that say nothing else than the role does. */
export function agreesInLabels(role: Marked["role"]): Rule<Marked["labels"]> {
  return (labels) =>
    Object.entries(marksOf(role).labels)
      .filter(([key, value]) => (labels[key] ?? value) !== value)
      .map(([key, value]) => ({
        mustHold: `must leave out ${key}, which every node of the role ${role} has as "${value}"`,
        got: labels[key],
      }));
}

/** Taints that say nothing else than the role does. */
export function agreesInTaints(role: Marked["role"]): Rule<Marked["taints"]> {
  return (taints) =>
    marksOf(role).taints.flatMap((mark) =>
      taints
        .filter((taint) => isOfKey(mark, taint) && (taint.value ?? "") !== mark.value)
        .map((got) => ({
          mustHold: `must leave out ${mark.key} with ${mark.effect}, which every node of the role ${role} has as "${mark.value}"`,
          got,
        })),
    );
}

function marksOf(role: string): RoleMarks {
  // A role may come from JSON, and "constructor" is in every object.
  return (Object.hasOwn(MARKS, role) ? MARKS[role] : undefined) ?? NONE;
}

function isOfKey(one: NodeTaint, other: NodeTaint): boolean {
  return one.key === other.key && one.effect === other.effect;
}

/** Adds what is wrong with the role of a pool that lends its machines' identity to pods. */
export function checkLender(problems: Problems, { role = "worker" }: Pick<NodePoolSpec, "role">): void {
  if (role !== "worker") {
    problems.add("lends", {
      mustHold: "must be left out: the world reaches the machines of this pool",
      fix: "let a pool of workers lend its identity",
    });
  }
}
