import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Value } from "../protocol/value";
import { rowsOf, withDerived, type Derived } from "./derived";

/** One row of a facts file: something that a binding does not tell about a resource type, and who says so. */
export interface Fact {
  readonly type: string;
  readonly attribute?: string;
  readonly fact: FactKind;
  readonly value?: Value;
  /** For refusals: an attribute of what is to be deleted that, when true, makes the provider get around it. */
  readonly unless?: string;
  /** For `blocks-destroy`: which attribute of what is to be deleted `attribute` holds, where it is not its id. */
  readonly by?: string;
  /** For `blocks-destroy`: what keeps a resource of `type` out of the way, when all of its attributes are as here. */
  readonly except?: Readonly<Record<string, Value>>;
  /** For `blocks-destroy`: `TYPE.PATH`, where the id stands in the resource that `attribute` names. */
  readonly through?: string;
  /** For `unique`: the attribute in which another one has to be the same for the two to clash. */
  readonly within?: string;
  /** For `may-replace`: what is done where something is added to a list, and nothing is taken away. */
  readonly adds?: "in-place";
  /** For `computed`: where it is found. `value` is for when nothing is there. */
  readonly from?: Lookup;
  /** What the cloud answers, for facts about refusals. */
  readonly error?: string;
  readonly source: string;
  /** Why this holds where what was derived from the provider's source says something else. */
  readonly overrides?: string;
}

/** What stands in `attribute`, or in `take` of the resource of `type` whose id stands there. */
export interface Lookup {
  readonly attribute: string;
  readonly type?: string;
  readonly take?: string;
  /** The fact's `value` holds where what is taken is this, and null everywhere else. */
  readonly is?: Value;
}

/** How the names of the files end that `npm run facts` writes. */
const DERIVED = ".derived.json";

export type FactKind =
  | "replaces"
  | "may-replace"
  | "in-place"
  | "replaces-while"
  | "disrupts"
  | "default"
  | "computed"
  | "counts"
  | "renews"
  | "sensitive"
  | "import-id"
  | "blocks-destroy"
  | "refuses-destroy"
  | "refuses-destroy-unless-empty"
  | "refuses-change"
  | "refuses-change-in-use"
  | "unique"
  | "keeps-name";

/** What a change may do, the gravest first. */
const EFFECTS = ["replaces", "may-replace", "in-place"] as const;

/** What is known beyond the bindings, looked up by resource type, attribute path and kind of fact. */
export class Facts {
  private readonly byType = new Map<string, Fact[]>();
  private readonly byPlace = new Map<string, Fact>();

  constructor(rows: readonly Fact[]) {
    for (const row of rows) {
      const known = this.byType.get(row.type);
      if (known) known.push(row);
      else this.byType.set(row.type, [row]);
      const place = placeOf(row.type, row.attribute, row.fact);
      if (!this.byPlace.has(place)) this.byPlace.set(place, row);
    }
  }

  /** The facts that were written down for this project and those that were derived, one file of each per provider. */
  static shipped(): Facts {
    const read = (name: string) => JSON.parse(readFileSync(path.join(__dirname, name), "utf8")) as unknown;
    const files = readdirSync(__dirname).filter((name) => name.endsWith(".json"));
    const derived = files.filter((name) => name.endsWith(DERIVED));
    const byHand = files.filter((name) => !name.endsWith(DERIVED)).flatMap((name) => read(name) as Fact[]);
    return new Facts(
      withDerived(
        byHand,
        derived.flatMap((name) => rowsOf(read(name) as Derived)),
      ),
    );
  }

  /** Whether anything at all is known of `type`. */
  has(type: string): boolean {
    return this.byType.has(type);
  }

  /** Whether anything is known of the types of `provider`, such as `aws`. */
  knows(provider: string): boolean {
    return [...this.byType.keys()].some((type) => type.startsWith(`${provider}_`));
  }

  of(type: string, kind: FactKind): readonly Fact[] {
    return (this.byType.get(type) ?? []).filter((row) => row.fact === kind);
  }

  find(type: string, attribute: string, kind: FactKind): Fact | undefined {
    return this.byPlace.get(placeOf(type, attribute, kind));
  }

  /**
   * What a change of `attribute` does: the fact that it replaces, may replace or is made in place. For a whole block
   * it is the gravest that is known of anything inside it; where nothing is, what is known of what is around it.
   * Undefined where nothing is known at all.
   */
  onChange(type: string, attribute: string): Fact | undefined {
    const known = (this.byType.get(type) ?? []).filter(
      (row) => row.attribute === attribute || row.attribute?.startsWith(`${attribute}.`),
    );
    const gravest = EFFECTS.map((kind) => known.find((row) => row.fact === kind));
    return gravest.find((row) => row !== undefined) ?? this.around(type, attribute);
  }

  /** What is known of a change of the nearest block around `attribute`, or else of the whole type. */
  private around(type: string, attribute: string): Fact | undefined {
    const steps = attribute.split(".").slice(0, -1);
    for (let depth = steps.length; depth >= 0; depth--) {
      const outer = depth === 0 ? undefined : steps.slice(0, depth).join(".");
      const found = EFFECTS.map((kind) => this.byPlace.get(placeOf(type, outer, kind)));
      const known = found.find((row) => row !== undefined);
      if (known) return known;
    }
    return undefined;
  }

  /** The rows by which a resource of some other type keeps one of `type` from being deleted. */
  blockersOf(type: string): readonly Fact[] {
    return [...this.byType.values()]
      .flat()
      .filter((row) => row.fact === "blocks-destroy" && row.value === type);
  }
}

function placeOf(type: string, attribute: string | undefined, kind: FactKind): string {
  return `${type} ${attribute ?? ""} ${kind}`;
}
