import { isChanged, losesState } from "../model/counts";
import type { Preview, StackPreview } from "../model/preview";
import { isMaster } from "../model/stateful";
import { fit, type Piece } from "./budget";
import { code, prose } from "./escape";
import { stackPieces } from "./markdown-stack";
import { lossWords, summaryOf } from "./words";

/** By which the comment is found again, to be written anew. */
export const MARKER = "<!-- keelson:preview -->";

/** How long a comment's body may be, in characters, on GitHub; longer ones are refused with 422. */
export const COMMENT_MAX = 65_536;
/** What is used of it: something is left for what may be put around it. */
const BUDGET = 60_000;
/** How many names the list of unchanged stacks has at most, and how much of each name it shows. */
const NAMES = 50;
const NAME_MAX = 100;
/** How much of a name a row shows: a table is as wide as its longest word. */
const ROW_MAX = 40;

/** The preview as a comment in Markdown, below {@link COMMENT_MAX}. No text of it is read as markup. */
export function renderMarkdown(preview: Preview): string {
  const { stacks } = preview;
  const changed = stacks.filter((stack) => isChanged(stack) || stack.status === "failed");
  const still = stacks.filter((stack) => !changed.includes(stack));
  const top = [MARKER, `### ${title(preview, changed)}`, ""].join("\n");
  const bottom = footer(preview).join("\n");
  const { text, leftOut } = fit(
    [...notesOf(preview), ...table(changed), ...unchanged(still), ...changed.flatMap(stackPieces)],
    BUDGET - Buffer.byteLength(top + bottom) - 500,
  );
  const missing = [...leftOut].sort().map(([what, number]) => count(number, what));
  const cut =
    missing.length > 0
      ? `\n\n**Left out, for a comment may not be longer: ${missing.join(", ")}.** \`keelson preview\` tells all of it.`
      : "";
  return `${top}\n${text}${cut}\n\n${bottom}\n`.replace(/\n{3,}/g, "\n\n");
}

function title({ stacks, simulated }: Preview, changed: readonly StackPreview[]): string {
  const what = simulated ? "Plan preview" : "Plan";
  const failed = changed.filter(({ status }) => status === "failed").length;
  if (changed.length === 0) return `${what}: no changes in ${count(stacks.length, "stack")}`;
  const trouble = failed > 0 ? `, ${failed} cannot be planned` : "";
  const planned = changed.length - failed;
  return `${what}: ${planned} of ${count(stacks.length, "stack")} ${planned === 1 ? "changes" : "change"}${trouble}`;
}

function notesOf({ notes }: Preview): Piece[] {
  return notes.map((note) => top("note", `> ⚠️ ${prose(cut(note, 500))}\n`));
}

/** Three columns, since more of them do not fit on a telephone, and what asks for attention would be out of sight. */
function table(changed: readonly StackPreview[]): Piece[] {
  if (changed.length === 0) return [];
  const rows = changed.map((stack) => {
    const summary = stack.status === "failed" ? "" : summaryOf(stack);
    return top("row", `| ${code(cut(stack.name, ROW_MAX))} | ${attention(stack)} | ${summary} |`);
  });
  return [top("table", "| Stack | Attention | Changes |\n|---|---|---|"), ...rows, top("table", "")];
}

function attention({ status, changes, refusals, unprotected }: StackPreview): string {
  const losses = changes.filter(losesState);
  const interrupted = changes.filter(({ disruption }) => disruption.length > 0);
  const isMasterAway = interrupted.some(({ type, path }) => isMaster(type, path));
  const left = changes.filter(({ action }) => action === "forget").length;
  return [
    status === "failed" && "⛔ cannot be planned",
    status === "added" && "new",
    status === "removed" && "no longer in the code",
    left > 0 && "⚠️ left behind",
    losses.length > 0 && `⚠️ ${losses.length} ${lossWords(losses)}`,
    refusals.length > 0 && "⛔ the deploy is known to fail",
    isMasterAway && "⚠️ the API is away for a while",
    interrupted.length > 0 && !isMasterAway && `⚠️ ${count(interrupted.length, "interruption")}`,
    unprotected.length > 0 && `🔓 ${unprotected.length} no longer protected`,
  ]
    .filter((word) => word !== false)
    .join("<br>");
}

function unchanged(still: readonly StackPreview[]): Piece[] {
  if (still.length === 0) return [];
  const names = still.slice(0, NAMES).map(({ name }) => code(cut(name, NAME_MAX)));
  const more = still.length > NAMES ? ` and ${still.length - NAMES} more` : "";
  return [top("list of unchanged stacks", `No changes: ${names.join(", ")}${more}\n`)];
}

function top(what: string, text: string): Piece {
  return { text, what, priority: 1 };
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}…`;
}

function footer({ simulated, base, head, tool, assumptions }: Preview): string[] {
  const commits =
    base && head
      ? ` ${code(cut(base.ref, NAME_MAX))} ${code(base.commit.slice(0, 9))} → ${code(head.commit.slice(0, 9))}${head.dirty ? " with what is not committed" : ""}.`
      : "";
  const what = simulated
    ? "🧪 **Simulated** from the code alone: no cloud was asked."
    : "☁️ **Real plans**, made with access to the cloud.";
  const said = assumptions
    .slice(0, 10)
    .map((one) => ` ${prose(cut(one, 300))}`)
    .join("");
  return ["---", `${what}${commits} ${code(cut(tool, NAME_MAX))}.${said === "" ? "" : ` ${said.trim()}`}`];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
