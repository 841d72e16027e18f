import type { Fact, Facts } from "./facts/facts";
import { isObject, type ObjectValue, type Value } from "./protocol/value";

/** What exists in the simulated clouds, in every stack: enough to know what a destroy would be refused for. */
export class World {
  private readonly byType = new Map<string, Map<string, ObjectValue>>();

  /** @param stateIn what Terraform state a bucket holds; a bucket with state in it is not empty. */
  constructor(
    private readonly facts: Facts,
    private readonly stateIn: (bucket: string) => readonly string[] = () => [],
  ) {}

  has(type: string, id: string): boolean {
    return this.byType.get(type)?.has(id) ?? false;
  }

  put(type: string, resource: ObjectValue): void {
    const id = resource["id"];
    if (typeof id !== "string") return;
    const known = this.byType.get(type) ?? new Map<string, ObjectValue>();
    this.byType.set(type, known.set(id, resource));
  }

  remove(type: string, resource: ObjectValue): void {
    const id = resource["id"];
    if (typeof id === "string") this.byType.get(type)?.delete(id);
  }

  /** Why the cloud would refuse to delete this resource now, in its own words; undefined when it would not. */
  refusal(type: string, resource: ObjectValue): string | undefined {
    const id = typeof resource["id"] === "string" ? resource["id"] : "";
    const because = (row: Fact, what: string) =>
      `${(row.error ?? "the cloud refuses this").replaceAll("{id}", id)}\n\n${what}\nSource: ${row.source}`;

    for (const row of this.facts.of(type, "refuses-destroy")) {
      if (resource[row.attribute ?? ""] === row.value && resource[row.unless ?? ""] !== true) {
        return because(
          row,
          `'${row.attribute}' is ${JSON.stringify(row.value)}; change and deploy it first.`,
        );
      }
    }
    for (const row of this.facts.blockersOf(type)) {
      for (const [otherId, other] of this.byType.get(row.type) ?? []) {
        if (row.attribute && mentions(other, row.attribute.split("."), id)) {
          return because(row, `${row.type} ${otherId} still refers to it in '${row.attribute}'.`);
        }
      }
    }
    for (const row of this.facts.of(type, "refuses-destroy-unless-empty")) {
      if (resource[row.attribute ?? ""] === true) continue;
      const inside = [...this.objectsIn(id), ...this.stateIn(id)];
      if (inside.length > 0) return because(row, `It holds ${inside.slice(0, 3).join(", ")}.`);
    }
    return undefined;
  }

  private objectsIn(bucket: string): string[] {
    const objects = [...(this.byType.get("aws_s3_object")?.values() ?? [])];
    return objects.filter((object) => object["bucket"] === bucket).map((object) => String(object["key"]));
  }
}

/** Whether `id` stands at `path` in `value`, whatever lists lie on the way. */
function mentions(value: Value | undefined, path: readonly string[], id: string): boolean {
  if (Array.isArray(value)) return value.some((item) => mentions(item, path, id));
  const [name, ...rest] = path;
  if (name === undefined) return value === id;
  return isObject(value) && mentions(value[name], rest, id);
}
