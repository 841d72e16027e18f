import type { Facts, Lookup } from "./facts/facts";
import { at, isObject, same, Unknown, type ObjectValue, type Value } from "./protocol/value";
import { Seeded } from "./random";
import type { Attribute, Block, CtyType, NestedBlock } from "./schema";
import type { World } from "./world";

/** Where simulated things seem to live: the answers to `{region}`, `{account}` and `{partition}` in the facts. */
export interface Cloud {
  readonly region: string;
  readonly account: string;
  readonly partition: string;
  readonly dnsSuffix: string;
}

export interface Invention {
  /** The resource type, or `data.` and the data source's, as the facts know it. */
  readonly type: string;
  readonly block: Block;
  readonly facts: Facts;
  /** What exists already, which facts may look into. */
  readonly world: World;
  readonly cloud: Cloud;
  readonly seed: string;
}

/**
 * Puts a value of the right type and shape in place of each unknown in `planned`. The facts come first; where they
 * hold nothing the value is made up from the attribute's name, and always the same for the same seed.
 */
export function invent(invention: Invention, planned: ObjectValue): ObjectValue {
  return new Inventor(invention, planned).fillBlock(invention.block, planned, "");
}

class Inventor {
  private readonly random: Seeded;
  private readonly pending = new Set<string>();

  constructor(
    private readonly invention: Invention,
    /** The resource itself, to which `{attr:...}` refers; top-level attributes are filled in as they are needed. */
    private readonly root: ObjectValue,
  ) {
    this.random = new Seeded(invention.seed);
  }

  fillBlock(block: Block, value: ObjectValue, prefix: string): ObjectValue {
    const filled: ObjectValue = {};
    for (const [name, attribute] of Object.entries(block.attributes)) {
      filled[name] =
        prefix === ""
          ? this.top(name, attribute)
          : this.attribute(prefix + name, attribute, value[name] ?? null);
    }
    for (const [name, nested] of Object.entries(block.blocks)) {
      filled[name] = this.nested(nested, value[name] ?? null, `${prefix}${name}.`);
    }
    return filled;
  }

  private nested({ block }: NestedBlock, value: Value, prefix: string): Value {
    const one = (item: Value) => (isObject(item) ? this.fillBlock(block, item, prefix) : item);
    if (value instanceof Unknown) return [];
    return Array.isArray(value) ? value.map(one) : one(value);
  }

  /** One top-level attribute of the resource; facts about others may ask for it before its turn. */
  private top(name: string, attribute: Attribute): Value {
    if (this.pending.has(name)) return `simulated-${name}`;
    this.pending.add(name);
    const value = this.attribute(name, attribute, this.root[name] ?? null);
    this.pending.delete(name);
    return value;
  }

  private attribute(path: string, attribute: Attribute, value: Value): Value {
    if (!(value instanceof Unknown)) return this.fillUnknowns(attribute.type, value, path);
    const { facts, type } = this.invention;
    const fact = facts.find(type, path, "computed") ?? facts.find(type, path, "default");
    const [, copied] = /^\{attr:([^}]+)\}$/.exec(typeof fact?.value === "string" ? fact.value : "") ?? [];
    if (copied && attribute.type === this.invention.block.attributes[copied]?.type) return this.copy(copied);
    const found = this.found(fact?.from, attribute.type);
    if (found !== undefined) return found;
    if (fact) return this.expand(fact.value ?? null, attribute.type);
    return this.made(path, attribute.type, attribute.optional === true);
  }

  /** What `from` leads to, ready for use; undefined where the fact's own value holds. */
  private found(from: Lookup | undefined, type: CtyType): Value | undefined {
    if (!from) return undefined;
    const [first = "", ...rest] = from.attribute.split(".");
    const own = first in this.invention.block.attributes ? this.copy(first) : this.root[first];
    const here = at(own, rest);
    const found = from.type ? this.invention.world.take(from.type, from.take ?? "id", here) : here;
    if (from.is !== undefined) return same(found[0], from.is) ? undefined : null;
    return typeof type === "string" || found.length === 0 ? found[0] : found;
  }

  /** Unknowns inside a value whose outer part is known, such as one element of a list. */
  private fillUnknowns(type: CtyType, value: Value, path: string): Value {
    if (value instanceof Unknown) return this.made(path, type, false);
    if (typeof type === "string" || value === null) return value;
    const [kind, inner] = type;
    if (kind === "object") {
      if (!isObject(value)) return value;
      return Object.fromEntries(
        Object.entries(inner).map(([name, t]) => [
          name,
          this.fillUnknowns(t, value[name] ?? null, `${path}.${name}`),
        ]),
      );
    }
    if (Array.isArray(value)) return value.map((item, i) => this.fillUnknowns(inner, item, `${path}[${i}]`));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, this.fillUnknowns(inner, item, `${path}.${key}`)]),
    );
  }

  /** A value for an attribute of which no fact is known. Users can set `optional` ones, so they are left empty. */
  private made(path: string, type: CtyType, optional: boolean): Value {
    const name = path.slice(path.lastIndexOf(".") + 1).replace(/\[.*$/, "");
    if (type === "string") return this.text(name, path);
    if (type === "number") return 0;
    if (type === "bool") return false;
    if (type === "dynamic") return null;
    const [kind, inner] = type;
    if (kind === "object") {
      return Object.fromEntries(
        Object.entries(inner).map(([key, t]) => [key, this.made(`${path}.${key}`, t, false)]),
      );
    }
    if (kind === "map") return {};
    // References go through the first element of a computed list of objects, so one has to be there.
    return !optional && Array.isArray(inner) && inner[0] === "object" ? [this.made(path, inner, false)] : [];
  }

  private text(name: string, path: string): string {
    const { cloud, type } = this.invention;
    if (/(^|_)arn$/.test(name)) {
      const service = type.replace(/^data\./, "").split("_")[1] ?? "service";
      return `arn:${cloud.partition}:${service}:${cloud.region}:${cloud.account}:simulated/${this.random.hex(12, path)}`;
    }
    if (/cidr/.test(name)) return "10.0.0.0/16";
    if (/(^|_)ip(_address)?$/.test(name)) return this.expandText("{private-ip}", path);
    if (/(^|_)(date|time|timestamp|at)$/.test(name)) return "2000-01-01T00:00:00Z";
    return `simulated-${name.replaceAll("_", "-")}-${this.random.hex(8, path)}`;
  }

  private expand(template: Value, type: CtyType): Value {
    if (typeof template === "string") {
      const text = this.expandText(template, template);
      return type === "number" ? Number(text) : text;
    }
    if (Array.isArray(template)) return template.map((item) => this.expand(item, "string"));
    if (!isObject(template)) return template;
    return Object.fromEntries(
      Object.entries(template).map(([key, item]) => [key, this.expand(item, "string")]),
    );
  }

  private expandText(template: string, purpose: string): string {
    const { cloud } = this.invention;
    return template.replace(/\{([a-z-]+)(?::([^}]+))?\}/g, (whole, word: string, argument?: string) => {
      const length = Number(argument);
      switch (word) {
        case "hex":
          return this.random.hex(length, purpose);
        case "digits":
          return this.random.digits(length, purpose);
        case "upper":
          return this.random.upper(length, purpose);
        case "uuid":
          return this.random.uuid(purpose);
        case "id":
          return this.reference("id");
        case "attr":
          return this.reference(argument ?? "");
        case "region":
          return cloud.region;
        case "account":
          return cloud.account;
        case "partition":
          return cloud.partition;
        case "dns-suffix":
          return cloud.dnsSuffix;
        case "private-ip":
          return `10.${[1, 2, 3].map((i) => this.random.number(256, `${purpose}${i}`)).join(".")}`;
        case "public-ip":
          // TEST-NET-3 (RFC 5737): an address that can belong to nobody.
          return `203.0.113.${1 + this.random.number(254, purpose)}`;
        case "mac":
          return `02:${this.random.hex(10, purpose).match(/../g)?.join(":") ?? ""}`;
        default:
          throw new Error(`facts of ${this.invention.type}: '${whole}' is no placeholder that is known`);
      }
    });
  }

  private copy(name: string): Value {
    const attribute = this.invention.block.attributes[name];
    if (!attribute) throw new Error(`facts of ${this.invention.type}: it has no attribute '${name}'`);
    return this.top(name, attribute);
  }

  private reference(name: string): string {
    const value = name.includes(".") ? this.inside(name) : this.copy(name);
    return value === null ? "" : String(value as string | number | boolean);
  }

  /** The attribute at a path through blocks, of which each stands there once. */
  private inside(path: string): Value {
    const steps = path.split(".");
    const last = steps.pop() ?? "";
    let block: Block | undefined = this.invention.block;
    for (const step of steps) block = block?.blocks[step]?.block;
    const attribute = block?.attributes[last];
    if (!attribute) throw new Error(`facts of ${this.invention.type}: it has no attribute '${path}'`);
    let value: Value | undefined = this.root;
    for (const step of steps) {
      const inner: Value | undefined = isObject(value) ? value[step] : undefined;
      value = Array.isArray(inner) ? inner[0] : inner;
    }
    return this.attribute(path, attribute, (isObject(value) ? value[last] : undefined) ?? null);
  }
}
