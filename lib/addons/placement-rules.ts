import { Token } from "cdktf";
import {
  areNodeTaints,
  type Fault,
  isNodeKey,
  isNodeValue,
  type NodeTaint,
  type Problems,
  type Rule,
} from "../core";
import type { Labels } from "./labels";
import type { Placement } from "./placement";
import { asObject, isObjectName } from "./name-rules";

/** Adds what is wrong with where pods are to go. */
export function checkPlacement(problems: Problems, { nodeLabels, taints, priorityClass }: Placement): void {
  if (nodeLabels !== undefined) {
    problems.check("nodeLabels", nodeLabels, areLabels);
  }
  if (taints !== undefined) {
    problems.check("taints", taints, areTaints);
  }
  if (priorityClass !== undefined) {
    problems.check("priorityClass", priorityClass, isObjectName);
  }
}

/** Labels of whoever has set them, unlike those that a kubelet may set itself. */
const areLabels: Rule<Labels> = (labels) => {
  if (Token.isUnresolved(labels)) {
    return [];
  }
  return typeof labels !== "object" || (labels as unknown) === null || Array.isArray(labels)
    ? [{ mustHold: 'must be labels by key, such as { disk: "fast" }', got: labels }]
    : Object.entries(labels).flatMap(([key, value]): readonly Fault[] => [
        ...isNodeKey(key),
        ...(Token.isUnresolved(value) ? [] : isNodeValue(value)),
      ]);
};

/** Taints that nodes can have. */
const areTaints: Rule<readonly NodeTaint[]> = (taints) =>
  Array.isArray(taints) && taints.every((taint) => typeof asObject(taint)["key"] === "string")
    ? areNodeTaints(taints)
    : [
        {
          mustHold: 'must be a list of taints, such as [{ key: "only", effect: "NoSchedule" }]',
          got: taints,
        },
      ];
