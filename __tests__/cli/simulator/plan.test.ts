import { Facts, type Fact } from "../../../lib/cli/simulator/facts/facts";
import { overlay } from "../../../lib/cli/simulator/overlay";
import { plan } from "../../../lib/cli/simulator/plan";
import { Unknown, type ObjectValue } from "../../../lib/cli/simulator/protocol/value";
import type { Block } from "../../../lib/cli/simulator/schema";

const block: Block = {
  attributes: {
    id: { type: "string", computed: true },
    range: { type: "string", required: true },
    tenancy: { type: "string", optional: true },
    size: { type: "number", optional: true, computed: true },
    secret_wo: { type: "string", optional: true, writeOnly: true },
    tags: { type: ["map", "string"], optional: true },
    tags_all: { type: ["map", "string"], optional: true, computed: true },
  },
  blocks: {
    disk: {
      nesting: "list",
      block: {
        attributes: {
          gib: { type: "number", optional: true },
          serial: { type: "string", computed: true },
        },
        blocks: {},
      },
    },
  },
};

const row = (attribute: string, fact: Fact["fact"], value: Fact["value"] = null): Fact => ({
  type: "t",
  attribute,
  fact,
  value,
  source: "test",
});
const facts = new Facts([
  row("range", "replaces"),
  row("tenancy", "default", "default"),
  row("size", "in-place"),
  row("tags", "in-place"),
  row("disk.gib", "replaces"),
]);

const served = overlay(
  {
    source: "x/t",
    version: "1",
    provider: { attributes: {}, blocks: {} },
    resources: { t: block },
    dataSources: {},
  },
  facts,
).resources["t"] as Block;
const type = { name: "t", block: served, facts, defaultTags: { estate: "e" } };

const config = (set: ObjectValue = {}): ObjectValue => ({
  id: null,
  range: "10.0.0.0/16",
  tenancy: null,
  size: null,
  secret_wo: null,
  tags: null,
  tags_all: null,
  disk: [],
  ...set,
});
const existing = (set: ObjectValue = {}) =>
  config({ id: "t-1", tenancy: "default", size: 3, tags_all: { estate: "e" }, ...set });

const create = (set: ObjectValue = {}) =>
  plan(type, { prior: null, proposed: config(set), config: config(set) });
const update = (prior: ObjectValue, set: ObjectValue, proposed: ObjectValue = {}) =>
  plan(type, { prior, proposed: existing({ ...set, ...proposed }), config: config(set) });

test("a create leaves what is computed unknown", () => {
  const { planned } = create();
  expect(planned?.["id"]).toBeInstanceOf(Unknown);
  expect(planned?.["size"]).toBeInstanceOf(Unknown);
});

test("a create keeps what is configured, computed or not", () => {
  expect(create({ size: 7 }).planned).toMatchObject({ range: "10.0.0.0/16", size: 7 });
});

test("a default that the facts know is planned where nothing is configured", () => {
  expect(create().planned?.["tenancy"]).toBe("default");
});

test("an attribute with a known default is served optional and computed, so that core accepts the default", () => {
  expect(served.attributes["tenancy"]).toMatchObject({ optional: true, computed: true });
});

test("removing a setting from the configuration brings back its default", () => {
  expect(update(existing({ tenancy: "dedicated" }), {}, { tenancy: "dedicated" }).planned?.["tenancy"]).toBe(
    "default",
  );
});

test("a write-only attribute is never planned", () => {
  expect(create({ secret_wo: "s" }).planned?.["secret_wo"]).toBeNull();
});

test("tags_all holds the provider's default tags and the resource's own, which win", () => {
  expect(create({ tags: { estate: "mine", a: "b" } }).planned?.["tags_all"]).toEqual({
    estate: "mine",
    a: "b",
  });
});

test("tags_all is unknown while a tag is", () => {
  expect(create({ tags: new Unknown() }).planned?.["tags_all"]).toBeInstanceOf(Unknown);
});

test("no change plans nothing and warns of nothing", () => {
  expect(update(existing(), {})).toEqual({ planned: existing(), requiresReplace: [], mayReplace: [] });
});

test("a change that the facts know to replace does", () => {
  expect(update(existing(), { range: "10.1.0.0/16" }).requiresReplace).toEqual([["range"]]);
});

test("a value that is not known yet may differ, so it replaces too", () => {
  expect(update(existing(), { range: new Unknown() }).requiresReplace).toEqual([["range"]]);
});

test("a change that the facts know to be made in place replaces nothing and is not doubted", () => {
  expect(update(existing(), { tags: { a: "b" } })).toMatchObject({ requiresReplace: [], mayReplace: [] });
});

test("a change of which no fact is known may replace, and says so", () => {
  expect(update(existing({ tenancy: "dedicated" }), {})).toMatchObject({
    requiresReplace: [],
    mayReplace: [{ path: "tenancy" }],
  });
});

test("a change inside a nested block replaces by the nested attribute's fact", () => {
  const prior = existing({ disk: [{ gib: 10, serial: "s" }] });
  const after = update(prior, { disk: [{ gib: 20, serial: null }] }, { disk: [{ gib: 20, serial: "s" }] });
  expect(after.requiresReplace).toEqual([["disk", 0, "gib"]]);
});

test("a block that is added is judged by what is known of its attributes", () => {
  expect(update(existing(), { disk: [{ gib: 20, serial: null }] }).requiresReplace).toEqual([
    ["disk", 0, "gib"],
  ]);
});

test("computed values inside an added block are unknown, those inside a kept one stay", () => {
  const prior = existing({ disk: [{ gib: 10, serial: "s" }] });
  const config = {
    disk: [
      { gib: 10, serial: null },
      { gib: 10, serial: null },
    ],
  };
  const { planned } = update(prior, config, {
    disk: [
      { gib: 10, serial: "s" },
      { gib: 10, serial: null },
    ],
  });
  expect(planned?.["disk"]).toEqual([
    { gib: 10, serial: "s" },
    { gib: 10, serial: expect.any(Unknown) as unknown },
  ]);
});

test("a destroy plans nothing", () => {
  expect(plan(type, { prior: existing(), proposed: null, config: null }).planned).toBeNull();
});
