import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { findBinding, loadSchema } from "../../../lib/cli/simulator/bindings";
import { Facts, type Fact } from "../../../lib/cli/simulator/facts/facts";
import { invent } from "../../../lib/cli/simulator/invent";
import { Unknown, type ObjectValue } from "../../../lib/cli/simulator/protocol/value";
import type { Attribute, Block, ProviderSchema } from "../../../lib/cli/simulator/schema";
import { World } from "../../../lib/cli/simulator/world";
import { cacheDirectory } from "../../../lib/cli/project";
import { ROOT } from "../../support/run";

const rows = JSON.parse(
  readFileSync(path.join(ROOT, "lib/cli/simulator/facts/kubernetes.json"), "utf8"),
) as Fact[];
const facts = new Facts(rows);
/** Of these the facts say one thing only, and nothing of changes. */
const SINGLE = ["kubernetes_manifest", "kubernetes_secret"];
const types = [...new Set(rows.map(({ type }) => type))].filter((type) => !SINGLE.includes(type));
const shown = ({ type, attribute, fact }: Fact) => `${type}.${attribute ?? ""} ${fact}`;

let schema: ProviderSchema;
beforeAll(async () => {
  schema = await loadSchema(findBinding("kubernetes", ROOT), { cacheDir: cacheDirectory(process.env) });
});

const blockOf = (type: string) => schema.resources[type] ?? { attributes: {}, blocks: {} };

function find(block: Block, [name = "", ...rest]: readonly string[]): Attribute | Block | undefined {
  const nested = block.blocks[name]?.block;
  if (rest.length === 0) return block.attributes[name] ?? nested;
  return nested && find(nested, rest);
}
const at = ({ type, attribute = "" }: Fact) => find(blockOf(type), attribute.split("."));

/** The paths of all attributes that a user can set. */
function configurable(block: Block, prefix = ""): string[] {
  return [
    ...Object.entries(block.attributes)
      .filter(([name, { optional, required }]) => (optional || required) && prefix + name !== "id")
      .map(([name]) => prefix + name),
    ...Object.entries(block.blocks)
      .filter(([name]) => name !== "timeouts")
      .flatMap(([name, nested]) => configurable(nested.block, `${prefix}${name}.`)),
  ];
}

test("they are of the binding that is installed; after an update, run scripts/dev/kubernetes-facts.ts", () => {
  const read = readFileSync(path.join(ROOT, "scripts/dev/kubernetes-facts/read.json"), "utf8");
  const { packageName, packageVersion } = findBinding("kubernetes", ROOT);
  expect(JSON.parse(read)).toMatchObject({ binding: `${packageName} ${packageVersion}` });
});

test("every fact is about an attribute or a block that is there, and has a source", () => {
  expect(rows.filter((row) => row.attribute !== undefined && !at(row)).map(shown)).toEqual([]);
  expect(rows.filter(({ source }) => !source.trim()).map(shown)).toEqual([]);
});

test("what a change does is known of each attribute that can be set, be it from what is around it", () => {
  const unknown = types.flatMap((type) =>
    configurable(blockOf(type))
      .filter((name) => !facts.onChange(type, name))
      .map((name) => `${type}.${name}`),
  );
  expect(types.length).toBeGreaterThan(20);
  expect(unknown).toEqual([]);
});

test.each([
  ["kubernetes_stateful_set_v1", "spec.template.spec.container.image", "in-place"],
  ["kubernetes_stateful_set_v1", "spec.service_name", "replaces"],
  ["kubernetes_stateful_set_v1", "spec.selector.match_labels", "replaces"],
  ["kubernetes_stateful_set_v1", "spec.pod_management_policy", "replaces"],
  ["kubernetes_stateful_set_v1", "spec.volume_claim_template.spec.access_modes", "replaces"],
  ["kubernetes_stateful_set_v1", "spec.replicas", "in-place"],
  ["kubernetes_job_v1", "spec.template.spec.container.image", "replaces"],
  ["kubernetes_job_v1", "metadata.labels", "in-place"],
  ["kubernetes_cron_job_v1", "spec.job_template.spec.template.spec.container.image", "in-place"],
  ["kubernetes_service_v1", "spec.cluster_ip", "replaces"],
  ["kubernetes_service_v1", "spec.port.port", "in-place"],
  ["kubernetes_persistent_volume_claim_v1", "spec.resources.requests", "may-replace"],
  ["kubernetes_role_binding_v1", "role_ref.name", "replaces"],
  ["kubernetes_role_binding_v1", "subject.name", "in-place"],
  ["kubernetes_priority_class_v1", "value", "replaces"],
  ["kubernetes_namespace_v1", "metadata.name", "replaces"],
  ["kubernetes_namespace_v1", "metadata.labels", "in-place"],
])("a change of %s's %s is %s", (type, attribute, effect) => {
  expect(facts.onChange(type, attribute)?.fact).toBe(effect);
});

test("every resource type of the stacks has its facts", () => {
  const lists = path.join(ROOT, "__tests__/stacks/addresses");
  const used = readdirSync(lists)
    .flatMap((name) => readFileSync(path.join(lists, name), "utf8").split("\n"))
    .flatMap((address) => /^kubernetes_\w+/.exec(address) ?? []);
  const missing = [...new Set(used)].filter((type) => !types.includes(type));
  expect(missing.map((type) => `${type} has no facts: scripts/dev/kubernetes-facts.ts`)).toEqual([]);
});

test("a default is known only for what is optional and not computed, and is of its type", () => {
  const wrong = rows.filter((row) => {
    const attribute = at(row);
    if (row.fact !== "default" || !attribute || !("type" in attribute)) return row.fact === "default";
    const type = attribute.type === "bool" ? "boolean" : attribute.type;
    return !attribute.optional || attribute.computed || typeof row.value !== type;
  });
  expect(wrong.map(shown)).toEqual([]);
});

test("a computed value is known only for what is computed, and every placeholder is one", () => {
  const computed = rows.filter(({ fact, type }) => fact === "computed" && types.includes(type));
  expect(computed.filter((row) => (at(row) as Attribute | undefined)?.computed !== true).map(shown)).toEqual(
    [],
  );
  const open = ({ attributes, blocks }: Block): ObjectValue => ({
    ...Object.fromEntries(Object.keys(attributes).map((name) => [name, new Unknown()])),
    ...Object.fromEntries(Object.entries(blocks).map(([name, { block }]) => [name, [open(block)]])),
  });
  const cloud = { region: "r", account: "a", partition: "p", dnsSuffix: "d" };
  for (const type of types) {
    const block = blockOf(type);
    const made = invent({ type, block, facts, world: new World(), cloud, seed: "s" }, open(block));
    expect(made["id"]).toMatch(/^[a-z0-9-]+(\/[a-z0-9-]+)?$/);
  }
});
