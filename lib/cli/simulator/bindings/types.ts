import type { CtyType } from "../schema";
import type { Declarations, Mapping, Member, Struct } from "./declarations";

const PRIMITIVES: Readonly<Record<string, CtyType>> = { string: "string", number: "number", boolean: "bool" };

/** The getters of cdktf's constructs and complex objects, and the collections that they read. */
const GETTERS: readonly (readonly [RegExp, CtyType])[] = [
  [/^this\.getStringAttribute\(/, "string"],
  [/^this\.getNumberAttribute\(/, "number"],
  [/^this\.getBooleanAttribute\(/, "bool"],
  [/^this\.getListAttribute\(/, ["list", "string"]],
  [/^this\.getNumberListAttribute\(/, ["list", "number"]],
  [/^cdkt[fn]\.Fn\.tolist\(this\.getListAttribute\(/, ["set", "string"]],
  [/^cdkt[fn]\.Token\.asNumberList\(cdkt[fn]\.Fn\.tolist\(this\.getNumberListAttribute\(/, ["set", "number"]],
  [/^this\.getStringMapAttribute\(/, ["map", "string"]],
  [/^this\.getNumberMapAttribute\(/, ["map", "number"]],
  [/^this\.getBooleanMapAttribute\(/, ["map", "bool"]],
  // Terraform's `dynamic` is generated as a map of any.
  [/^this\.getAnyMapAttribute\(/, "dynamic"],
];
/** Getters that only say that there is a value, or that it was configured. */
const UNTYPED = /^(?:this\._|this\.interpolationForAttribute\(|cdkt[fn]\.Token\.asAny\()/;
const STORED = /^new (cdkt[fn]\.)?(\w+)\([^\n]*?(?:, (true|false))?\)$/;

/** Reads the types of one module's attributes. */
export class AttributeTypes {
  private readonly reading = new Set<string>();

  constructor(private readonly module: Declarations) {}

  of(member: Member, struct: Struct): CtyType {
    const { expression } = member;
    const getter = GETTERS.find(([pattern]) => pattern.test(expression));
    if (getter) return getter[1];
    const stored = STORED.exec(expression);
    const fail = (why: string) => this.module.failure(why, struct.name, member.name);
    if (stored) {
      const [, engine, className = "", wrapsSet] = stored;
      return engine ? ofCollectionName(className, wrapsSet, fail) : this.ofClass(className, wrapsSet);
    }
    if (!UNTYPED.test(expression)) throw fail(`no type is known for '${expression}'`);
    const mapping = struct.mappings.get(member.name);
    if (mapping) return this.ofMapper(mapping.mapper, mapping.nesting, fail);
    // One of the trees that the generator replaces by `any` because of their size, in a data source.
    if (member.computed && expression.startsWith("this.interpolationForAttribute(")) return "dynamic";
    throw fail(`has neither a typed getter ('${expression}') nor an HCL mapping`);
  }

  /** The type of a struct that stands in an attribute: there its members have no flags of their own. */
  object(structName: string): CtyType {
    // The generator closes what looks like a recursion; how deep the provider's schema goes on is not known.
    if (this.reading.has(structName)) return "dynamic";
    this.reading.add(structName);
    const struct = this.module.struct(structName);
    const type = struct.members.map((member) => [member.name, this.of(member, struct)] as const);
    this.reading.delete(structName);
    return ["object", Object.fromEntries(type)];
  }

  private ofClass(className: string, wrapsSet: string | undefined): CtyType {
    const collection = this.module.collection(className);
    if (collection === undefined) return this.object(className.replace(/OutputReference$/, ""));
    const item = STORED.exec(collection.item);
    if (item?.[2] === undefined)
      throw this.module.failure(`'${collection.item}' makes no known item`, className);
    const itemType = this.ofClass(item[2], item[3]);
    if (collection.base === "ComplexMap") return ["map", itemType];
    if (wrapsSet === undefined) throw this.module.failure("is made without saying list or set", className);
    return [wrapsSet === "true" ? "set" : "list", itemType];
  }

  /** `cdktf.listMapperHcl(cdktf.stringToHclTerraform, false)` and the like. Of inner collections it cannot tell sets from lists. */
  private ofMapper(mapper: string, nesting: Mapping["nesting"], fail: (why: string) => Error): CtyType {
    const list = /^cdkt[fn]\.listMapperHcl\((.*), (?:true|false)\)$/.exec(mapper)?.[1];
    if (list !== undefined) return [nesting === "set" ? "set" : "list", this.ofMapper(list, "simple", fail)];
    const map = /^cdkt[fn]\.hashMapperHcl\((.*)\)$/.exec(mapper)?.[1];
    if (map !== undefined) return isAny(map) ? "dynamic" : ["map", this.ofMapper(map, "simple", fail)];
    if (isAny(mapper)) return "dynamic";
    const primitive = PRIMITIVES[/^cdkt[fn]\.(\w+)ToHclTerraform$/.exec(mapper)?.[1] ?? ""];
    if (primitive !== undefined) return primitive;
    const struct = mappedStruct(mapper);
    if (struct === undefined) throw fail(`no type is known for '${mapper}'`);
    return this.object(struct);
  }
}

/** The struct that a mapper such as `vpcTimeoutsToHclTerraform` maps; undefined for cdktf's own mappers. */
export function mappedStruct(mapper: string): string | undefined {
  const struct = /^(\w+)ToHclTerraform$/.exec(mapper)?.[1];
  return struct && `${struct.charAt(0).toUpperCase()}${struct.slice(1)}`;
}

function isAny(mapper: string): boolean {
  return /^cdkt[fn]\.anyToHclTerraform$/.test(mapper);
}

/** `StringListMap` is a map of lists of strings: cdktf names its collections from the inside out. */
function ofCollectionName(
  collection: string,
  wrapsSet: string | undefined,
  fail: (why: string) => Error,
): CtyType {
  const [, primitive = "", wrappers = ""] =
    /^(String|Number|Boolean|Any)((?:List|Map)+)$/.exec(collection) ?? [];
  const layers = wrappers.match(/List|Map/g) ?? [];
  let type = PRIMITIVES[primitive.toLowerCase()];
  if (primitive === "Any" && layers[0] === "Map") {
    layers.shift();
    type = "dynamic";
  }
  if (type === undefined) throw fail(`no type is known for cdktf's '${collection}'`);
  return layers.reduce<CtyType>((inner, layer, index) => {
    if (layer === "Map") return ["map", inner];
    const outermost = index === layers.length - 1;
    return [outermost && wrapsSet === "true" ? "set" : "list", inner];
  }, type);
}
