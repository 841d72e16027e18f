import { DEPTH_MAX, isDeep, isObject } from "./value";

/** What `terraform show -json` prints of a plan, as far as it is read. Fields that are not known are ignored. */
export interface TerraformPlan {
  readonly format_version: string;
  readonly terraform_version?: string;
  readonly resource_changes?: readonly ResourceChange[];
  readonly resource_drift?: readonly ResourceChange[];
  readonly output_changes?: Readonly<Record<string, ValueChange>>;
  readonly variables?: Readonly<Record<string, { readonly value?: Json }>>;
  readonly configuration?: {
    readonly provider_config?: Readonly<
      Record<string, { readonly full_name?: string; readonly expressions?: unknown }>
    >;
    readonly root_module?: ConfiguredModule;
  };
  readonly prior_state?: { readonly values?: { readonly root_module?: StateModule } };
  readonly errored?: boolean;
  /** False where another plan has to follow this one. */
  readonly complete?: boolean;
  readonly deferred_changes?: readonly unknown[];
  readonly checks?: readonly { readonly status?: string }[];
}

export interface StateModule {
  readonly resources?: readonly {
    readonly mode?: string;
    readonly type?: string;
    readonly values?: Json;
    readonly sensitive_values?: Json;
  }[];
  readonly child_modules?: readonly StateModule[];
}

export interface ConfiguredModule {
  readonly variables?: Readonly<Record<string, { readonly sensitive?: boolean }>>;
  readonly resources?: readonly {
    readonly address: string;
    readonly mode?: string;
    readonly provisioners?: readonly unknown[];
    readonly expressions?: Readonly<Record<string, unknown>>;
  }[];
  readonly module_calls?: Readonly<Record<string, { readonly module?: ConfiguredModule }>>;
}

export interface ResourceChange {
  readonly address: string;
  readonly previous_address?: string;
  readonly module_address?: string;
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  readonly provider_name?: string;
  readonly deposed?: string;
  readonly change: ValueChange;
  readonly action_reason?: string;
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface ValueChange {
  readonly actions: readonly string[];
  readonly before?: Json;
  readonly after?: Json;
  /** True, or in the shape of the value, where what comes after is not known yet. */
  readonly after_unknown?: Json;
  readonly before_sensitive?: Json;
  readonly after_sensitive?: Json;
  /** The attributes that force a replacement: steps from the resource down, names and indexes. */
  readonly replace_paths?: readonly (readonly (string | number)[])[];
  readonly importing?: { readonly id?: string };
}

/**
 * Reads a plan.
 *
 * @param what what it is, for errors
 * @throws Error when it is not the JSON of a plan in format 1.x, which Terraform has written since 0.12; a state, for
 *   one, is none.
 * @see https://developer.hashicorp.com/terraform/internals/json-format a minor version only adds
 */
export function parsePlan(text: string, what: string): TerraformPlan {
  let plan: Partial<TerraformPlan> | null;
  if (isDeep(text)) throw new Error(`${what} is no plan: it is nested more than ${DEPTH_MAX} deep`);
  try {
    plan = JSON.parse(text) as Partial<TerraformPlan> | null;
  } catch (error) {
    throw new Error(`${what} is not JSON; 'terraform show -json <file>' makes it of a saved plan`, {
      cause: error,
    });
  }
  const { format_version: version } = plan ?? {};
  if (typeof version !== "string") {
    throw new Error(
      `${what} is no plan: it has no 'format_version'; 'terraform show -json <file>' makes one`,
    );
  }
  if (!version.startsWith("1.")) {
    throw new Error(`${what} has format ${version.slice(0, 20)}, and only 1.x is known; use a newer keelson`);
  }
  // A state has a 'format_version' too, and without this it would be a plan that changes nothing.
  if (!PARTS.some((part) => part in (plan ?? {}))) {
    throw new Error(
      `${what} is no plan: it has none of ${PARTS.join(", ")}, as a state; 'terraform show -json <file>' needs the file of a saved plan`,
    );
  }
  for (const part of ["output_changes", "variables", "configuration"] as const) {
    const entries: unknown = plan?.[part] ?? {};
    if (!isObject(entries)) throw new Error(`${what} is no plan: its '${part}' are no object`);
  }
  if (Object.values(plan?.output_changes ?? {}).some((one) => !isChange(one)))
    throw new Error(`${what} is no plan: its 'output_changes' have something in them that is no change`);
  if (Object.values(plan?.variables ?? {}).some((one) => !isObject(one)))
    throw new Error(`${what} is no plan: its 'variables' have something in them that is no variable`);
  for (const part of ["deferred_changes", "checks"] as const) {
    const list: unknown = plan?.[part] ?? [];
    if (!Array.isArray(list) || !list.every(isObject))
      throw new Error(`${what} is no plan: its '${part}' are no list of objects`);
  }
  for (const part of ["resource_changes", "resource_drift"] as const) {
    const changes: unknown = plan?.[part] ?? [];
    if (!Array.isArray(changes)) throw new Error(`${what} is no plan: its '${part}' are no list`);
    const strange = changes.findIndex((one) => !isResourceChange(one));
    if (strange >= 0)
      throw new Error(`${what} is no plan: '${part}' has no resource and change at ${strange}`);
  }
  return plan as TerraformPlan;
}

function isChange(value: unknown): boolean {
  const { actions, replace_paths: paths = [] } = (value ?? {}) as Partial<ValueChange>;
  return Array.isArray(actions) && Array.isArray(paths) && paths.every((one) => Array.isArray(one));
}

/** What a plan has at least one of. */
const PARTS = ["planned_values", "resource_changes", "output_changes"] as const;

function isResourceChange(value: unknown): boolean {
  const { address, type, mode, name, change } = (value ?? {}) as Partial<ResourceChange>;
  return [address, type, mode, name].every((text) => typeof text === "string") && isChange(change);
}
