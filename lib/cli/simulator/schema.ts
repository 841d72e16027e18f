/** A type as Terraform writes it in JSON: `"string"`, `["list", "string"]`, `["object", { name: "string" }]`. */
export type CtyType =
  | "string"
  | "number"
  | "bool"
  | "dynamic"
  | readonly ["list" | "set" | "map", CtyType]
  | readonly ["object", Readonly<Record<string, CtyType>>];

/** One attribute of a block. Absent flags are false. */
export interface Attribute {
  readonly type: CtyType;
  readonly required?: true;
  readonly optional?: true;
  readonly computed?: true;
  readonly sensitive?: true;
  readonly writeOnly?: true;
}

export type Nesting = "single" | "list" | "set" | "map";

/** A block inside a block, and how often it may stand there. */
export interface NestedBlock {
  readonly nesting: Nesting;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly block: Block;
}

export interface Block {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly blocks: Readonly<Record<string, NestedBlock>>;
}

/** Everything that a provider declares: its own configuration, its resources and its data sources, by type. */
export interface ProviderSchema {
  /** The provider's address without its registry's host: `hashicorp/aws`. */
  readonly source: string;
  /** The Terraform provider's version, such as `6.25.0`; not that of the binding. */
  readonly version: string;
  readonly provider: Block;
  readonly resources: Readonly<Record<string, Block>>;
  readonly dataSources: Readonly<Record<string, Block>>;
}
