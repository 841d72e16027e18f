import type { Attribute, Block, CtyType, NestedBlock, Nesting } from "../schema";
import type { Declarations, Mapping, Member, Struct } from "./declarations";
import { AttributeTypes, mappedStruct } from "./types";

/** What a block of another kind is made from. */
interface BlockShape {
  readonly struct: string;
  readonly nesting: Nesting;
  readonly maxItems?: 1;
}

/**
 * Derives the block of a resource, data source or provider. Every member of every struct is read, reached or not, so
 * that nothing is passed over in silence.
 *
 * @throws UnparsedSchemaError for the first member that is not understood
 */
export function deriveBlock(module: Declarations): Block {
  const reader = new BlockReader(module);
  const block = reader.block(module.root);
  reader.readRest();
  return block;
}

class BlockReader {
  private readonly types: AttributeTypes;
  private readonly reading = new Set<string>();
  private readonly read = new Set<string>();

  constructor(private readonly module: Declarations) {
    this.types = new AttributeTypes(module);
  }

  block(struct: Struct): Block {
    const attributes: Record<string, Attribute> = {};
    const blocks: Record<string, NestedBlock> = {};
    for (const member of struct.members) {
      const shape = this.blockShape(member, struct);
      if (shape === undefined) {
        attributes[member.name] = attribute(member, this.types.of(member, struct));
        continue;
      }
      const nested = this.nestedBlock(member, shape);
      if (nested === undefined) attributes[member.name] = attribute(member, "dynamic");
      else blocks[member.name] = nested;
    }
    return { attributes, blocks };
  }

  readRest(): void {
    for (const name of this.module.structNames)
      if (!this.read.has(name)) this.block(this.module.struct(name));
  }

  /** Undefined when the block can only be served as a dynamic attribute. */
  private nestedBlock(member: Member, { struct, nesting, maxItems }: BlockShape): NestedBlock | undefined {
    // The generator closes what looks like a recursion; how deep the provider's schema goes on is not known.
    if (this.reading.has(struct)) return undefined;
    this.reading.add(struct);
    this.read.add(struct);
    const block = this.block(this.module.struct(struct));
    this.reading.delete(struct);
    // Terraform refuses a schema with a dynamic value anywhere inside a set of blocks.
    if (nesting === "set" && holdsDynamic(block)) return undefined;
    const counted = nesting === "list" || nesting === "set";
    return {
      nesting,
      ...(counted && member.required && { minItems: 1 }),
      ...(maxItems && { maxItems }),
      block,
    };
  }

  /** Undefined for an attribute. Lists and sets of objects are attributes as well as blocks, and look alike but for one flag. */
  private blockShape(member: Member, struct: Struct): BlockShape | undefined {
    const fail = (why: string) => this.module.failure(why, struct.name, member.name);
    if (!member.required && !member.optional)
      return member.computed ? undefined : this.readOnlyBlock(member, fail);
    const mapping = struct.mappings.get(member.name);
    if (mapping === undefined) throw fail("is configurable but has no HCL mapping");
    const many = /^cdkt[fn]\.listMapperHcl\((\w+), (true|false)\)$/.exec(mapping.mapper);
    const name = mappedStruct(many?.[1] ?? mapping.mapper);
    if (many?.[2] === "true") {
      if (name === undefined) throw fail(`is a block of no known struct: '${mapping.mapper}'`);
      return { struct: name, nesting: listOrSet(mapping, fail) };
    }
    if (many || name === undefined) return undefined;
    if (mapping.nesting !== "struct") return { struct: name, nesting: listOrSet(mapping, fail), maxItems: 1 };
    const property = struct.properties.get(member.name);
    if (property === undefined) throw fail("is configurable but not in the interface");
    return property.isBlock ? { struct: name, nesting: "single" } : undefined;
  }

  /** A block that can neither be set nor is computed: one of a map, or a single one that has nothing to set inside. */
  private readOnlyBlock({ expression }: Member, fail: (why: string) => Error): BlockShape {
    const className = /^new (\w+)\(/.exec(expression)?.[1];
    if (className === undefined) throw fail(`is neither required, optional nor computed: '${expression}'`);
    const collection = this.module.collection(className);
    if (collection && collection.base !== "ComplexMap")
      throw fail(`'${expression}' is no block that can be read only`);
    return collection
      ? { struct: className.replace(/Map$/, ""), nesting: "map" }
      : { struct: className.replace(/OutputReference$/, ""), nesting: "single" };
  }
}

function listOrSet({ nesting }: Mapping, fail: (why: string) => Error): "list" | "set" {
  if (nesting === "list" || nesting === "set") return nesting;
  throw fail(`is a block in a '${nesting}', which no block can be`);
}

function attribute({ name, required, optional, computed }: Member, type: CtyType): Attribute {
  return {
    type,
    ...(required && { required }),
    ...(optional && { optional }),
    ...(computed && { computed }),
    // The bindings have no flag for it, but all names agree; `has_x_wo` is an ordinary attribute that tells whether there is one.
    ...(name.endsWith("_wo") && !name.startsWith("has_") && !computed && { writeOnly: true }),
  };
}

function holdsDynamic({ attributes, blocks }: Block): boolean {
  return (
    Object.values(attributes).some(({ type }) => isDynamic(type)) ||
    Object.values(blocks).some(({ block }) => holdsDynamic(block))
  );
}

function isDynamic(type: CtyType): boolean {
  if (typeof type === "string") return type === "dynamic";
  return type[0] === "object" ? Object.values(type[1]).some(isDynamic) : isDynamic(type[1]);
}
