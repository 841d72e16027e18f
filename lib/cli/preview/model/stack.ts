import type { Facts } from "../../simulator/facts/facts";
import type { Diagnostic } from "../simulation/diagnostics";
import type { SimulatedStack } from "../simulation/simulation";
import type { Surroundings } from "./attributes";
import { changesOf } from "./changes";
import { holdsInvented, inventedIn, named, NOTHING_INVENTED, withNames, type Inventions } from "./invented";
import { knownFailures } from "./known-failures";
import { LONG_TEXT_MAX, type Change, type Shown, type StackPreview } from "./preview";
import { incompleteness } from "./incomplete";
import { renamesIn } from "./renames";
import type { Secrets } from "./secrets";
import { secretsOf } from "./secrets-of";
import { lostWith } from "./stateful";
import { changedProviders, synthesizedPath } from "./synthesized";
import type { TerraformPlan } from "./terraform-plan";
import { unprotectedIn } from "./unprotected";
import { equal, UNKNOWN, withUnknowns, type Planned } from "./value";

/** What a real plan says of a stack that `name` is made up for. */
export function describeRealPlan(name: string, plan: TerraformPlan, facts: Facts): StackPreview {
  const secrets = secretsOf({ plan }, facts);
  const surroundings = { facts, secrets, invented: NOTHING_INVENTED, simulated: false };
  const drift = plan.resource_drift?.length ?? 0;
  const notes =
    drift > 0 ? [`Terraform found ${drift} of its resources changed outside of it before it planned.`] : [];
  if (plan.errored) notes.push("This plan ended with an error: it is not all that would be done.");
  const described = describePlan({ plan }, surroundings);
  const refusals = knownFailures({ plan }, facts).map((one) => diagnostic(one, surroundings));
  const isEmpty = described.changes.length === 0 && described.outputs.length === 0;
  return {
    ...{ name: secrets.mask(name), status: "changed", errors: [], refusals, unprotected: [], notes },
    ...described,
    ...(isEmpty && { status: "unchanged" }),
    // What was planned before the error is told, but it is no plan.
    ...(plan.errored && { status: "failed" }),
    ...(!plan.errored && incompleteness(plan).length > 0 && { status: "changed", incomplete: true }),
  };
}

/** What the simulation found of a stack, without secrets. */
export function describeSimulated(
  stack: SimulatedStack,
  facts: Facts,
  others: readonly SimulatedStack[] = [],
): StackPreview {
  const { plan, base, head, held, baseErrors, planErrors, applyErrors } = stack;
  const shared = secretsInAll(stack.configurations, facts);
  const secrets = secretsOf({ ...(plan && { plan }), configurations: [base, head], shared }, facts);
  const surroundings = { facts, secrets, invented: inventionsOf(stack, others), simulated: true };
  const plain = (one: Diagnostic) => diagnostic(one, surroundings);
  const notes = baseErrors.map(
    ({ summary, detail }) =>
      `The base could not be deployed whole, so the plan is against what was made of it: ${plain({ severity: "error", summary, detail }).summary}`,
  );
  notes.push(...changedProviders(base, head).map((note) => secrets.mask(note)));
  if (stack.status === "unchanged" && plan)
    notes.push("Its code is the same: it reads what another stack says.");
  const removed = held.map((address) => leftBehind(address, synthesizedPath(base, address), secrets));
  const described = plan
    ? describePlan({ plan, base, head }, surroundings)
    : { changes: removed, outputs: [], renames: [] };
  const { changes, outputs } = described;
  const known = plan ? knownFailures({ plan, base, head }, facts) : [];
  // What else a deploy would be refused for depends on which of two things of one name is there just then.
  const refusals = known.some(({ summary }) => summary.startsWith("cannot create"))
    ? known
    : [...applyErrors, ...known];
  const unprotected = unprotectedIn({ base, head }, changes, secrets);
  const status =
    planErrors.length > 0
      ? "failed"
      : stack.status === "unchanged" && changes.length + outputs.length + unprotected.length > 0
        ? "changed"
        : stack.status;
  return {
    ...{ name: secrets.mask(stack.name), status, notes: cut(notes), ...described },
    errors: planErrors.map(plain).sort(byText),
    refusals: refusals.map(plain).sort(byText),
    unprotected,
  };
}

const learned = new WeakMap<object, Secrets>();

/** The secrets of all stacks, which are learned once: each stack of one preview has the same configurations. */
function secretsInAll(configurations: readonly unknown[], facts: Facts): Secrets {
  const secrets = learned.get(configurations) ?? secretsOf({ configurations }, facts);
  learned.set(configurations, secrets);
  return secrets;
}

function describePlan(
  planned: { plan: TerraformPlan; base?: unknown; head?: unknown },
  surroundings: Surroundings,
): Pick<StackPreview, "changes" | "outputs" | "renames"> {
  const { plan } = planned;
  return {
    changes: changesOf(planned, surroundings),
    outputs: outputsOf(plan, surroundings),
    renames: renamesIn(planned, surroundings),
  };
}

/** What was made up for a stack, with names for what it reads of others too. */
function inventionsOf(stack: SimulatedStack, others: readonly SimulatedStack[]): Inventions {
  const { texts, names } = inventedIn(stack.plan, stack);
  const theirs = others
    .filter((other) => other !== stack)
    .flatMap((other) =>
      [...inventedIn(other.plan, other).names].map(([id, name]) => [id, `${other.name}/${name}`] as const),
    );
  const isRead = new Set(texts);
  return { texts, names: new Map([...theirs.filter(([id]) => isRead.has(id)), ...names]) };
}

/** A resource of a stack that the head has no more: no deploy will touch it. */
function leftBehind(address: string, path: string | undefined, secrets: Secrets): Change {
  const type = /^(?:module\.[^.]+\.)*([^.]+)/.exec(address)?.[1] ?? address;
  const lost = lostWith(type, path);
  return {
    address: secrets.mask(address),
    type: secrets.mask(type),
    ...(path === undefined ? {} : { path: secrets.mask(path) }),
    ...{ action: "forget", certainty: "certain", forcedBy: [], follows: [], attributes: [] },
    ...{ disruption: [], notes: [] },
    ...(lost === undefined ? {} : { stateful: lost }),
  };
}

function outputsOf(
  { output_changes: outputs = {} }: TerraformPlan,
  { secrets, invented, simulated }: Surroundings,
): StackPreview["outputs"] {
  return Object.entries(outputs).flatMap(([name, change]) => {
    const before = (change.before ?? null) as Planned;
    const after = withUnknowns(change.after, change.after_unknown);
    if (change.actions[0] === "no-op" || equal(before, after)) return [];
    const isSecret = [change.before_sensitive, change.after_sensitive].some((mark) =>
      JSON.stringify(mark ?? false).includes("true"),
    );
    const show = (value: Planned): Shown => {
      if (value === null) return { kind: "none" };
      if (value === UNKNOWN || stringify(value).includes(NOT_KNOWN)) return { kind: "unknown" };
      if (isSecret || SECRET_OUTPUT.test(name)) return { kind: "sensitive" };
      const told = simulated && holdsInvented(value, invented) ? named(value, invented) : value;
      if (simulated && holdsInvented(told, invented)) return { kind: "simulated" };
      const text = secrets.maskedJson(told, NOT_KNOWN);
      return { kind: "value", text: text.length > 200 ? `${text.slice(0, 199)}…` : text };
    };
    const action =
      before === null ? ("create" as const) : after === null ? ("destroy" as const) : ("update" as const);
    return [{ name: secrets.mask(name), action, before: show(before), after: show(after) }];
  });
}

const NOT_KNOWN = "(known after the deploy)";
const SECRET_OUTPUT = /passw|secret|token|key|credential|kube_?config|connection/i;

function stringify(value: Planned): string {
  return JSON.stringify(value, (_key, one: unknown) => (one === UNKNOWN ? NOT_KNOWN : one));
}

/** Ids in a diagnostic are made up in a simulation; the addresses that stand with it say what is meant. */
function diagnostic(
  { summary, detail, address }: Diagnostic,
  { secrets, invented }: Surroundings,
): StackPreview["errors"][number] {
  const plain = (text: string) => secrets.mask(withNames(text, invented)).slice(0, LONG_TEXT_MAX);
  return {
    // The document says of itself that it is simulated.
    summary: plain(summary).replace(/^simulated: /, ""),
    detail: plain(detail),
    ...(address === undefined ? {} : { address: plain(address) }),
  };
}

/** Terraform works at several things at once, and tells of each when it is done. */
function byText(one: object, other: object): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}

function cut(notes: readonly string[]): string[] {
  return notes.map((note) => note.slice(0, LONG_TEXT_MAX));
}
