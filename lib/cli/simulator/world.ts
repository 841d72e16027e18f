import { at, type ObjectValue, type Value } from "./protocol/value";

/** How long nothing may happen until nothing more is awaited, in milliseconds: Terraform takes a while between two steps. */
const QUIET_MS = 1_000;

/** What exists in the simulated clouds, in every stack: enough to know what a destroy would be refused for. */
export class World {
  private readonly byType = new Map<string, Map<string, ObjectValue>>();
  private running = 0;
  private quietSince = Date.now();

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

  /** Does something, which others may wait for. */
  async doing<T>(work: () => Promise<T>): Promise<T> {
    this.running++;
    try {
      return await work();
    } finally {
      this.running--;
      this.quietSince = Date.now();
    }
  }

  /**
   * What `ask` says once nothing else is under way, or as soon as it says nothing: two things between which Terraform
   * knows no order come out the same every time. To be called from within {@link doing}.
   */
  async settled<T>(ask: () => T | undefined): Promise<T | undefined> {
    this.running--;
    try {
      let said = ask();
      while (said !== undefined && (this.running > 0 || Date.now() - this.quietSince < QUIET_MS)) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        said = ask();
      }
      return said;
    } finally {
      this.running++;
    }
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
