import { Decoder, Encoder, ExtensionCodec } from "@msgpack/msgpack";

/**
 * A value that Terraform will know only after apply. `refinement` is what core already knows of it (that it is
 * not null, its prefix), kept as received.
 */
export class Unknown {
  constructor(
    readonly extension = PLAIN,
    readonly refinement = new Uint8Array([0]),
  ) {}
}

/** A value of Terraform's type system: objects, maps and blocks are records; lists, sets and tuples are arrays. */
export type Value = null | boolean | number | bigint | string | Uint8Array | Unknown | Value[] | ObjectValue;
export interface ObjectValue {
  [name: string]: Value;
}

/** MessagePack extension numbers by which go-cty marks a plain and a refined unknown. */
const PLAIN = 0;
const REFINED = 12;

const extensionCodec = new ExtensionCodec();
for (const type of [PLAIN, REFINED]) {
  extensionCodec.register({
    type,
    encode: (value: unknown) =>
      value instanceof Unknown && value.extension === type ? value.refinement : null,
    decode: (data) => new Unknown(type, Uint8Array.from(data)),
  });
}

const encoder = new Encoder({ extensionCodec, useBigInt64: true });
const decoder = new Decoder({ extensionCodec, useBigInt64: true });

/** One `DynamicValue` message. Terraform sends MessagePack except where state is upgraded. */
export interface DynamicValue {
  readonly msgpack?: Uint8Array;
  readonly json?: Uint8Array;
}

export function encode(value: Value): DynamicValue {
  return { msgpack: encoder.encode(value) };
}

export function decode(dynamic: DynamicValue | undefined | null): Value {
  if (dynamic?.msgpack?.length) return decoder.decode(dynamic.msgpack) as Value;
  if (dynamic?.json?.length) return JSON.parse(Buffer.from(dynamic.json).toString("utf8")) as Value;
  return null;
}

export function isObject(value: Value | undefined): value is ObjectValue {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Unknown) &&
    !(value instanceof Uint8Array)
  );
}

/** Whether two values are the same to Terraform: `1` and `1n` are, two unknowns are not known to be. */
export function same(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (a instanceof Unknown || b instanceof Unknown) return false;
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  if (isNumeric(a) && isNumeric(b)) return a == b;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => same(item, b[i]));
  }
  if (isObject(a) && isObject(b)) {
    const names = Object.keys(a);
    return (
      names.length === Object.keys(b).length && names.every((name) => name in b && same(a[name], b[name]))
    );
  }
  return false;
}

function isNumeric(value: Value | undefined): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** Whether an unknown stands anywhere in `value`. */
export function hasUnknown(value: Value): boolean {
  if (value instanceof Unknown) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isObject(value) && Object.values(value).some(hasUnknown);
}

/** All that stands at `path` in `value`, whatever lists lie on the way. */
export function at(value: Value | undefined, [name, ...rest]: readonly string[]): Value[] {
  if (Array.isArray(value))
    return value.flatMap((item) => at(item, name === undefined ? [] : [name, ...rest]));
  if (name === undefined) return value === undefined || value === null ? [] : [value];
  return isObject(value) ? at(value[name], rest) : [];
}

/** One text for one value, whatever the order in which the names of an object came. */
export function canonical(value: Value): string {
  return JSON.stringify(value, (_name, item: unknown) => {
    if (item instanceof Unknown) return "unknown";
    if (typeof item === "bigint") return item.toString();
    if (typeof item !== "object" || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
