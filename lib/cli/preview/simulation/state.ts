import { existsSync, readFileSync } from "node:fs";
import type { Json } from "../model/terraform-plan";

interface StateResource {
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  readonly module?: string;
  readonly instances: readonly { readonly index_key?: string | number; readonly attributes?: Json }[];
}

/** The addresses of the managed resources in a state. */
export function addressesIn(state: string): string[] {
  return resourcesIn(state, "managed").flatMap(({ type, name, module, instances }) =>
    instances.map(({ index_key: key }) => {
      const index = key === undefined ? "" : `[${JSON.stringify(key)}]`;
      return `${module === undefined ? "" : `${module}.`}${type}.${name}${index}`;
    }),
  );
}

/** What the data sources in a state answered. */
export function answersIn(state: string): Json[] {
  return resourcesIn(state, "data").flatMap(({ instances }) =>
    instances.map(({ attributes }) => attributes ?? null),
  );
}

function resourcesIn(state: string, mode: string): StateResource[] {
  const text = existsSync(state) ? readFileSync(state, "utf8") : "";
  const { resources = [] } = JSON.parse(text === "" ? "{}" : text) as {
    resources?: readonly StateResource[];
  };
  return resources.filter((resource) => resource.mode === mode);
}
