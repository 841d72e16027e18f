import type { Facts } from "./facts/facts";
import type { Attribute, Block, NestedBlock, ProviderSchema } from "./schema";

/**
 * The schema as it is served: what the bindings say, plus what the facts know. An attribute with a provider-side
 * default is served optional and computed, since Terraform lets a plan fill in only what is computed.
 */
export function overlay(schema: ProviderSchema, facts: Facts): ProviderSchema {
  const all = (blocks: Readonly<Record<string, Block>>, prefix: string) =>
    Object.fromEntries(
      Object.entries(blocks).map(([type, block]) => {
        const known = prefix + type;
        return [type, facts.has(known) ? overlayBlock(block, known, "", facts) : block];
      }),
    );
  return { ...schema, resources: all(schema.resources, ""), dataSources: all(schema.dataSources, "data.") };
}

function overlayBlock(block: Block, type: string, prefix: string, facts: Facts): Block {
  const attributes: Record<string, Attribute> = {};
  for (const [name, attribute] of Object.entries(block.attributes)) {
    const path = prefix + name;
    attributes[name] = {
      ...attribute,
      ...(attribute.optional && facts.find(type, path, "default") ? { computed: true } : {}),
      ...(facts.find(type, path, "sensitive") ? { sensitive: true } : {}),
    };
  }
  const blocks: Record<string, NestedBlock> = {};
  for (const [name, nested] of Object.entries(block.blocks)) {
    blocks[name] = { ...nested, block: overlayBlock(nested.block, type, `${prefix}${name}.`, facts) };
  }
  return { attributes, blocks };
}
