import { countsOf, isChanged, losesState } from "../model/counts";
import type { Preview, StackPreview } from "../model/preview";
import { fit } from "./budget";
import { code, prose } from "./escape";
import { stackPieces } from "./markdown-stack";

/** By which the comment is found again, to be written anew. */
export const MARKER = "<!-- keelson:preview -->";

/** How long a comment's body may be, in characters, on GitHub; longer ones are refused with 422. */
export const COMMENT_MAX = 65_536;
/** What is used of it: something is left for what may be put around it. */
const BUDGET = 60_000;
/** How many stacks the table has at most, and how many names a list of unchanged ones. */
const ROWS = 100;

/** The preview as a comment in Markdown, below {@link COMMENT_MAX}. No text of it is read as markup. */
export function renderMarkdown(preview: Preview): string {
  const { stacks } = preview;
  const changed = stacks.filter((stack) => isChanged(stack) || stack.status === "failed");
  const still = stacks.filter((stack) => !changed.includes(stack));
  const top = [
    MARKER,
    `### ${title(preview, changed)}`,
    "",
    ...notesOf(preview),
    ...table(changed),
    ...unchanged(still),
  ];
  const bottom = footer(preview);
  const fixed = [...top, ...bottom].join("\n");
  const room = BUDGET - Buffer.byteLength(fixed) - 500;
  const { text, leftOut } = fit(changed.flatMap(stackPieces), room);
  const missing = [...leftOut].map(([what, count]) => `${count} ${what}${count === 1 ? "" : "s"}`);
  const cut =
    missing.length > 0
      ? [
          "",
          `**Left out, for a comment may not be longer: ${missing.join(", ")}.** \`keelson preview\` tells all of it.`,
        ]
      : [];
  return [...top, text, ...cut, "", ...bottom, ""].join("\n");
}

function title({ stacks, simulated }: Preview, changed: readonly StackPreview[]): string {
  const what = simulated ? "Plan preview" : "Plan";
  const failed = changed.filter(({ status }) => status === "failed").length;
  if (changed.length === 0) return `${what}: no changes in ${count(stacks.length, "stack")}`;
  const trouble = failed > 0 ? `, ${failed} cannot be planned` : "";
  return `${what}: ${changed.length} of ${count(stacks.length, "stack")} ${changed.length === 1 ? "changes" : "change"}${trouble}`;
}

function notesOf({ notes }: Preview): string[] {
  return notes.flatMap((note) => [`> ⚠️ ${prose(note)}`, ""]);
}

function table(changed: readonly StackPreview[]): string[] {
  if (changed.length === 0) return [];
  const rows = changed.slice(0, ROWS).map((stack) => {
    const counts = countsOf(stack.changes);
    const update =
      counts.mayReplace > 0
        ? `${counts.update} (${counts.mayReplace} may be replaced)`
        : String(counts.update);
    // Where something may be replaced, a plain zero would say that nothing is destroyed.
    const replace = counts.mayReplace > 0 ? `${counts.replace} or more` : String(counts.replace);
    const cells = [code(stack.name), counts.destroy, replace, update, counts.create, attention(stack)];
    return `| ${cells.join(" | ")} |`;
  });
  const more = changed.length > ROWS ? [`| and ${changed.length - ROWS} more | | | | | |`] : [];
  return [
    "| Stack | 🗑️ destroy | ♻️ replace | ✏️ update | ➕ create | Attention |",
    "|---|--:|--:|--:|--:|---|",
    ...rows,
    ...more,
    "",
  ];
}

function attention({ status, changes, refusals }: StackPreview): string {
  const losses = changes.filter(losesState).length;
  const disrupted = changes.filter(({ disruption }) => disruption.length > 0).length;
  return [
    status === "failed" && "⛔ cannot be planned",
    status === "added" && "new",
    status === "removed" && "no longer in the code",
    refusals.length > 0 && "⛔ the deploy is known to fail",
    losses > 0 && `⚠️ ${losses} lost for good, or may be`,
    disrupted > 0 && `⚠️ ${count(disrupted, "disruption")}`,
  ]
    .filter((word) => word !== false)
    .join("<br>");
}

function unchanged(still: readonly StackPreview[]): string[] {
  if (still.length === 0) return [];
  const names = still.slice(0, ROWS).map(({ name }) => code(name));
  const more = still.length > ROWS ? ` and ${still.length - ROWS} more` : "";
  return [`No changes: ${names.join(", ")}${more}`, ""];
}

function footer({ simulated, base, head, tool, assumptions }: Preview): string[] {
  const commits =
    base && head
      ? ` ${code(base.ref)} ${code(base.commit.slice(0, 9))} → ${code(head.commit.slice(0, 9))}${head.dirty ? " with what is not committed" : ""}.`
      : "";
  const what = simulated
    ? "🧪 **Simulated** from the code alone: no cloud was asked."
    : "☁️ **Real plans**, made with access to the cloud.";
  const said = assumptions.map((one) => ` ${prose(one)}`).join("");
  return ["---", `${what}${commits} ${code(tool)}.${said === "" ? "" : ` ${said.trim()}`}`];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
