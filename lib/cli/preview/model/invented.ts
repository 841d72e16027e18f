import { synthesizedPath } from "./synthesized";
import type { Json, TerraformPlan } from "./terraform-plan";
import { isObject, stringsIn, type Planned } from "./value";

/** What the simulator made up when it deployed the base. */
export interface Inventions {
  /** Strings that stand in no configuration. */
  readonly texts: readonly string[];
  /** What has them: of ids and ARNs the construct or address, of others with the attribute. */
  readonly names: ReadonlyMap<string, string>;
}

export const NOTHING_INVENTED: Inventions = { texts: [], names: new Map() };

/** Shorter ones stand in other texts by chance. */
const MIN = 8;

/**
 * What data sources answered, and what stands in a resource where the configuration sets nothing, and nowhere in the configuration. An id that is the
 * name that somebody chose is not made up.
 */
export function inventedIn(
  plan: TerraformPlan | undefined,
  {
    base,
    written,
    answers,
  }: { readonly base?: unknown; readonly written: string; readonly answers: readonly Json[] },
): Inventions {
  const resources = isObject(base) ? (base as Record<string, unknown>)["resource"] : undefined;
  const texts = new Set<string>();
  const names = new Map<string, string>();
  const isMadeUp = (one: string) => one.length >= MIN && !written.includes(one);
  for (const one of answers.flatMap((answer) => stringsIn(answer))) if (isMadeUp(one)) texts.add(one);
  for (const { address, type, name, mode, change } of plan?.resource_changes ?? []) {
    if (mode !== "managed" || !isObject(change.before)) continue;
    const body = member(member(resources, type), name);
    for (const [attribute, value] of Object.entries(change.before) as [string, Planned][]) {
      if (isObject(body) && attribute in body) continue;
      for (const one of stringsIn(value)) {
        if (!isMadeUp(one)) continue;
        texts.add(one);
        const path = synthesizedPath(base, address) ?? address;
        if (attribute === "id" || attribute === "arn") names.set(one, path);
        else if (!names.has(one) && isOwn(one)) names.set(one, `${path}.${attribute}`);
      }
    }
  }
  return { texts: [...texts], names };
}

/** Whether a text can be one thing's alone: an address or a host's name, and no word. */
function isOwn(text: string): boolean {
  return /\d/.test(text) && /[.:/-]/.test(text);
}

/** `text` with the names of things in place of ids that are made up. */
export function withNames(text: string, { names }: Inventions): string {
  // An ARN holds the id of the same thing.
  const longestFirst = [...names].sort(([one], [other]) => other.length - one.length);
  return longestFirst.reduce((sofar, [id, name]) => sofar.replaceAll(id, name), text);
}

/** `value` with the names of things, in braces, in place of ids that are made up. */
export function named(value: Planned, { texts, names }: Inventions): Planned {
  const braced = { texts, names: new Map([...names].map(([id, name]) => [id, `{${name}}`])) };
  const within = (one: Planned): Planned => {
    if (typeof one === "string") return withNames(one, braced);
    if (Array.isArray(one)) return (one as readonly Planned[]).map(within);
    if (!isObject(one)) return one;
    const entries = Object.entries(one) as [string, Planned][];
    return Object.fromEntries(entries.map(([key, inner]) => [key, within(inner)]));
  };
  return within(value);
}

export function holdsInvented(value: Planned, { texts }: Inventions): boolean {
  return stringsIn(value).some((text) => texts.some((made) => text.includes(made)));
}

function member(value: unknown, key: string): unknown {
  return isObject(value) ? (value as Record<string, unknown>)[key] : undefined;
}
