import { attributeChanges, type Surroundings } from "./attributes";
import { disruptions } from "./disruption";
import { DETAILS_MAX, type Action, type AttributeChange, type Certainty, type Change } from "./preview";
import { References, withoutKeys } from "./references";
import { lostWith } from "./stateful";
import { changedData, synthesized, synthesizedPath, type Configuration } from "./synthesized";
import type { ResourceChange, TerraformPlan } from "./terraform-plan";
import { withUnknowns, type Planned } from "./value";

/** What a plan does to resources, the gravest first. */
export function changesOf(
  { plan, base, head }: { plan: TerraformPlan; base?: Configuration; head?: Configuration },
  surroundings: Surroundings,
): Change[] {
  const references = new References(plan);
  const managed = (plan.resource_changes ?? []).filter(({ mode }) => mode === "managed");
  const changing = managed.flatMap((one) => {
    const action = actionOf(one);
    return action ? [{ one, action }] : [];
  });
  // What goes as a leftover copy disturbs nothing.
  const current = changing.filter(({ one }) => one.deposed === undefined);
  const disturbed = new Set(
    current
      .filter(({ action }) => action !== "move" && action !== "forget")
      .map(({ one }) => withoutKeys(one.address)),
  );
  const remade = new Set(
    current
      .filter(({ action }) => action === "replace" || action === "destroy")
      .map(({ one }) => withoutKeys(one.address)),
  );
  const open = openData(plan, base, head);
  const changes = changing.map(({ one, action }) =>
    describe(one, action, { base, head, references, disturbed, remade, open, surroundings }),
  );
  return changes.sort((one, other) => rank(one) - rank(other) || compare(one.address, other.address));
}

function actionOf({ change, previous_address: previous, address }: ResourceChange): Action | undefined {
  const { actions, importing } = change;
  const [first, second] = actions;
  if (second !== undefined) return actions.includes("forget") ? "create" : "replace";
  if (first === "create") return "create";
  if (first === "delete") return "destroy";
  if (first === "update") return "update";
  if (first === "forget") return "forget";
  if (importing) return "import";
  return previous !== undefined && previous !== address ? "move" : undefined;
}

function describe(
  one: ResourceChange,
  action: Action,
  context: {
    base: Configuration;
    head: Configuration;
    references: References;
    disturbed: ReadonlySet<string>;
    /** What has another id after the deploy, or none. */
    remade: ReadonlySet<string>;
    open: ReadonlySet<string>;
    surroundings: Surroundings;
  },
): Change {
  const { base, head, references, disturbed, remade, open, surroundings } = context;
  const { secrets, simulated } = surroundings;
  const { change, type } = one;
  const before = (change.before ?? null) as Planned;
  const after = withUnknowns(change.after, change.after_unknown);
  const [bodyInBase, bodyInHead] = [
    synthesized(base, one.previous_address ?? one.address),
    synthesized(head, one.address),
  ];
  const forcing = new Set((change.replace_paths ?? []).map((steps) => pathOf(steps)));
  const attributes: AttributeChange[] =
    action === "destroy" || action === "forget" || action === "move"
      ? []
      : attributeChanges(
          {
            ...{ type, before, after, forcing },
            marks: { before: change.before_sensitive, after: change.after_sensitive },
            base: bodyInBase,
            head: references.set(one.address) ?? bodyInHead,
            onlyAdds: (attribute) => onlyAdds(bodyInBase?.[attribute], bodyInHead?.[attribute], remade),
          },
          surroundings,
        );
  const disturbing = (attribute?: string) =>
    references
      .of(one.address, attribute)
      .filter((address) => disturbed.has(address) && address !== withoutKeys(one.address));
  const causes =
    action === "replace"
      ? [...forcing].flatMap((path) => disturbing(path.split(".")[0]))
      : action === "update"
        ? attributes
            .filter(({ after: to }) => to.kind === "unknown")
            .flatMap(({ path }) => disturbing(path.split(".")[0]))
        : [];
  const path = synthesizedPath(head, one.address) ?? synthesizedPath(base, one.address);
  const isCopy = one.deposed !== undefined;
  const lost = isCopy ? undefined : lostWith(type, path);
  const createFirst = change.actions[0] === "create";
  return {
    address: secrets.mask(one.address),
    type: secrets.mask(type),
    ...(path === undefined ? {} : { path: secrets.mask(path) }),
    ...(one.previous_address === undefined || one.previous_address === one.address
      ? {}
      : { previousAddress: secrets.mask(one.previous_address) }),
    action,
    ...(action === "replace" ? { createFirst } : {}),
    certainty: simulated
      ? certaintyOf(action, attributes, {
          dependsOnData: attributes.some(({ path: at }) =>
            references.of(one.address, at.split(".")[0]).some((address) => open.has(address)),
          ),
          runsPrograms:
            (action === "create" || action === "replace") &&
            (references.hasProvisioners(one.address) ||
              (bodyInHead !== undefined && "provisioner" in bodyInHead)),
        })
      : "certain",
    ...(lost === undefined ? {} : { stateful: lost }),
    forcedBy: [...forcing].slice(0, DETAILS_MAX).map((attribute) => {
      const fact = simulated ? surroundings.facts.onChange(type, attribute) : undefined;
      return { attribute: secrets.mask(attribute), ...(fact && { source: fact.source }) };
    }),
    follows: [...new Set(causes)].slice(0, DETAILS_MAX).map((address) => secrets.mask(address)),
    attributes,
    ...(isCopy
      ? { disruption: [], notes: [COPY] }
      : disruptions({ type, path, action, after, attributes, createFirst, head }, surroundings.facts)),
  };
}

/** @see https://developer.hashicorp.com/terraform/internals/json-format "deposed" */
const COPY = "it is the copy that an earlier replacement has left over, and its successor stays";

/** Whether a list keeps all that it had, and none of that gets another id. */
function onlyAdds(before: unknown, after: unknown, remade: ReadonlySet<string>): boolean {
  if (!Array.isArray(before) || !Array.isArray(after) || after.length <= before.length) return false;
  const stays = (item: unknown) =>
    typeof item === "string" &&
    after.includes(item) &&
    [...item.matchAll(/\$\{((?:data\.)?[\w-]+\.[\w-]+)/g)].every(([, address = ""]) => !remade.has(address));
  return before.every(stays);
}

function certaintyOf(
  action: Action,
  attributes: readonly AttributeChange[],
  { dependsOnData, runsPrograms }: { readonly dependsOnData: boolean; readonly runsPrograms: boolean },
): Certainty {
  if (runsPrograms) return "not-simulated";
  const open = attributes.some(({ effect }) => effect === "may-replace" || effect === "not-known");
  if (action === "update" && open) return "may-replace";
  // That something is created is certain, whatever it is made of.
  if (action !== "update" && action !== "replace") return "certain";
  return dependsOnData ? "depends-on-data" : "documented";
}

/** The data sources that may answer something else than on the base: those asked at the deploy, and those asked anew. */
function openData(plan: TerraformPlan, base: Configuration, head: Configuration): Set<string> {
  const late = (plan.resource_changes ?? []).filter(
    ({ mode, change }) => mode === "data" && change.actions[0] === "read",
  );
  return new Set([...late.map(({ address }) => withoutKeys(address)), ...changedData(base, head)]);
}

function pathOf(steps: readonly (string | number)[]): string {
  return steps.filter((step) => typeof step === "string").join(".");
}

const ORDER: readonly Action[] = ["destroy", "replace", "forget", "update", "create", "import", "move"];

function rank({ action, stateful, follows, certainty }: Change): number {
  const isGrave =
    stateful !== undefined && (action === "destroy" || action === "replace" || certainty === "may-replace");
  return (isGrave ? 0 : 100) + ORDER.indexOf(action) * 10 + (follows.length > 0 ? 1 : 0);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
