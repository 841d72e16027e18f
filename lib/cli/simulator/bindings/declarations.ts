import { UnparsedSchemaError } from "./errors";

/** An attribute or block as its class declares it, in the comment, field and getter that belong together. */
export interface Member {
  readonly name: string;
  readonly computed: boolean;
  readonly optional: boolean;
  readonly required: boolean;
  /** The stored class, `new VpcTimeoutsOutputReference(this, "timeouts")`, or else what the getter returns. */
  readonly expression: string;
}

/** How a value is turned into HCL. Only what can be configured has one. */
export interface Mapping {
  readonly nesting: "simple" | "list" | "set" | "map" | "struct";
  /** Such as `cdktf.listMapperHcl(vpcFooToHclTerraform, true)`. */
  readonly mapper: string;
}

/** A property of a config interface. */
export interface Property {
  readonly optional: boolean;
  readonly isBlock: boolean;
}

/** A resource, data source, provider or struct: one thing in three notations. */
export interface Struct {
  readonly name: string;
  readonly members: readonly Member[];
  readonly mappings: ReadonlyMap<string, Mapping>;
  readonly properties: ReadonlyMap<string, Property>;
}

/** A class around a struct's class: list, set or map of it. */
export interface Collection {
  readonly base: "ComplexList" | "ComplexMap" | "MapList";
  /** What `get` returns, a `new` expression. */
  readonly item: string;
}

interface Declaration {
  readonly base: string | undefined;
  readonly body: string;
}

const DECLARATION = /^export (?:interface|class|function) (\w+)(?:[^\n]*? extends cdkt[fn]\.(\w+))?/gm;
const MEMBER_COMMENT = /^ *\/\/ (\S+) - computed: /gm;
const MEMBER = new RegExp(
  String.raw`^  // (\S+) - computed: (true|false), optional: (true|false), required: (true|false)\n` +
    String.raw`(?:  private \S+(?: = ([^\n]*);|: [^\n]*)\n)?` +
    String.raw`  public get \S+\(\) \{\n    return ([^\n]*);\n`,
  "gm",
);
const MAPPING =
  /^ +([\w-]+): \{\n +value: (?:\S+ === undefined \? [^\n]*? : )?([^\n]*)\((?:this|struct!)\.[\w.]+\),\n +isBlock: \w+,\n +type: "(simple|list|set|map|struct)",\n/gm;
const MAPPING_START = /^ +[\w-]+: \{$/gm;
const PROPERTY = /^ {2}\/\*\*\n[^]*?\*\/\n {2}readonly \w+\??:/gm;
const ROOTS = ["TerraformResource", "TerraformDataSource", "TerraformProvider", "TerraformEphemeralResource"];

/**
 * The declarations of one generated module. The text is cut at its top-level declarations and each is read only when it is
 * asked for: the TypeScript compiler takes ten times as long.
 *
 * @throws UnparsedSchemaError from every method, when the text is not as cdktf 0.20 to 0.21 and cdktn generate it
 */
export class Declarations {
  private readonly declarations = new Map<string, Declaration>();
  private readonly rootName: string;

  /** @param where names the binding and the file in messages */
  constructor(
    text: string,
    private readonly where: string,
  ) {
    const found = [...text.matchAll(DECLARATION)];
    found.forEach((match, index) => {
      const body = text.slice(match.index, found[index + 1]?.index);
      this.declarations.set(name(match), { base: match[2], body });
    });
    const roots = [...this.declarations].filter(([, { base }]) => base !== undefined && ROOTS.includes(base));
    if (roots.length !== 1) {
      throw this.failure(`expected one class of ${ROOTS.join(", ")}, found ${String(roots.length)}`);
    }
    this.rootName = (roots[0] as [string, Declaration])[0];
  }

  /** Which of cdktf's classes the module's construct extends. */
  get kind(): string {
    return this.declaration(this.rootName).base ?? "";
  }

  /** The Terraform type, such as `aws_vpc`; of a provider its name. */
  get type(): string {
    return this.constant(/tfResourceType = "([^"]+)"/, "tfResourceType");
  }

  get root(): Struct {
    const { body } = this.declaration(this.rootName);
    // Named after the class, except where another class has that name already; the constructor has the right one.
    const config = this.constant(
      /public constructor\(scope: Construct, id: string, config: (\w+)/,
      "constructor",
    );
    return {
      name: this.rootName,
      members: this.members(this.rootName, body),
      mappings: this.mappings(this.rootName, body),
      properties: this.properties(config),
    };
  }

  /** The names of all structs that have members of their own; those of a provider's configuration have not. */
  get structNames(): string[] {
    return [...this.declarations]
      .filter(([className, { base }]) => base === "ComplexObject" && className.endsWith("OutputReference"))
      .map(([className]) => className.slice(0, -"OutputReference".length));
  }

  struct(structName: string): Struct {
    const classBody = this.declarations.get(`${structName}OutputReference`)?.body;
    const mapper = `${structName.charAt(0).toLowerCase()}${structName.slice(1)}ToHclTerraform`;
    const mappings = this.mappings(structName, this.declaration(mapper).body);
    const properties = this.properties(structName);
    const members =
      classBody === undefined
        ? this.providerMembers(structName, mappings, properties)
        : this.members(structName, classBody);
    return { name: structName, members, mappings, properties };
  }

  /** The class called `className` when it is a collection; undefined when it is a struct's own class. */
  collection(className: string): Collection | undefined {
    const { base, body } = this.declaration(className);
    if (base === "ComplexObject") return undefined;
    if (base !== "ComplexList" && base !== "ComplexMap" && base !== "MapList") {
      throw this.failure(`extends '${String(base)}', which is no known collection`, className);
    }
    const item = /^ {2}public get\([^\n]*\n {4}return ([^\n]*);$/m.exec(body)?.[1];
    if (item === undefined) throw this.failure("has no 'get' that returns its items", className);
    return { base, item };
  }

  /** An error that says where in the binding the parser was. */
  failure(why: string, className?: string, attribute?: string): UnparsedSchemaError {
    const place = [className && `class ${className}`, attribute && `attribute '${attribute}'`]
      .filter(Boolean)
      .join(", ");
    return new UnparsedSchemaError(`${this.where}: ${place === "" ? "" : `${place}: `}${why}`);
  }

  private declaration(wanted: string): Declaration {
    const declaration = this.declarations.get(wanted);
    if (declaration === undefined) throw this.failure(`'${wanted}' is used but not declared`);
    return declaration;
  }

  private constant(pattern: RegExp, what: string): string {
    const value = pattern.exec(this.declaration(this.rootName).body)?.[1];
    if (value === undefined) throw this.failure(`has no ${what}`, this.rootName);
    return value;
  }

  private members(className: string, body: string): Member[] {
    const members = Array.from(body.matchAll(MEMBER), (match) => ({
      name: name(match),
      computed: match[2] === "true",
      optional: match[3] === "true",
      required: match[4] === "true",
      expression: match[5] ?? match[6] ?? "",
    }));
    this.expectAll(Array.from(body.matchAll(MEMBER_COMMENT), name), members, className, "its declaration");
    return members;
  }

  private mappings(className: string, body: string): Map<string, Mapping> {
    const start = body.lastIndexOf("const attrs = {\n");
    if (start < 0)
      throw this.failure("has no HCL attributes: it was generated by cdktf 0.19 or older", className);
    const text = body.slice(start + "const attrs = {\n".length);
    const mappings = Array.from(text.matchAll(MAPPING), (match) => ({
      name: name(match),
      nesting: match[3] as Mapping["nesting"],
      mapper: match[2] ?? "",
    }));
    const announced = Array.from(text.matchAll(MAPPING_START), ([line]) =>
      line.trim().slice(0, -": {".length),
    );
    this.expectAll(announced, mappings, className, "its HCL mapping");
    return new Map(mappings.map((mapping) => [mapping.name, mapping]));
  }

  private properties(interfaceName: string): Map<string, Property> {
    const properties = new Map<string, Property>();
    for (const [comment] of this.declaration(interfaceName).body.matchAll(PROPERTY)) {
      const attribute = /Docs at Terraform Registry: \{@link \S+#(\S+) /.exec(comment)?.[1];
      if (attribute === undefined)
        throw this.failure("a property has no link to its documentation", interfaceName);
      const isBlock = comment.startsWith(`  /**\n  * ${attribute} block\n`);
      properties.set(attribute, { optional: comment.endsWith("?:"), isBlock });
    }
    return properties;
  }

  /** The structs of a provider's configuration have no class, for nothing can be read back from a provider. */
  private providerMembers(
    structName: string,
    mappings: ReadonlyMap<string, Mapping>,
    properties: ReadonlyMap<string, Property>,
  ): Member[] {
    return [...mappings.keys()].map((attribute) => {
      const property = properties.get(attribute);
      if (property === undefined) throw this.failure("is not in the interface", structName, attribute);
      const { optional } = property;
      return { name: attribute, computed: false, optional, required: !optional, expression: "this._" };
    });
  }

  private expectAll(announced: string[], read: { name: string }[], className: string, what: string): void {
    const names = new Set(read.map((entry) => entry.name));
    const missed = announced.find((attribute) => !names.has(attribute));
    if (missed !== undefined) throw this.failure(`${what} is not as cdktf generates it`, className, missed);
    if (announced.length !== read.length)
      throw this.failure(`${what} is there twice`, className, announced[0]);
  }
}

/** The first capture, which is always a name. */
function name(match: RegExpMatchArray): string {
  return match[1] ?? "";
}
