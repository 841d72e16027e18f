const NUMBER = /^-?[\d.]+( s)?$/;

/** A Markdown table that is aligned, so that it reads well in a terminal too. Columns of numbers are aligned to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => head.map((_, column) => (row[column] ?? "").replaceAll("|", "\\|")));
  const columns = head.map((title, column) => {
    const texts = cells.map((row) => row[column] ?? "");
    const right =
      texts.some((text) => NUMBER.test(text)) &&
      texts.every((text) => /^-?$/.test(text) || NUMBER.test(text));
    return { right, width: Math.max(3, ...[title, ...texts].map((text) => text.length)) };
  });
  const line = (row: readonly string[]) =>
    `| ${columns.map(({ right, width }, i) => (right ? (row[i] ?? "").padStart(width) : (row[i] ?? "").padEnd(width))).join(" | ")} |`;
  const rule = columns.map(({ right, width }) => (right ? `${"-".repeat(width - 1)}:` : "-".repeat(width)));
  return [line(head), line(rule), ...cells.map(line)].join("\n");
}
