// Writes lib/cli/simulator/facts/kubernetes.json from the schemas of the provider's own Go code, which it builds: some
// minutes at first. Run: node --import tsx scripts/dev/kubernetes-facts.ts
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findBinding } from "../../lib/cli/simulator/bindings";
import { deriveSchema } from "../../lib/cli/simulator/bindings/derive";
import type { Fact } from "../../lib/cli/simulator/facts/facts";
import type { Attribute, Block } from "../../lib/cli/simulator/schema";
import { MAY_REPLACE, RULES } from "./kubernetes-facts/values";

const ROOT = join(__dirname, "../..");
const GO = join(__dirname, "kubernetes-facts");
const OUTPUT = join(ROOT, "lib/cli/simulator/facts/kubernetes.json");
/** What was read the last time: a test holds it to what is installed, since a row may speak for attributes that come later. */
const READ = join(GO, "read.json");

/** The types that are in use, or will soon be; of others nothing is known. */
const TYPES = [
  "namespace service_account role role_binding cluster_role cluster_role_binding config_map secret service",
  "stateful_set deployment daemon_set job cron_job pod_disruption_budget network_policy priority_class",
  "persistent_volume_claim storage_class resource_quota limit_range ingress validating_webhook_configuration",
]
  .flatMap((line) => line.split(" "))
  .map((name) => `kubernetes_${name}_v1`)
  .sort();

/** What the Go program prints of an attribute or a block. */
interface Known {
  readonly type: string;
  readonly attribute: string;
  readonly forceNew?: true;
  readonly sensitive?: true;
  readonly default?: string | number | boolean;
}

type Change = Pick<Fact, "fact" | "value" | "source">;

class Type {
  private readonly attributes = new Map<string, Attribute>();
  private readonly blocks = new Set<string>();

  constructor(
    private readonly name: string,
    block: Block,
    private readonly known: ReadonlyMap<string, Known>,
    private readonly version: string,
  ) {
    this.collect(block, "");
  }

  private collect({ attributes, blocks }: Block, prefix: string): void {
    for (const [name, attribute] of Object.entries(attributes)) this.attributes.set(prefix + name, attribute);
    for (const [name, nested] of Object.entries(blocks)) {
      if (name === "timeouts") continue;
      this.blocks.add(prefix + name);
      this.collect(nested.block, `${prefix}${name}.`);
    }
  }

  rows(): Fact[] {
    return [...this.changes(), ...this.defaults(), ...this.values()];
  }

  /** A row for the whole type, and one wherever something inside is not as what is around it. */
  private changes(): Fact[] {
    const kinds = new Map(this.settable().map((path) => [path, this.change(path)]));
    const rows: Fact[] = [];
    const visit = (prefix: string, inherited: Change | undefined) => {
      const inside = [...kinds].filter(([path]) => prefix === "" || path.startsWith(`${prefix}.`));
      const common = mostCommon(inside.map(([, change]) => change));
      if (common && !alike(common, inherited)) rows.push(this.row(prefix, common));
      const children = new Set(
        inside.map(([path]) => path.slice(prefix.length).split(".")[prefix === "" ? 0 : 1]),
      );
      for (const child of children) {
        const path = prefix === "" ? String(child) : `${prefix}.${String(child)}`;
        const own = kinds.get(path);
        if (!own) visit(path, common);
        else if (!alike(own, common)) rows.push(this.row(path, own));
      }
    };
    visit("", undefined);
    return rows;
  }

  private settable(): string[] {
    return [...this.attributes]
      .filter(([path, { optional, required }]) => path !== "id" && (optional || required))
      .map(([path]) => path);
  }

  private change(path: string): Change {
    const depends = MAY_REPLACE[`${this.name}.${path}`];
    if (depends) return { fact: "may-replace", ...depends };
    const known = this.known.get(path);
    if (!known)
      return {
        fact: "may-replace",
        value: `${path} is not in the source that was read`,
        source: this.version,
      };
    return known.forceNew
      ? { fact: "replaces", source: `${this.version}: ForceNew` }
      : { fact: "in-place", source: `${this.version}: no ForceNew` };
  }

  private defaults(): Fact[] {
    return [...this.attributes].flatMap(([path, { type, optional, computed }]) => {
      const { sensitive, default: value } = this.known.get(path) ?? {};
      const typed = type === "string" ? String(value) : type === "number" ? Number(value) : value;
      return [
        // To the provider an empty text is none.
        ...(value !== undefined && value !== "" && typed !== undefined && optional && !computed
          ? [this.row(path, { fact: "default", value: typed, source: `${this.version}: Default` })]
          : []),
        ...(sensitive ? [this.row(path, { fact: "sensitive", source: `${this.version}: Sensitive` })] : []),
      ];
    });
  }

  private values(): Fact[] {
    const isComputed = (path: string) => this.attributes.get(path)?.computed === true;
    const scoped = this.attributes.has("metadata.namespace");
    return [...this.attributes.keys(), ...this.blocks].flatMap((path) =>
      (["computed", "disrupts", "replaces-while"] as const).flatMap((kind) => {
        if (kind === "computed" && !isComputed(path)) return [];
        const rule = RULES.find(
          ({ fact, path: ending, types }) =>
            fact === kind && ending.test(path) && (types?.test(this.name) ?? true),
        );
        if (!rule) return [];
        // Only what nobody can reckon is left to the simulator's own invention.
        if (rule.value === null && !this.isLeftEmpty(path)) return [];
        const value = path === "id" && !scoped ? "{attr:metadata.name}" : rule.value;
        return [this.row(path, { fact: kind, value, source: rule.source })];
      }),
    );
  }

  private isLeftEmpty(path: string): boolean {
    const { optional, type } = this.attributes.get(path) ?? {};
    const templated = path.includes(".metadata.");
    return (optional === true && type === "string" && path !== "spec.cluster_ip") || templated;
  }

  private row(attribute: string, change: Change): Fact {
    const { fact, value, source } = change;
    return {
      type: this.name,
      ...(attribute !== "" && { attribute }),
      fact,
      ...(value !== undefined && { value }),
      source,
    };
  }
}

function alike(one: Change, other: Change | undefined): boolean {
  return one.fact === other?.fact && one.value === other.value;
}

/** The most common of them, the in-place ones where two are as common; undefined where there are none. */
function mostCommon(changes: readonly Change[]): Change | undefined {
  const count = ({ fact }: Change) => changes.filter((one) => one.fact === fact).length;
  return [...changes].sort((a, b) => count(b) - count(a) || a.fact.localeCompare(b.fact))[0];
}

function main(): void {
  const revision = /terraform-provider-kubernetes v\S*-([0-9a-f]{12})$/m.exec(
    readFileSync(join(GO, "go.mod"), "utf8"),
  )?.[1];
  const printed = execFileSync("go", ["run", "-mod=readonly", "."], {
    ...{ cwd: GO, encoding: "utf8", maxBuffer: 1 << 28 },
    env: { ...process.env, GOWORK: "off" },
  });
  const known = printed
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Known);
  const binding = findBinding("kubernetes", ROOT);
  const { resources } = deriveSchema(binding);
  const rows: Fact[] = TYPES.flatMap((type) => {
    const block = resources[type];
    if (!block) throw new Error(`the binding has no ${type}`);
    const own = new Map(known.filter((row) => row.type === type).map((row) => [row.attribute, row]));
    return new Type(type, block, own, `provider-kubernetes ${String(revision)}, schema`).rows();
  });
  rows.push({
    type: "kubernetes_manifest",
    ...{ attribute: "object", fact: "computed", value: "{attr:manifest}" },
    source:
      "provider-kubernetes docs kubernetes_manifest: object is the resource as the API server returns it",
  });
  rows.push({
    ...{ type: "kubernetes_secret", attribute: "binary_data", fact: "sensitive" },
    source: "provider-kubernetes 3a33fb6cc605, schema: Sensitive",
  });
  rows.push({
    ...{ type: "kubernetes_secret", attribute: "data", fact: "sensitive" },
    source: "provider-kubernetes 3a33fb6cc605, schema: Sensitive",
  });
  const key = ({ type, attribute = "", fact }: Fact) => `${type}\n${attribute}\n${fact}`;
  rows.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  writeFileSync(OUTPUT, `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(",\n")}\n]\n`);
  const read = { binding: `${binding.packageName} ${binding.packageVersion}`, provider: revision };
  writeFileSync(READ, `${JSON.stringify(read, null, 2)}\n`);
}

main();
