import type { Fact, Facts } from "./facts/facts";
import { at, same, type ObjectValue, type Value } from "./protocol/value";
import type { World } from "./world";

/** The types whose resources are objects in a bucket. */
const OBJECTS = ["aws_s3_object", "aws_s3_bucket_object", "aws_s3_object_copy"];

/** Why the cloud would refuse to delete `resource` now, in its own words; undefined when it would not. */
export function refusal(
  { facts, world }: { readonly facts: Facts; readonly world: World },
  type: string,
  resource: ObjectValue,
): string | undefined {
  const because = (row: Fact, what: string) =>
    `${named(row.error ?? "the cloud refuses this", resource)}\n\n${what}\nSource: ${row.source}`;

  for (const row of facts.of(type, "refuses-destroy")) {
    if (resource[row.attribute ?? ""] === row.value && !gotAround(row, resource)) {
      return because(row, `'${row.attribute}' is ${JSON.stringify(row.value)}; change and deploy it first.`);
    }
  }
  const held = inTheWay({ facts, world }, type, resource);
  if (held) return because(held.row, held.what);
  for (const row of facts.of(type, "refuses-destroy-unless-empty")) {
    if (resource[row.attribute ?? ""] === true) continue;
    const bucket = String(resource["id"]);
    const inside = [...objectsIn(world, bucket), ...world.stateIn(bucket)];
    if (inside.length > 0) return because(row, `It holds ${inside.slice(0, 3).join(", ")}.`);
  }
  return undefined;
}

/** Why the cloud would refuse to change `before` to `after` in place; undefined when it would not. */
export function changeRefusal(
  surroundings: { readonly facts: Facts; readonly world: World },
  type: string,
  before: ObjectValue,
  after: ObjectValue,
): string | undefined {
  for (const row of surroundings.facts.of(type, "refuses-change-in-use")) {
    const { attribute = "", error = "the cloud refuses this", source } = row;
    if (same(before[attribute], after[attribute])) continue;
    const held = inTheWay(surroundings, type, before);
    if (held) return `${named(error, before)}\n\n${held.what}\nSource: ${source}`;
  }
  return undefined;
}

/** The first that refers to a resource, with the row that says that this matters. */
function inTheWay(
  { facts, world }: { readonly facts: Facts; readonly world: World },
  type: string,
  resource: ObjectValue,
): { readonly row: Fact; readonly what: string } | undefined {
  for (const row of facts.blockersOf(type)) {
    if (gotAround(row, resource)) continue;
    const blocker = world.all(row.type).find((other) => blocks(world, row, other, resource));
    if (!blocker) continue;
    const { attribute = "", through } = row;
    const where = through ? `'${attribute}', by way of '${through}'` : `'${attribute}'`;
    return { row, what: `${row.type} ${String(blocker["id"])} still refers to it in ${where}.` };
  }
  return undefined;
}

/** Whether the provider clears away by itself what it would be refused for. */
function gotAround(row: Fact, resource: ObjectValue): boolean {
  return row.unless !== undefined && resource[row.unless] === true;
}

function blocks(
  world: World,
  { attribute = "", by = "id", through, except }: Fact,
  other: ObjectValue,
  resource: ObjectValue,
): boolean {
  const ids = at(other, attribute.split("."));
  const [, type = "", path = ""] = /^([^.]+)\.(.*)$/.exec(through ?? "") ?? [];
  const held = through ? world.take(type, path, ids) : ids;
  return held.some((value) => same(value, resource[by])) && !(except && matches(other, except, resource));
}

/** Whether each attribute of `other` has the value, or one of the values, that `except` has for it. */
function matches(
  other: ObjectValue,
  except: Readonly<Record<string, Value>>,
  resource: ObjectValue,
): boolean {
  return Object.entries(except).every(([attribute, wanted]) =>
    (Array.isArray(wanted) ? wanted : [wanted]).some((value) =>
      same(other[attribute], typeof value === "string" ? named(value, resource) : value),
    ),
  );
}

/** `text` with the attributes of the resource that is to be deleted in place of `{id}` and `{attr:NAME}`. */
function named(text: string, resource: ObjectValue): string {
  return text.replace(/\{(?:id|attr:([a-z_]+))\}/g, (_whole, name: string | undefined) =>
    String(resource[name ?? "id"] as string),
  );
}

function objectsIn(world: World, bucket: string): string[] {
  return OBJECTS.flatMap((type) => world.all(type))
    .filter((object) => object["bucket"] === bucket)
    .map((object) => String(object["key"]));
}
