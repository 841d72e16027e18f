import type { NodeTaint } from "../core";
import type { Labels } from "./labels";

/** Which machines pods go to, and how urgently. */
export interface Placement {
  /**
   * The labels that a machine has to have, such as a pool's.
   * @default any machine
   */
  readonly nodeLabels?: Labels;
  /**
   * The taints of those machines, which the pods then tolerate.
   * @default none
   */
  readonly taints?: readonly NodeTaint[];
  /**
   * A PriorityClass, by its name.
   * @default the cluster's default
   */
  readonly priorityClass?: string;
}

/** The part of a pod that says where it goes. */
export function placed({ nodeLabels, taints = [], priorityClass }: Placement) {
  return {
    nodeSelector: nodeLabels,
    priorityClassName: priorityClass,
    toleration: taints.map(({ key, value = "", effect }) => ({ key, operator: "Equal", value, effect })),
  };
}

/**
 * The part of a pod that keeps members of a quorum apart: never two on one machine, and evenly over the zones that have machines for
 * them. A zone whose machines are lost does not count, so nobody waits for it.
 */
export function apart(selector: Labels) {
  return {
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { labelSelector: [{ matchLabels: { ...selector } }], topologyKey: "kubernetes.io/hostname" },
        ],
      },
    },
    topologySpreadConstraint: [
      {
        maxSkew: 1,
        topologyKey: "topology.kubernetes.io/zone",
        // Volumes stay in the zone that they were made in, so the first placement is for good.
        whenUnsatisfiable: "DoNotSchedule",
        nodeTaintsPolicy: "Honor",
        labelSelector: [{ matchLabels: { ...selector } }],
      },
    ],
  };
}
