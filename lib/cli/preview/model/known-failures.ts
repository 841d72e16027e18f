import type { Fact, Facts } from "../../simulator/facts/facts";
import { synthesizedPath, type Configuration } from "./synthesized";
import type { Diagnostic } from "../simulation/diagnostics";
import type { ResourceChange, TerraformPlan } from "./terraform-plan";
import { equal, isObject, type Planned } from "./value";

/**
 * What a deploy of the plan is refused for, though the plan shows no sign of it: by facts about names that are taken,
 * and about changes that only the provider's update refuses.
 */
export function knownFailures(
  {
    plan,
    base,
    head,
  }: { readonly plan: TerraformPlan; readonly base?: Configuration; readonly head?: Configuration },
  facts: Facts,
): Diagnostic[] {
  const managed = (plan.resource_changes ?? []).filter(({ mode }) => mode === "managed");
  const nameOf = ({ address }: ResourceChange) =>
    synthesizedPath(head, address) ?? synthesizedPath(base, address) ?? address;
  const going = new Map<string, ResourceChange[]>();
  for (const one of managed.filter(isGoing)) {
    const known = going.get(one.type);
    if (known) known.push(one);
    else going.set(one.type, [one]);
  }
  return managed.flatMap((one) => {
    const { type, change } = one;
    const before = (change.before ?? null) as Planned;
    const after = (change.after ?? null) as Planned;
    const of = (attribute: string | undefined) => [at(before, attribute), at(after, attribute)] as const;
    const failures: Diagnostic[] = [];
    const add = (verb: string, { error = "", source }: Fact, why: string) =>
      failures.push({
        severity: "error",
        summary: `cannot ${verb} this ${type}`,
        detail: `${error}\n\n${nameOf(one)}: ${why}\nSource: ${source}`,
      });
    if (change.actions.join() === "update") {
      for (const row of facts.of(type, "refuses-change")) {
        const [from, to] = of(row.attribute);
        if (equal(from, to) || (row.value !== undefined && from !== row.value)) continue;
        add("change", row, `'${row.attribute}' would change`);
      }
    }
    if (change.actions.length === 2) {
      for (const row of facts.of(type, "keeps-name")) {
        const [[from, to], [here, there]] = [of(row.attribute), of(String(row.value as string))];
        if (equal(from, to) && !equal(here, there))
          add(
            "create",
            row,
            `the one that is destroyed keeps '${row.attribute}', and '${String(row.value as string)}' is another`,
          );
      }
    }
    for (const row of facts.of(type, "unique")) {
      const taken = takenBy(one, row, going.get(one.type) ?? []);
      if (taken)
        add(
          "create",
          row,
          `${nameOf(taken)} has the same '${row.attribute}', and is destroyed later, or at the same time`,
        );
    }
    return failures;
  });
}

/** What has the name that `one` is created with, and goes in the same deploy without being waited for. */
function takenBy(
  one: ResourceChange,
  { attribute, within }: Fact,
  going: readonly ResourceChange[],
): ResourceChange | undefined {
  const { actions, after } = one.change;
  const name = at((after ?? null) as Planned, attribute);
  if (name === null || (actions[0] !== "create" && actions[1] !== "create")) return undefined;
  const isOwnSuccessor = actions[0] === "create" && actions.length === 2;
  // One that makes way for itself is waited for, unless its successor is to be there first.
  return [...(isOwnSuccessor ? [one] : []), ...going].find((other) => {
    const before = (other.change.before ?? null) as Planned;
    return (
      equal(at(before, attribute), name) &&
      (within === undefined || equal(at(before, within), at((after ?? null) as Planned, within)))
    );
  });
}

function isGoing({ change: { actions } }: ResourceChange): boolean {
  return actions.join() === "delete";
}

function at(value: Planned, attribute = ""): Planned {
  return isObject(value) ? ((value as Readonly<Record<string, Planned>>)[attribute] ?? null) : null;
}
