import type { TerraformPlan } from "./terraform-plan";
import { isObject, stringsIn, type Planned } from "./value";

/** Shorter ones stand in other texts by chance. */
const MIN = 8;

/**
 * The strings that the simulator made up when it deployed the base: what stands in a resource where the configuration
 * sets nothing, and nowhere in the configuration. An id that is the name that somebody chose is none.
 */
export function inventedIn(plan: TerraformPlan | undefined, base: unknown): string[] {
  const text = JSON.stringify(base ?? {});
  const resources = isObject(base) ? (base as Record<string, unknown>)["resource"] : undefined;
  const found = new Set<string>();
  for (const { type, name, mode, change } of plan?.resource_changes ?? []) {
    if (mode !== "managed" || !isObject(change.before)) continue;
    const body = member(member(resources, type), name);
    for (const [attribute, value] of Object.entries(change.before) as [string, Planned][]) {
      if (isObject(body) && attribute in body) continue;
      for (const one of stringsIn(value)) if (one.length >= MIN && !text.includes(one)) found.add(one);
    }
  }
  return [...found];
}

function member(value: unknown, key: string): unknown {
  return isObject(value) ? (value as Record<string, unknown>)[key] : undefined;
}
