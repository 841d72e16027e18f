import fc from "fast-check";
import type { CtyType } from "../../../../lib/cli/simulator/schema";
import { roundTrip, type TerraformBlock } from "./toolkit";

test("any schema comes back as it went into the generator", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(randomBlock(2), { minLength: 4, maxLength: 8 }), async (blocks) => {
      const resources = Object.fromEntries(
        blocks.map((block, index) => [`toy_r${String(index)}x`, named(block)]),
      );
      const derived = await roundTrip({ resources: structuredClone(resources) });
      for (const [type, block] of Object.entries(resources)) {
        expect(derived.resources[type]).toEqual(expected(block));
      }
    }),
    { numRuns: 10 },
  );
});

// Of collections in collections the bindings do not say which are sets, so those inside are lists here.
const primitive = fc.constantFrom<CtyType>("string", "number", "bool");
const collection = fc.constantFrom("list", "set", "map");
const innerCollection = fc.tuple(fc.constantFrom("list", "map"), primitive);
const members = fc.record({ x: primitive, y: fc.tuple(fc.constant("set" as const), primitive) });
const attributeType: fc.Arbitrary<CtyType> = fc.oneof(
  primitive,
  fc.tuple(collection, primitive),
  fc.tuple(collection, innerCollection),
  fc.tuple(fc.constantFrom("list", "set"), fc.tuple(fc.constant("object" as const), members)),
);
const flags: fc.Arbitrary<Omit<TerraformAttribute, "type">> = fc.constantFrom(
  { required: true },
  { optional: true },
  { computed: true },
  { optional: true, computed: true },
);
const attribute = fc.tuple(attributeType, flags).map(([type, flag]) => ({ type, ...flag }));

type TerraformAttribute = NonNullable<TerraformBlock["attributes"]>[string];
type TerraformNestedBlock = NonNullable<TerraformBlock["block_types"]>[string];
interface RandomBlock {
  attributes: TerraformAttribute[];
  blocks: (Omit<TerraformNestedBlock, "block"> & { block: RandomBlock })[];
}

function randomBlock(depth: number): fc.Arbitrary<RandomBlock> {
  const nested = fc.record({
    nesting_mode: fc.constantFrom<"list" | "set">("list", "set"),
    min_items: fc.constantFrom(0, 1),
    max_items: fc.constantFrom(0, 1),
    block: depth > 0 ? randomBlock(depth - 1) : fc.constant<RandomBlock>({ attributes: [], blocks: [] }),
  });
  return fc.record({
    attributes: fc.array(attribute, { minLength: 1, maxLength: 4 }),
    blocks: fc.array(nested, { maxLength: 2 }),
  });
}

/** Names are unique along every path, so that the generator sees no recursion. */
function named({ attributes, blocks }: RandomBlock, path = ""): TerraformBlock {
  return {
    attributes: Object.fromEntries(attributes.map((value, index) => [`a${path}x${String(index)}y`, value])),
    block_types: Object.fromEntries(
      blocks.map(({ block, ...rest }, index) => {
        const inner = `${path}x${String(index)}`;
        return [`b${inner}y`, { ...rest, block: named(block, inner) }];
      }),
    ),
  };
}

function expected({ attributes = {}, block_types = {} }: TerraformBlock): unknown {
  const blocks = Object.entries(block_types).map(([name, { nesting_mode, min_items, max_items, block }]) => {
    const limits = { ...(min_items && { minItems: 1 }), ...(max_items && { maxItems: 1 }) };
    return [name, { nesting: nesting_mode, ...limits, block: expected(block) }];
  });
  return { attributes, blocks: Object.fromEntries(blocks) as unknown };
}
