import { UNREAD, type ByReason, type DerivedType } from "../../../lib/cli/simulator/facts/derived";
import type { Attribute, Block } from "../../../lib/cli/simulator/schema";
import type { Read, ReadAttribute } from "./sources";

type Verdict = Pick<ReadAttribute, "change" | "why">;

const ABSENT = "not derivable: the source that was read does not have it";
const DIFFERENT = "not derivable: the source that was read has it otherwise";

/**
 * What was read of a resource type, for the attributes and blocks that its binding has. What the source does not have,
 * or has otherwise, may replace.
 */
export function fold(read: Read, block: Block): DerivedType {
  const { attributes = {}, problem, source = UNREAD } = read;
  const verdicts = new Map<string, Verdict>();
  visit(block, "", (path, binding) => {
    const nothing = { change: "may-replace", why: `not derivable: ${problem ?? ""}` } as const;
    verdicts.set(path, problem === undefined ? verdictOf(attributes, path, binding) : nothing);
  });
  return {
    source,
    ...byChange(verdicts),
    ...sensitiveIn(read, block),
  };
}

/** What a type's source marks as sensitive, of a data source too. */
export function sensitiveIn(read: Read, block: Block): Pick<DerivedType, "sensitive"> {
  const found = Object.entries(read.attributes ?? {})
    .filter(([path, { sensitive }]) => sensitive && isThere(block, path.split(".")))
    .map(([path]) => path)
    .sort();
  return found.length > 0 ? { sensitive: found } : {};
}

/** Calls back with the path of each attribute that can be set, and of each block (with undefined). `id` is none. */
export function visit(
  block: Block,
  prefix: string,
  call: (path: string, attribute: Attribute | undefined) => void,
): void {
  for (const [name, attribute] of Object.entries(block.attributes))
    if ((attribute.optional || attribute.required) && prefix + name !== "id") call(prefix + name, attribute);
  for (const [name, nested] of Object.entries(block.blocks)) {
    if (prefix + name !== "timeouts") call(prefix + name, undefined);
    visit(nested.block, `${prefix}${name}.`, call);
  }
}

function verdictOf(
  read: Readonly<Record<string, ReadAttribute>>,
  path: string,
  binding: Attribute | undefined,
): Verdict {
  // The SDK's and the framework's own: how long to wait is no argument of the cloud's.
  if (path.startsWith("timeouts.")) return { change: "in-place", why: "a timeout" };
  const own = read[path];
  if (!own) return { change: "may-replace", why: ABSENT };
  if (!binding) return own.block ? own : { change: "may-replace", why: DIFFERENT };
  const isSame = own.flags === "unknown" || own.flags === flagsOf(binding);
  if (!isSame && !isTagsAll(path)) return { change: "may-replace", why: `${DIFFERENT} (${own.flags ?? ""})` };
  // A block in the source that Terraform takes as an attribute changes as a whole.
  const parts = Object.entries(read).filter(([other]) => other.startsWith(`${path}.`));
  const differing = parts.find(([, part]) => part.change !== own.change && !isComputed(part));
  if (!own.block || !differing) return own;
  return {
    change: "may-replace",
    why: `it is one attribute here, and ${differing[0]} in it ${said(differing[1])}`,
  };
}

function said({ change, why }: ReadAttribute): string {
  return `${change === "replaces" ? "replaces" : change === "in-place" ? "is changed in place" : "may replace"} (${why})`;
}

function isComputed({ flags }: ReadAttribute): boolean {
  return flags === "Computed";
}

/** The provider adds the tags of its own configuration, which makes them settable in the binding's eyes. */
function isTagsAll(path: string): boolean {
  return path === "tags_all";
}

function flagsOf({ required, optional, computed }: Attribute): string {
  return [required && "Required", optional && "Optional", computed && "Computed"].filter(Boolean).join("+");
}

function byChange(verdicts: ReadonlyMap<string, Verdict>): Omit<DerivedType, "source" | "sensitive"> {
  const changes: Record<string, Record<string, string[]>> = {};
  for (const [path, { change, why }] of [...verdicts].sort(([one], [other]) => (one < other ? -1 : 1)))
    ((changes[change] ??= {})[why] ??= []).push(path);
  const sorted = (change: string): Record<string, ByReason> =>
    changes[change]
      ? {
          [change]: Object.fromEntries(
            Object.entries(changes[change]).sort(([one], [other]) => (one < other ? -1 : 1)),
          ),
        }
      : {};
  return { ...sorted("replaces"), ...sorted("in-place"), ...sorted("may-replace") };
}

function isThere(block: Block, [name = "", ...rest]: readonly string[]): boolean {
  const nested = block.blocks[name];
  if (nested) return rest.length === 0 || isThere(nested.block, rest);
  const attribute = block.attributes[name];
  return (
    attribute !== undefined && rest.every((member) => JSON.stringify(attribute.type).includes(`"${member}":`))
  );
}
