import type { Fact } from "./facts";

/** What was read from a provider's source by `npm run facts`, and from which. */
export interface Derived {
  readonly licence: string;
  readonly module: string;
  readonly version: string;
  /** The version that the source gives itself: it is not always that of the binding. */
  readonly provider: string;
  readonly date: string;
  /** The binding whose attributes are here, and the provider's version that it was made from. */
  readonly binding: string;
  readonly bindingProvider: string;
  readonly types: Readonly<Record<string, DerivedType>>;
}

/** What is known of one type: attributes by what a change of them does, and by what in the source says so. */
export interface DerivedType {
  /** The file, or `UNREAD`. */
  readonly source: string;
  readonly replaces?: ByReason;
  readonly "in-place"?: ByReason;
  readonly "may-replace"?: ByReason;
  readonly sensitive?: readonly string[];
}

export type ByReason = Readonly<Record<string, readonly string[]>>;

/** Stands for the file where nothing of a type could be read. */
export const UNREAD = "(nothing of it was read)";

/** What a change of an attribute can do. */
export const CHANGES = ["replaces", "may-replace", "in-place"] as const;

/** The facts in what was derived, one for each attribute. */
export function rowsOf({ types, module, provider }: Derived): Fact[] {
  const name = module.replace(/.*terraform-/, "");
  return Object.entries(types).flatMap(([type, known]) => {
    const source = (reason: string) => `${name} ${provider} ${known.source}: ${reason}`;
    const changes = CHANGES.flatMap((fact) =>
      Object.entries(known[fact] ?? {}).flatMap(([reason, attributes]) =>
        attributes.map((attribute) => ({
          ...{ type, attribute, fact },
          ...(fact === "may-replace" ? { value: reason } : {}),
          source: source(reason),
        })),
      ),
    );
    const sensitive = (known.sensitive ?? []).map((attribute) => ({
      ...{ type, attribute, fact: "sensitive" as const },
      source: source("Sensitive"),
    }));
    return [...changes, ...sensitive];
  });
}

/** The rows written by hand, and those derived where no hand says what a change of the attribute does. */
export function withDerived(byHand: readonly Fact[], derived: readonly Fact[]): Fact[] {
  const key = ({ type, attribute = "", fact }: Fact) =>
    `${type}.${attribute} ${fact === "sensitive" ? fact : "change"}`;
  const said = new Set(byHand.filter(({ fact }) => isChange(fact) || fact === "sensitive").map(key));
  return [...byHand, ...derived.filter((row) => !said.has(key(row)))];
}

export function isChange(fact: string): boolean {
  return (CHANGES as readonly string[]).includes(fact);
}
