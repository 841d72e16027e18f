import { at, type ObjectValue, type Value } from "./protocol/value";

/** What exists in the simulated clouds, in every stack: enough to know what a destroy would be refused for. */
export class World {
  private readonly byType = new Map<string, Map<string, ObjectValue>>();

  /** @param stateIn what Terraform state a bucket holds; a bucket with state in it is not empty. */
  constructor(readonly stateIn: (bucket: string) => readonly string[] = () => []) {}

  has(type: string, id: string): boolean {
    return this.find(type, id) !== undefined;
  }

  find(type: string, id: string): ObjectValue | undefined {
    return this.byType.get(type)?.get(id);
  }

  all(type: string): readonly ObjectValue[] {
    return [...(this.byType.get(type)?.values() ?? [])];
  }

  /** All that stands at `path`, with dots, in the resources of `type` that have one of these ids. */
  take(type: string, path: string, ids: readonly Value[]): Value[] {
    return ids.flatMap((id) => at(this.find(type, String(id)), path.split(".")));
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
}
