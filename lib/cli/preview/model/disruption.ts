import type { Facts } from "../../simulator/facts/facts";
import { claimsNote, podsOf, podsWhenReplaced } from "./pods";
import type { Action, AttributeChange, Change } from "./preview";
import { isGroup, isMaster } from "./stateful";
import type { Configuration } from "./synthesized";
import { isObject, type Planned } from "./value";

/** How long the API is away while a master is replaced in good order; docs/control-plane.md has it step by step. */
const AWAY = "the API is away for some 3 to 6 minutes, workloads go on";

/** An AWS group's machines are made of a version of a template; a version that is not known yet is a new one. */
const TEMPLATE = /(^|\.)launch_template(\.|$)|^launch_configuration$/;

/** The types that are one machine each. */
const MACHINES = new Set(["aws_instance", "azurerm_linux_virtual_machine"]);

export interface Disturbed {
  readonly type: string;
  /** The construct's path in its stack. */
  readonly path: string | undefined;
  readonly action: Action;
  readonly createFirst: boolean;
  readonly after: Planned;
  readonly attributes: readonly AttributeChange[];
  /** The stack's synthesized configuration, where there is one. */
  readonly head: Configuration;
}

/** What becomes of what runs, which Terraform's verb does not say. */
export function disruptions(disturbed: Disturbed, facts: Facts): Pick<Change, "disruption" | "notes"> {
  const { type, action } = disturbed;
  if (action === "replace" || action === "destroy") {
    const remade = whenRemade(disturbed);
    return { disruption: remade === undefined ? [] : [remade], notes: [] };
  }
  if (action !== "update") return { disruption: [], notes: [] };
  const known = knownOf(disturbed, facts);
  const claims = claimsNote(
    type,
    disturbed.attributes.map(({ path }) => path),
  );
  const pods = known.length > 0 ? podsOf(type, disturbed.after) : undefined;
  if (pods !== undefined) return { ...pods, notes: [...pods.notes, ...claims] };
  if (claims.length > 0) return { disruption: [], notes: [...claims] };
  const rolls = isGroup(type) ? rollsOut(disturbed, known.length > 0) : undefined;
  if (rolls === undefined) return { disruption: [...new Set(known)], notes: [] };
  return rolls
    ? { disruption: [refreshed(disturbed)], notes: [] }
    : { disruption: [], notes: ["machines that run stay as they are until something replaces them"] };
}

function whenRemade({ type, path, action, createFirst }: Disturbed): string | undefined {
  const isGone = action === "destroy";
  if (MACHINES.has(type)) return isGone || createFirst ? undefined : "it is away until its successor runs";
  const pods = isGone ? undefined : podsWhenReplaced(type, createFirst);
  if (pods !== undefined) return pods;
  if (!isGroup(type)) return undefined;
  if (isMaster(type, path)) return isGone ? "the API is gone with it" : `the master is replaced: ${AWAY}`;
  if (isGone) return "all its machines go: pods on them are evicted";
  return createFirst
    ? "all its machines go once the new group is there: pods on them are evicted"
    : "all its machines go at once, before new ones are there: pods on them wait for these";
}

/** What facts say of the attributes that change. */
function knownOf({ type, attributes }: Disturbed, facts: Facts): string[] {
  return facts
    .of(type, "disrupts")
    .filter(({ attribute = "" }) =>
      attributes.some(({ path }) => path === attribute || path.startsWith(`${attribute}.`)),
    )
    .map(({ value }) => String(value as string));
}

/**
 * Whether the deploy replaces a group's machines; undefined where they have nothing new to take, or where nobody knows.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/autoscaling_group instance_refresh:
 *   "started when certain attributes change"; without the block nothing is started
 * @see https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/guides/features-block
 *   roll_instances_when_required, which is true where nothing is said; with it, or where `upgrade_mode` is not Manual,
 *   updateInstances in provider-azurerm internal/services/compute/linux_virtual_machine_scale_set_resource.go
 */
function rollsOut({ type, after, attributes, head }: Disturbed, isKnown: boolean): boolean | undefined {
  const planned = isObject(after) ? (after as Readonly<Record<string, Planned>>) : {};
  if (type === "aws_autoscaling_group") {
    if (!attributes.some(({ path }) => TEMPLATE.test(path))) return undefined;
    const refresh = planned["instance_refresh"];
    return Array.isArray(refresh) && refresh.length > 0;
  }
  if (!isKnown) return undefined;
  if ((planned["upgrade_mode"] ?? "Manual") !== "Manual") return true;
  if (head === undefined) return undefined;
  const feature = find(head, ["provider", "azurerm", "features", "virtual_machine_scale_set"]);
  return find(feature, ["roll_instances_when_required"]) !== false;
}

function refreshed({ type, path }: Disturbed): string {
  if (isMaster(type, path)) return `the master is replaced: ${AWAY}`;
  const what = type === "aws_autoscaling_group" ? "replaced" : "replaced or re-imaged";
  return `its machines are ${what}, some at a time: pods on them are evicted`;
}

/** What stands at a path, of lists in the first element. */
function find(value: unknown, path: readonly string[]): unknown {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  const [name, ...rest] = path;
  if (name === undefined) return one;
  return isObject(one) ? find((one as Record<string, unknown>)[name], rest) : undefined;
}
