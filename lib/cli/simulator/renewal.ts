import type { Fact } from "./facts/facts";
import type { ResourceType } from "./plan";
import { Unknown, type ObjectValue } from "./protocol/value";

type Known = Pick<ResourceType, "name" | "facts">;

/** The computed attributes that a change of what is `changed` makes anew, such as a launch template's versions. */
export function renewed(type: Known, changed: readonly string[], planned: ObjectValue): string[] {
  const counts = changed.some((path) => path.split(".")[0] !== "tags") ? counters(type, planned) : [];
  const renews = type.facts
    .of(type.name, "renews")
    .filter(({ value }) => Array.isArray(value) && changed.some((path) => value.includes(path)));
  return [...counts, ...renews].map(({ attribute = "" }) => attribute);
}

/** The planned resource after an update: what is counted has gone up by one. */
export function counted(type: Known, prior: ObjectValue, planned: ObjectValue): ObjectValue {
  const result = { ...planned };
  for (const { attribute = "" } of counters(type, planned)) {
    if (result[attribute] instanceof Unknown) result[attribute] = Number(prior[attribute] ?? 0) + 1;
  }
  return result;
}

function counters({ name, facts }: Known, planned: ObjectValue): readonly Fact[] {
  return facts
    .of(name, "counts")
    .filter(({ value }) => value === undefined || planned[String(value)] === true);
}
