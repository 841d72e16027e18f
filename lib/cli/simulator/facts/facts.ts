import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Value } from "../protocol/value";

/** One row of a facts file: something that a binding does not tell about a resource type, and who says so. */
export interface Fact {
  readonly type: string;
  readonly attribute?: string;
  readonly fact: FactKind;
  readonly value?: Value;
  /** For `refuses-destroy`: an attribute that, when true, makes the provider get around the refusal. */
  readonly unless?: string;
  /** What the cloud answers, for facts about refusals. */
  readonly error?: string;
  readonly source: string;
}

export type FactKind =
  | "replaces"
  | "may-replace"
  | "in-place"
  | "default"
  | "computed"
  | "counts"
  | "sensitive"
  | "import-id"
  | "blocks-destroy"
  | "refuses-destroy"
  | "refuses-destroy-unless-empty";

/** What is known beyond the bindings, looked up by resource type, attribute path and kind of fact. */
export class Facts {
  private readonly byType = new Map<string, Fact[]>();

  constructor(rows: readonly Fact[]) {
    for (const row of rows) {
      const known = this.byType.get(row.type);
      if (known) known.push(row);
      else this.byType.set(row.type, [row]);
    }
  }

  /** The facts that were written down for this project, one file per provider. */
  static shipped(): Facts {
    const files = readdirSync(__dirname).filter((name) => name.endsWith(".json"));
    return new Facts(
      files.flatMap((name) => JSON.parse(readFileSync(path.join(__dirname, name), "utf8")) as Fact[]),
    );
  }

  /** Whether anything at all is known of `type`. */
  has(type: string): boolean {
    return this.byType.has(type);
  }

  of(type: string, kind: FactKind): readonly Fact[] {
    return (this.byType.get(type) ?? []).filter((row) => row.fact === kind);
  }

  find(type: string, attribute: string, kind: FactKind): Fact | undefined {
    return this.byType.get(type)?.find((row) => row.attribute === attribute && row.fact === kind);
  }

  /**
   * What a change of `attribute` does: the fact that it replaces, may replace or is made in place. For a whole block
   * it is the gravest that is known of anything inside it. Undefined where nothing is known.
   */
  onChange(type: string, attribute: string): Fact | undefined {
    const known = (this.byType.get(type) ?? []).filter(
      (row) => row.attribute === attribute || row.attribute?.startsWith(`${attribute}.`),
    );
    const gravest = (["replaces", "may-replace", "in-place"] as const).map((kind) =>
      known.find((row) => row.fact === kind),
    );
    return gravest.find((row) => row !== undefined);
  }

  /** The rows by which a resource of some other type keeps one of `type` from being deleted. */
  blockersOf(type: string): readonly Fact[] {
    return [...this.byType.values()]
      .flat()
      .filter((row) => row.fact === "blocks-destroy" && row.value === type);
  }
}
