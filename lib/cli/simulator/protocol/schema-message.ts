import type { Block, NestedBlock, ProviderSchema } from "../schema";

const NESTING = { single: 1, list: 2, set: 3, map: 4 } as const;

/** The answer to `GetSchema`, in the shape of tfplugin5.proto, with those of its types that are wanted. */
export function schemaMessage(
  schema: ProviderSchema,
  ephemerals: Readonly<Record<string, Block>>,
  wanted: (type: string) => boolean,
) {
  const all = (blocks: Readonly<Record<string, Block>>) =>
    Object.fromEntries(
      Object.entries(blocks)
        .filter(([type]) => wanted(type))
        .map(([type, block]) => [type, { version: 0, block: blockMessage(block) }]),
    );
  return {
    provider: { version: 0, block: blockMessage(schema.provider) },
    resource_schemas: all(schema.resources),
    data_source_schemas: all(schema.dataSources),
    ephemeral_resource_schemas: all(ephemerals),
    server_capabilities: { get_provider_schema_optional: true },
  };
}

interface BlockMessage {
  readonly version: number;
  readonly attributes: readonly object[];
  readonly block_types: readonly object[];
}

function blockMessage(block: Block): BlockMessage {
  return {
    version: 0,
    attributes: Object.entries(block.attributes).map(([name, attribute]) => ({
      name,
      type: Buffer.from(JSON.stringify(attribute.type)),
      required: attribute.required ?? false,
      optional: attribute.optional ?? false,
      computed: attribute.computed ?? false,
      sensitive: attribute.sensitive ?? false,
      write_only: attribute.writeOnly ?? false,
    })),
    block_types: Object.entries(block.blocks).map(([name, nested]) => nestedMessage(name, nested)),
  };
}

function nestedMessage(name: string, nested: NestedBlock) {
  return {
    type_name: name,
    block: blockMessage(nested.block),
    nesting: NESTING[nested.nesting],
    min_items: nested.minItems ?? 0,
    max_items: nested.maxItems ?? 0,
  };
}
