import type { StackPreview } from "../model/preview";
import type { Piece } from "./budget";
import { code, fenced, prose } from "./escape";
import { changeLine, changePieces, groupPieces, isDecisive, reasonText } from "./markdown-change";
import { outline, type Outline } from "./outline";
import { piece } from "./priority";
import { capital, lossWords, named, refusalsByKind, summaryOf, valueText } from "./words";

/** How many diagnostics are told with all that they say. */
const DIAGNOSTICS = 5;
/** How many renames are suggested one by one. */
const RENAMES = 3;

/** A changed stack, as pieces of which some may be left out: the gravest first, and what is long under a click. */
export function stackPieces(stack: StackPreview): Piece[] {
  const { status, errors, refusals, renames, outputs, notes, unprotected } = stack;
  const outlined = outline(stack);
  const { losses, causes, groups } = outlined;
  const told = { added: ", new", removed: ", no longer in the code", failed: "", changed: "", unchanged: "" };
  const summary = summaryOf(stack);
  const changes = [
    ...causes.map((one) => changePieces(one.change, one.followers)),
    ...groups.map(groupPieces),
  ];
  const grave = losses.length + refusals.length + outlined.interruptions.length + unprotected.length;
  return [
    piece("heading", "stack", `\n#### ${code(stack.name)}${told[status]}: ${summary}\n`),
    ...notes.map((note) => piece("failure", "note", `> ⚠️ ${prose(note)}\n`)),
    ...(status === "removed" ? [piece("failure", "note", LEFT_BEHIND)] : []),
    ...errorPieces(errors),
    ...lossPieces(outlined),
    ...refusalPieces(refusals),
    ...interruptionPieces(outlined),
    ...unprotected.map((one, i) => {
      const what = one.stateful === undefined ? "it" : `**${prose(one.stateful)}**`;
      return piece(
        "loss",
        "lost protection",
        `${i === 0 ? "\n**No longer protected:**\n" : ""}- 🔓 ${code(named(one))} (${code(one.type)}): the next destroy takes ${what} (${code(one.by)})`,
      );
    }),
    ...(grave > 0 && changes.length > 0 ? [piece("heading", "section", "\n**Changes:**")] : []),
    ...changes.flatMap(({ now }) => now),
    ...renamePieces(renames),
    ...changes.flatMap(({ later }) => later),
    ...outputs.map(({ name, before, after }, i) =>
      piece(
        "output",
        "output",
        `${i === 0 ? "\n**Outputs:**\n" : ""}- ${code(name)} ${code(valueText(before))} → ${code(valueText(after))}`,
      ),
    ),
  ];
}

/** Suggestions one by one, or the first of many with all of them under a click. */
function renamePieces(renames: StackPreview["renames"]): Piece[] {
  const kept = renames.filter(({ forces }) => forces.length === 0);
  if (kept.length <= RENAMES)
    return renames.map((one) => piece("rename", "suggestion", `- 💡 ${renameText(one)}`));
  const [first] = kept;
  const such = first === undefined ? "" : `, such as ${code(first.from)} → ${code(first.to)}`;
  return [
    piece(
      "rename",
      "suggestion",
      `- 💡 ${kept.length} look like renames${such}. A ${code("moved")} block for each would keep them.`,
    ),
    ...renames.map((one) => ({
      ...piece("detail", "suggestion", `- ${renameText(one)}`),
      under: "The renames",
    })),
  ];
}

function renameText({ from, to, differs, forces }: StackPreview["renames"][number]): string {
  const kept =
    forces.length > 0
      ? `A ${code("moved")} block would not keep it: ${forces.map(code).join(", ")} would replace it all the same`
      : `A ${code("moved")} block would keep it`;
  const but = forces.length === 0 && differs.length > 0 ? `, and change ${differs.map(code).join(", ")}` : "";
  return `${code(from)} → ${code(to)} looks like a rename. ${kept}${but}.`;
}

const LEFT_BEHIND =
  "> ⚠️ A deploy does not touch what a stack has made that is no longer in the code: it stays, and goes on costing. Destroy the stack first, from the base.\n";

/** What is lost; of what does not come from the edit itself with the reason, which stands nowhere else. */
function lossPieces({ losses, causes }: Outline): Piece[] {
  return losses.flatMap((change, i) => {
    const heading = i === 0 ? `**${capital(lossWords(losses))}:**\n` : "";
    const isCause = causes.some((cause) => cause.change === change);
    const reasons = isCause ? [] : change.attributes.filter(isDecisive);
    const byReason = new Map(reasons.map((one) => [`${one.path} ${one.source}`, one]));
    return [
      piece("loss", "loss", `${heading}- ⚠️ ${changeLine(change)}: **${prose(change.stateful ?? "")}**`),
      ...[...byReason.values()].map((one) => piece("forcing", "attribute", `  - ${reasonText(one)}`)),
    ];
  });
}

function interruptionPieces({ interruptions }: Outline): Piece[] {
  return interruptions.map(({ text, changes }, i) => {
    const heading = i === 0 ? "\n**Interrupted by the deploy:**\n" : "";
    const whom = changes.slice(0, DIAGNOSTICS).map((one) => code(named(one)));
    const more = changes.length > whom.length ? ` and ${changes.length - whom.length} more` : "";
    return piece("disruption", "interruption", `${heading}- ⚠️ ${whom.join(", ")}${more}: ${prose(text)}`);
  });
}

function errorPieces(errors: StackPreview["errors"]): Piece[] {
  const shown = errors
    .slice(0, DIAGNOSTICS)
    .map((error, i) =>
      piece("failure", "error", `${i === 0 ? "\n⛔ **Terraform refuses this:**\n\n" : ""}${whole(error)}`),
    );
  const more = errors.length - shown.length;
  return more > 0 ? [...shown, piece("failure", "note", `and ${more} more.\n`)] : shown;
}

/** Of each kind of refusal the first, in a line, and all that it says under a click. */
function refusalPieces(refusals: StackPreview["refusals"]): Piece[] {
  const kinds = refusalsByKind(refusals);
  const shown = kinds.slice(0, DIAGNOSTICS);
  const lines = shown.map(({ first, count }, i) => {
    const [reason = ""] = first.detail.split("\n");
    const more = count > 1 ? `, and ${count - 1} more of these` : "";
    return piece(
      "refusal",
      "error",
      `${i === 0 ? "\n⛔ **The deploy is known to fail:**\n" : ""}- ${code(first.summary)}: ${code(reason)}${more}`,
    );
  });
  const under = "What is refused, and who says so";
  return [
    ...lines,
    ...(kinds.length > shown.length
      ? [piece("refusal", "note", `- and ${kinds.length - shown.length} more`)]
      : []),
    ...shown.map(({ first }) => ({ ...piece("detail", "error", whole(first)), under })),
  ];
}

function whole({ address, summary, detail }: StackPreview["errors"][number]): string {
  const texts = [address, summary, detail.slice(0, 1_500)];
  return fenced(texts.filter((text) => text !== undefined && text !== "").join("\n"));
}
