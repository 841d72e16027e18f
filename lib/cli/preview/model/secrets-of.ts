import type { Facts } from "../../simulator/facts/facts";
import { Secrets } from "./secrets";
import type { StateModule, TerraformPlan } from "./terraform-plan";
import { isObject, type Planned } from "./value";

/**
 * The secrets in a plan and in synthesized configurations: whatever stands where the provider, a fact or a name says
 * that one does.
 */
export function secretsOf(
  {
    plan,
    configurations = [],
    shared,
  }: {
    readonly plan?: TerraformPlan;
    readonly configurations?: readonly unknown[];
    /** What is known already. */
    readonly shared?: Secrets;
  },
  facts: Facts,
): Secrets {
  const secrets = new Secrets(shared);
  if (plan) learnPlan(secrets, plan, facts);
  for (const configuration of configurations) learnConfiguration(secrets, configuration, facts);
  return secrets;
}

function learnPlan(secrets: Secrets, plan: TerraformPlan, facts: Facts): void {
  const { resource_changes: changes = [], resource_drift: drift = [], output_changes: outputs = {} } = plan;
  for (const { type, mode, change } of [...changes, ...drift]) {
    learnResource(
      secrets,
      mode === "data" ? `data.${type}` : type,
      change.before,
      change.before_sensitive,
      facts,
    );
    learnResource(
      secrets,
      mode === "data" ? `data.${type}` : type,
      change.after,
      change.after_sensitive,
      facts,
    );
  }
  for (const [name, output] of Object.entries(outputs)) {
    secrets.learn(planned(output.before), output.before_sensitive, [name]);
    secrets.learn(planned(output.after), output.after_sensitive, [name]);
  }
  learnState(secrets, plan.prior_state?.values?.root_module, facts);
  for (const { expressions } of Object.values(plan.configuration?.provider_config ?? {}))
    secrets.learn(constantsIn(planned(expressions)), undefined);
  const declared = plan.configuration?.root_module?.variables ?? {};
  for (const [name, { value }] of Object.entries(plan.variables ?? {}))
    secrets.learn(planned(value), declared[name]?.sensitive === true, [name]);
}

/** What data sources have answered; what is managed stands among the changes. */
function learnState(secrets: Secrets, module: StateModule | undefined, facts: Facts): void {
  for (const { mode, type = "", values, sensitive_values: marks } of module?.resources ?? [])
    if (mode === "data") learnResource(secrets, `data.${type}`, values, marks, facts);
  for (const inner of module?.child_modules ?? []) learnState(secrets, inner, facts);
}

/** Expressions of a plan as the values that they have; what refers to others says nothing itself. */
function constantsIn(expression: Planned): Planned {
  if (Array.isArray(expression)) return (expression as readonly Planned[]).map(constantsIn);
  if (!isObject(expression)) return null;
  if ("constant_value" in expression) return planned(member(expression, "constant_value"));
  return Object.fromEntries(entries(expression).map(([name, inner]) => [name, constantsIn(planned(inner))]));
}

function learnConfiguration(secrets: Secrets, configuration: unknown, facts: Facts): void {
  for (const kind of ["resource", "data", "ephemeral"]) {
    // A type's name or a resource's own says nothing of what stands in it: a secret's description is none.
    for (const [type, named] of entries(member(configuration, kind)))
      for (const [, body] of entries(named))
        learnResource(secrets, kind === "resource" ? type : `${kind}.${type}`, body, undefined, facts);
  }
  for (const kind of ["variable", "output"]) {
    for (const [name, body] of entries(member(configuration, kind))) {
      const marked = member(body, "sensitive") === true;
      secrets.learn(planned(member(body, kind === "variable" ? "default" : "value")), marked, [name]);
    }
  }
  for (const kind of ["locals", "provider", "module"])
    secrets.learn(planned(member(configuration, kind)), false);
}

function learnResource(secrets: Secrets, type: string, body: unknown, marks: unknown, facts: Facts): void {
  secrets.learn(planned(body), marks);
  for (const { attribute = "" } of facts.of(type, "sensitive"))
    secrets.add(valueAt(planned(body), attribute.split(".")));
}

function valueAt(value: Planned, [name, ...rest]: readonly string[]): Planned {
  if (name === undefined) return value;
  if (Array.isArray(value)) return (value as readonly Planned[]).map((one) => valueAt(one, [name, ...rest]));
  return valueAt(planned(member(value, name)), rest);
}

function planned(value: unknown): Planned {
  return (value ?? null) as Planned;
}

function entries(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

function member(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}
