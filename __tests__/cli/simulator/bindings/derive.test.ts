import type { CtyType } from "../../../../lib/cli/simulator/schema";
import { deriveResource, roundTrip, type TerraformBlock } from "./toolkit";

const object: CtyType = ["object", { a: "string", b: ["set", "number"] }];

describe("attributes", () => {
  const types: Record<string, CtyType> = {
    text: "string",
    count_of: "number",
    flag: "bool",
    anything: "dynamic",
    texts: ["list", "string"],
    text_set: ["set", "string"],
    numbers: ["list", "number"],
    number_set: ["set", "number"],
    flags: ["list", "bool"],
    flag_set: ["set", "bool"],
    text_map: ["map", "string"],
    number_map: ["map", "number"],
    flag_map: ["map", "bool"],
    table: ["list", ["list", "string"]],
    table_set: ["set", ["list", "number"]],
    map_of_lists: ["map", ["list", "string"]],
    list_of_maps: ["list", ["map", "bool"]],
    one_object: object,
    objects: ["list", object],
    object_set: ["set", object],
    object_map: ["map", object],
    deep: ["list", ["object", { inner: ["set", ["object", { leaf: ["map", "string"] }]] }]],
  };

  test.each([
    ["required", { required: true }],
    ["optional", { optional: true }],
    ["optional and computed", { optional: true, computed: true }],
    ["computed", { computed: true }],
  ] as const)("keep their types when they are %s", async (_, flags) => {
    const attributes = Object.fromEntries(
      Object.entries(types).map(([name, type]) => [name, { type, ...flags }]),
    );
    expect(await deriveResource({ attributes })).toEqual({ attributes, blocks: {} });
  });

  test("keep the names that cdktf changes in TypeScript", async () => {
    const names = [
      "self",
      "build",
      "node",
      "get_one",
      "equals",
      "system",
      "input",
      "reset_input",
      "input_input",
    ];
    const attributes = Object.fromEntries(
      names.map((name) => [name, { type: "string", optional: true } as const]),
    );
    expect(await deriveResource({ attributes })).toEqual({ attributes, blocks: {} });
  });

  test("are write-only when their name ends in _wo, at any depth, but not when it begins with has_", async () => {
    const attributes = {
      secret_wo: { type: "string", optional: true },
      secret_wo_version: { type: "number", optional: true },
      has_secret_wo: { type: "bool", optional: true },
      read_wo: { type: "string", computed: true },
    } as const;
    const derived = await deriveResource({
      attributes,
      block_types: { auth: { nesting_mode: "list", block: { attributes } } },
    });
    const expected = { ...attributes, secret_wo: { type: "string", optional: true, writeOnly: true } };
    expect(derived).toEqual({
      attributes: expected,
      blocks: { auth: { nesting: "list", block: { attributes: expected, blocks: {} } } },
    });
  });
});

describe("blocks", () => {
  const content = {
    attributes: { a: { type: "string", required: true }, b: { type: "number", optional: true } },
  } as const;
  const block = { ...content, blocks: {} };

  test.each([
    ["list", {}, {}],
    ["list", { min_items: 1 }, { minItems: 1 }],
    ["list", { max_items: 1 }, { maxItems: 1 }],
    ["list", { min_items: 1, max_items: 1 }, { minItems: 1, maxItems: 1 }],
    ["set", {}, {}],
    ["set", { min_items: 1 }, { minItems: 1 }],
    ["set", { max_items: 1 }, { maxItems: 1 }],
    ["set", { min_items: 1, max_items: 1 }, { minItems: 1, maxItems: 1 }],
    ["single", {}, {}],
    ["map", {}, {}],
  ] as const)("keep their nesting and limits: %s %j", async (nesting, limits, expected) => {
    const derived = await deriveResource({
      block_types: { part: { nesting_mode: nesting, ...limits, block: content } },
    });
    expect(derived).toEqual({ attributes: {}, blocks: { part: { nesting, ...expected, block } } });
  });

  test("are not taken for attributes of objects, which look the same but for their description", async () => {
    const attributes = {
      as_list: { type: ["list", object], optional: true, computed: true, description: "a list attribute" },
      as_object: { type: object, optional: true, description: "an object attribute" },
    } as const;
    const derived = await deriveResource({
      attributes,
      block_types: {
        list_block: { nesting_mode: "list", block: content },
        object_block: { nesting_mode: "single", block: content },
      },
    });
    expect(derived?.attributes).toEqual({
      as_list: { type: attributes.as_list.type, optional: true, computed: true },
      as_object: { type: attributes.as_object.type, optional: true },
    });
    expect(Object.keys(derived?.blocks ?? {})).toEqual(["list_block", "object_block"]);
  });

  test("are single blocks when everything in them is computed", async () => {
    const inside = { attributes: { a: { type: "string", computed: true } } } as const;
    const derived = await deriveResource({
      block_types: { status: { nesting_mode: "single", block: inside } },
    });
    expect(derived?.blocks).toEqual({ status: { nesting: "single", block: { ...inside, blocks: {} } } });
  });

  test("that repeat inside themselves end in a dynamic attribute", async () => {
    const leaf = { attributes: { a: { type: "string", optional: true } } } as const;
    const nest = (inner: TerraformBlock): TerraformBlock => ({
      ...leaf,
      block_types: { rule: { nesting_mode: "list", block: inner } },
    });
    const derived = await deriveResource(nest(nest(nest(nest(leaf)))));
    expect(derived?.blocks.rule?.block).toEqual({
      attributes: { a: { type: "string", optional: true }, rule: { type: "dynamic", optional: true } },
      blocks: {},
    });
  });

  test("that are sets become dynamic attributes when anything in them is dynamic", async () => {
    const inside: TerraformBlock = { attributes: { any: { type: "dynamic", optional: true } } };
    const derived = await deriveResource({
      block_types: {
        set_direct: { nesting_mode: "set", min_items: 1, block: inside },
        set_deep: {
          nesting_mode: "set",
          block: { block_types: { list: { nesting_mode: "list", block: inside } } },
        },
        list: { nesting_mode: "list", block: inside },
      },
    });
    expect(derived).toEqual({
      attributes: {
        set_direct: { type: "dynamic", required: true },
        set_deep: { type: "dynamic", optional: true },
      },
      blocks: { list: { nesting: "list", block: { ...inside, blocks: {} } } },
    });
  });
});

test("a resource with hundreds of structs is read across the files that the generator splits it into", async () => {
  const names = Array.from({ length: 250 }, (_, index) => `part${String(index)}_x`);
  const block = { attributes: { a: { type: "string", optional: true } } } as const;
  const derived = await deriveResource({
    block_types: Object.fromEntries(names.map((name) => [name, { nesting_mode: "list", block }])),
  });
  expect(Object.keys(derived?.blocks ?? {})).toEqual(names);
  expect(derived?.blocks.part249_x).toEqual({ nesting: "list", block: { ...block, blocks: {} } });
});

test("a provider's configuration is read without the alias that cdktf adds", async () => {
  const provider = {
    attributes: {
      region: { type: "string", required: true },
      zones: { type: ["set", "string"], optional: true },
      labels: { type: ["map", "string"], optional: true },
      rules: { type: ["list", object], optional: true, description: "rules" },
    },
    block_types: {
      auth: {
        nesting_mode: "list",
        max_items: 1,
        block: {
          attributes: { user: { type: "string", required: true }, tries: { type: "number", optional: true } },
          block_types: {
            exec: {
              nesting_mode: "set",
              min_items: 1,
              block: { attributes: { ok: { type: "bool", optional: true } } },
            },
          },
        },
      },
      features: { nesting_mode: "single", block: { attributes: { x: { type: "bool", optional: true } } } },
    },
  } as const;
  expect(
    (await roundTrip({ provider: structuredClone(provider) as unknown as TerraformBlock })).provider,
  ).toEqual({
    attributes: {
      region: { type: "string", required: true },
      zones: { type: ["set", "string"], optional: true },
      labels: { type: ["map", "string"], optional: true },
      rules: { type: ["list", object], optional: true },
    },
    blocks: {
      auth: {
        nesting: "list",
        maxItems: 1,
        block: {
          attributes: { user: { type: "string", required: true }, tries: { type: "number", optional: true } },
          blocks: {
            exec: {
              nesting: "set",
              minItems: 1,
              block: { attributes: { ok: { type: "bool", optional: true } }, blocks: {} },
            },
          },
        },
      },
      features: {
        nesting: "single",
        block: { attributes: { x: { type: "bool", optional: true } }, blocks: {} },
      },
    },
  });
});

test("resources and data sources are kept apart, under their Terraform types", async () => {
  const block: TerraformBlock = { attributes: { a: { type: "string", computed: true } } };
  const schema = await roundTrip({
    resources: { toy_box: block, toy_index: block },
    dataSources: { toy_box: block },
  });
  expect(Object.keys(schema.resources)).toEqual(["toy_box", "toy_index"]);
  expect(Object.keys(schema.dataSources)).toEqual(["toy_box"]);
  expect({ source: schema.source, version: schema.version }).toEqual({
    source: "acme/toy",
    version: "1.2.3",
  });
});
