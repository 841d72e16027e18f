import { isChange } from "../../../lib/cli/simulator/facts/derived";
import type { Fact } from "../../../lib/cli/simulator/facts/facts";

/** How the rows written by hand stand to those derived. */
export interface Comparison {
  /** What has to be mended, a line each. */
  readonly problems: readonly string[];
  /** Rows by hand of what could not be derived, or on what it depends. */
  readonly beyond: number;
  /** Rows by hand that hold against what was derived, each with its reason. */
  readonly overriding: number;
}

/** Compares what the files by hand say of changes and of secrets with what was derived of the same attributes. */
export function compare(byHand: readonly Fact[], derived: readonly Fact[]): Comparison {
  const read = new Map(derived.map((row) => [keyOf(row, row.attribute), row]));
  const problems: string[] = [];
  let [beyond, overriding] = [0, 0];
  for (const row of byHand.filter(({ fact }) => isChange(fact) || fact === "sensitive")) {
    const found = around(row, read);
    const verdict = judge(row, found);
    if (verdict) problems.push(`${row.type}.${row.attribute ?? ""}: ${verdict}`);
    else if (row.overrides) overriding++;
    else beyond++;
  }
  return { problems, beyond, overriding };
}

function judge(row: Fact, found: Fact | undefined): string | undefined {
  const own = `facts/*.json has '${row.fact}' (${row.source})`;
  if (!found) return row.overrides ? `${own} overrides nothing: take 'overrides' out` : undefined;
  const theirs = `'${found.fact}' is derived (${found.source})`;
  if (row.fact === found.fact && row.fact !== "may-replace")
    return `${own}, and ${theirs} too: delete the row`;
  const isOpen = found.fact === "may-replace" && String(found.value).startsWith("not derivable");
  const tellsMore = row.fact === "may-replace" && found.fact === "may-replace";
  if (isOpen || tellsMore)
    return row.overrides ? `${own} overrides nothing: take 'overrides' out` : undefined;
  return row.overrides
    ? undefined
    : `${own}, but ${theirs}: mend the row, or say in its 'overrides' why it holds all the same`;
}

/** What was derived of the row's attribute, or of the attribute that it is a part of. */
function around(row: Fact, read: ReadonlyMap<string, Fact>): Fact | undefined {
  const names = (row.attribute ?? "").split(".");
  const found = names.map((_, i) => read.get(keyOf(row, names.slice(0, names.length - i).join("."))));
  return found.find((one) => one !== undefined);
}

function keyOf({ type, fact }: Fact, attribute = ""): string {
  return `${type}.${attribute} ${fact === "sensitive" ? fact : "change"}`;
}
