import type { Comparison, Difference, Fact } from "./comparison";

const FACTS: readonly Fact[] = ["kind", "type", "flags", "write-only", "nesting", "min items", "max items"];
const BLOCK_FACTS: readonly Fact[] = ["nesting", "min items", "max items"];

/** How often each fact was compared and found different. */
export function factTable({ attributes, blocks, differences }: Comparison): string {
  return table(
    ["fact", "compared", "different"],
    FACTS.map((fact) => [
      fact,
      String(fact === "kind" ? attributes + blocks : BLOCK_FACTS.includes(fact) ? blocks : attributes),
      String(differences.filter((difference) => difference.fact === fact).length),
    ]),
  );
}

export function differenceTable(differences: readonly Difference[]): string {
  if (differences.length === 0) return "None.";
  const rows = differences.map(({ path, fact, derived, published }) => [
    `\`${path}\``,
    fact,
    shorten(derived),
    shorten(published),
  ]);
  return table(["path", "fact", "derived", "published"], rows);
}

/** One line for each type, and first one for each name that many types share, such as a provider-wide argument. */
export function pathList(paths: readonly string[]): string {
  const types = paths.filter((path) => rest(path) === "");
  const members = paths.filter((path) => rest(path) !== "");
  const byName = groupBy(members, rest);
  const widespread = [...byName].filter(([, found]) => found.length > 50);
  const lines = widespread.map(([name, found]) => `- \`${name}\`: in ${String(found.length)} types`);
  const common = new Set(widespread.map(([name]) => name));
  for (const [type, found] of groupBy(
    members.filter((path) => !common.has(rest(path))),
    typeOf,
  )) {
    lines.push(`- \`${type}\`: ${found.map((path) => `\`${rest(path)}\``).join(", ")}`);
  }
  if (types.length > 0)
    lines.unshift(`- ${String(types.length)} types: ${types.map((type) => `\`${type}\``).join(", ")}`);
  return lines.length === 0 ? "None." : lines.join("\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function typeOf(path: string): string {
  const parts = path.split(".");
  return parts.slice(0, parts[0] === "data" ? 2 : 1).join(".");
}

function rest(path: string): string {
  return path.slice(typeOf(path).length + 1);
}

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

// Map.groupBy comes with Node 21.
function groupBy(paths: readonly string[], key: (path: string) => string): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const path of paths) groups.set(key(path), [...(groups.get(key(path)) ?? []), path]);
  return groups;
}
