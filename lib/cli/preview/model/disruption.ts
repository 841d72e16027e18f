import type { Facts } from "../../simulator/facts/facts";
import type { AttributeChange } from "./preview";
import { isMaster } from "./stateful";
import { isObject, type Planned } from "./value";

/** How long the API is away while a master is replaced in good order; docs/control-plane.md has it step by step. */
const AWAY = "the API is away for some 3 to 6 minutes, workloads go on";

/** An AWS group's machines are made of a version of a template; a version that is not known yet is a new one. */
const TEMPLATE = /(^|\.)launch_template(\.|$)|^launch_configuration$/;

export interface Disturbed {
  readonly type: string;
  /** The construct's path in its stack. */
  readonly path: string | undefined;
  readonly after: Planned;
  readonly attributes: readonly AttributeChange[];
}

/**
 * What an update in place does to what runs, which Terraform's verb does not say: by facts, and for a group of machines
 * on AWS by whether the provider starts an instance refresh.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/autoscaling_group instance_refresh:
 *   "started when certain attributes change"; without the block nothing is started
 */
export function disruptions({ type, path, after, attributes }: Disturbed, facts: Facts): string[] {
  const changed = attributes.map((attribute) => attribute.path);
  const known = facts
    .of(type, "disrupts")
    .filter(({ attribute = "" }) =>
      changed.some((one) => one === attribute || one.startsWith(`${attribute}.`)),
    )
    .map(({ value }) => String(value as string));
  if (type === "aws_autoscaling_group" && changed.some((one) => TEMPLATE.test(one))) {
    const refreshes = isObject(after) && hasBlock((after as Record<string, Planned>)["instance_refresh"]);
    known.push(
      refreshes ? refreshed(path) : "machines that run stay as they are until something replaces them",
    );
  } else if (known.length > 0 && isMaster(type, path)) {
    known.push(`where the master is among them, ${AWAY}`);
  }
  return [...new Set(known)];
}

function refreshed(path: string | undefined): string {
  return isMaster("aws_autoscaling_group", path)
    ? `the master is replaced: ${AWAY}`
    : "its machines are replaced, some at a time: pods on them are evicted";
}

function hasBlock(value: Planned | undefined): boolean {
  return Array.isArray(value) && value.length > 0;
}
