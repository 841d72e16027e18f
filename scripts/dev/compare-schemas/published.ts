import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Attribute, Block, CtyType, NestedBlock } from "../../../lib/cli/simulator/schema";

/** What a published schema holds of every resource and data source. */
export interface PublishedSchema {
  readonly resources: Readonly<Record<string, Block>>;
  readonly dataSources: Readonly<Record<string, Block>>;
  /** How many resources have a schema version other than zero. */
  readonly versioned: number;
  readonly deprecated: number;
}

interface TerraformAttribute {
  type: CtyType;
  required?: boolean;
  optional?: boolean;
  computed?: boolean;
  sensitive?: boolean;
  write_only?: boolean;
  deprecated?: boolean;
}

interface TerraformBlock {
  attributes?: Record<string, TerraformAttribute>;
  block_types?: Record<
    string,
    { nesting_mode: NestedBlock["nesting"]; min_items?: number; max_items?: number; block: TerraformBlock }
  >;
}

/**
 * Reads a `terraform-<provider>-schema` module: the output of `terraform providers schema -json`, cut into one Go string per type.
 *
 * @see https://github.com/lonegunmanb/terraform-aws-schema
 */
export function readSchemaModule(directory: string): PublishedSchema {
  const generated = join(directory, "generated");
  const register = readFileSync(join(generated, "register.go"), "utf8");
  let versioned = 0;
  let deprecated = 0;
  const read = (kind: string, folder: string): Record<string, Block> => {
    const entries = register.matchAll(
      new RegExp(`\\t${kind}\\["(\\w+)"\\] = \\w+\\.(\\w+)Schema\\(\\)`, "g"),
    );
    return Object.fromEntries(
      Array.from(entries, ([, type = "", name = ""]) => {
        const file = join(generated, folder, `${name.charAt(0).toLowerCase()}${name.slice(1)}.go`);
        const schema = JSON.parse(goString(file)) as { version?: number; block: TerraformBlock };
        if (schema.version) versioned++;
        return [type, toBlock(schema.block)];
      }),
    );
  };
  const toBlock = ({ attributes = {}, block_types = {} }: TerraformBlock): Block => {
    deprecated += Object.values(attributes).filter((attribute) => attribute.deprecated).length;
    return {
      attributes: mapValues(attributes, toAttribute),
      blocks: mapValues(block_types, ({ nesting_mode: nesting, min_items, max_items, block }) => ({
        nesting,
        ...(min_items && { minItems: min_items }),
        ...(max_items && { maxItems: max_items }),
        block: toBlock(block),
      })),
    };
  };
  const resources = read("resources", "resource");
  return { resources, dataSources: read("dataSources", "data"), versioned, deprecated };
}

function toAttribute({
  type,
  required,
  optional,
  computed,
  sensitive,
  write_only,
}: TerraformAttribute): Attribute {
  return {
    type,
    ...(required && { required }),
    ...(optional && { optional }),
    ...(computed && { computed }),
    ...(sensitive && { sensitive }),
    ...(write_only && { writeOnly: write_only }),
  };
}

/** The raw string constant of a Go file; Go has no escape for a backquote in one, so it is concatenated. */
function goString(file: string): string {
  const text = readFileSync(file, "utf8").replace(/`\s*\+\s*"`"\s*\+\s*`/g, "\\u0060");
  return /const \w+ = `([^`]*)`/.exec(text)?.[1] ?? "";
}

function mapValues<T, U>(record: Record<string, T>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
