/** What `terraform show -json` prints of a plan, as far as it is read. Fields that are not known are ignored. */
export interface TerraformPlan {
  readonly format_version: string;
  readonly terraform_version?: string;
  readonly resource_changes?: readonly ResourceChange[];
  readonly resource_drift?: readonly ResourceChange[];
  readonly output_changes?: Readonly<Record<string, ValueChange>>;
  readonly variables?: Readonly<Record<string, { readonly value?: Json }>>;
  readonly configuration?: {
    readonly provider_config?: Readonly<Record<string, { readonly full_name?: string }>>;
    readonly root_module?: ConfiguredModule;
  };
  readonly errored?: boolean;
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
  if (!Array.isArray(plan?.resource_changes ?? [])) {
    throw new Error(`${what} is no plan: its 'resource_changes' are no list`);
  }
  return plan as TerraformPlan;
}
