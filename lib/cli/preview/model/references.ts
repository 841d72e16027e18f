import type { ConfiguredModule, TerraformPlan } from "./terraform-plan";
import { isObject } from "./value";

/** What stands in a plan's configuration of each resource. */
export class References {
  private readonly expressions = new Map<string, Readonly<Record<string, unknown>>>();
  private readonly provisioned = new Set<string>();

  constructor({ configuration }: TerraformPlan) {
    this.read(configuration?.root_module, "");
  }

  private read(module: ConfiguredModule | undefined, prefix: string): void {
    for (const { address, expressions = {}, provisioners = [] } of module?.resources ?? []) {
      this.expressions.set(prefix + address, expressions);
      if (provisioners.length > 0) this.provisioned.add(prefix + address);
    }
    for (const [name, { module: inner }] of Object.entries(module?.module_calls ?? {}))
      this.read(inner, `${prefix}module.${name}.`);
  }

  /** The expressions of all that is set; undefined where the configuration is not known. */
  set(address: string): Readonly<Record<string, unknown>> | undefined {
    return this.expressions.get(withoutKeys(address));
  }

  /** Whether a program runs beside the provider when the resource is made. */
  hasProvisioners(address: string): boolean {
    return this.provisioned.has(withoutKeys(address));
  }

  /** The addresses, without keys of instances, that `attribute` of a resource is made of; of all when left out. */
  of(address: string, attribute?: string): string[] {
    const plain = withoutKeys(address);
    const expressions = this.expressions.get(plain) ?? {};
    const prefix = /^(?:module\.[^.]+\.)*/.exec(plain)?.[0] ?? "";
    const from = attribute === undefined ? expressions : expressions[attribute];
    // Each reference comes with its shorter forms; the shortest is the resource.
    const resources = referencesIn(from).map((one) => /^(data\.)?[^.[]+\.[^.[]+/.exec(one)?.[0] ?? one);
    return [...new Set(resources)].map((one) => prefix + one);
  }
}

/** `aws_subnet.s` for `aws_subnet.s["a"]`. */
export function withoutKeys(address: string): string {
  return address.replace(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, "");
}

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isObject(value)) return [];
  return Object.entries(value as Record<string, unknown>).flatMap(([key, inner]) =>
    key === "references" && Array.isArray(inner) ? inner.map(String) : referencesIn(inner),
  );
}
