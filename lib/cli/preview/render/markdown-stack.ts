import { countsOf } from "../model/counts";
import type { AttributeChange, Change, StackPreview } from "../model/preview";
import type { Piece } from "./budget";
import { code, fenced, prose } from "./escape";
import { outline } from "./outline";
import { byType, CERTAINTY, DONE, named, sentence, toldOf, valueText } from "./words";

const SIGNS: Readonly<Record<Change["action"], string>> = {
  create: "➕",
  update: "✏️",
  replace: "♻️",
  destroy: "🗑️",
  move: "➡️",
  forget: "📦",
  import: "📥",
};

/** What stays when not everything fits: the heading, then what is lost, then each kind of news by its weight. */
const PRIORITY = {
  heading: 2,
  loss: 3,
  failure: 3,
  refusal: 3,
  cause: 4,
  disruption: 5,
  followers: 6,
  rename: 7,
  forcing: 8,
  crowd: 9,
  output: 10,
  created: 11,
  attribute: 12,
} as const;

/** How many diagnostics are told with all that they say. */
const DIAGNOSTICS = 5;

/** A changed stack, as pieces of which some may be left out. */
export function stackPieces(stack: StackPreview): Piece[] {
  const { status, errors, refusals, renames, outputs, notes } = stack;
  const { losses, causes, crowds } = outline(stack);
  const told = { added: ", new", removed: ", no longer in the code", failed: "", changed: "", unchanged: "" };
  const summary = status === "failed" ? "cannot be planned" : sentence(countsOf(stack.changes));
  return [
    piece("heading", "stack", `\n#### ${code(stack.name)}${told[status]}: ${summary}\n`),
    ...notes.map((note) => piece("failure", "note", `> ⚠️ ${prose(note)}\n`)),
    ...diagnostics("failure", "⛔ **Terraform refuses this:**", errors),
    ...losses.map((change, i) => {
      const heading = i === 0 ? "**Lost for good, or may be:**\n" : "";
      return piece("loss", "loss", `${heading}- ⚠️ ${line(change)}: **${prose(change.stateful ?? "")}**`);
    }),
    ...(losses.length > 0 && causes.length > 0 ? [piece("heading", "section", "\n**Changes:**")] : []),
    ...causes.flatMap((cause) => causePieces(cause.change, cause.followers)),
    ...crowds.map(({ type, changes }) =>
      piece("crowd", "change", `- ${SIGNS.create} ${changes.length} × ${code(type)} created`),
    ),
    ...renames.map(({ from, to, differs, forces }) => {
      const kept =
        forces.length > 0
          ? `But ${forces.map(code).join(", ")} would replace it under a ${code("moved")} block too`
          : `A ${code("moved")} block would keep the resource`;
      const but = differs.length > 0 ? `; they differ in ${differs.map(code).join(", ")}` : "";
      return piece(
        "rename",
        "suggestion",
        `- 💡 ${code(from)} → ${code(to)} looks like a rename. ${kept}${but}.`,
      );
    }),
    ...diagnostics("refusal", "⛔ **The deploy is known to fail:**", refusals),
    ...outputs.map(({ name, before, after }, i) =>
      piece(
        "output",
        "output",
        `${i === 0 ? "\n**Outputs:**\n" : ""}- ${code(name)} ${code(valueText(before))} → ${code(valueText(after))}`,
      ),
    ),
  ];
}

function causePieces(change: Change, followers: readonly Change[]): Piece[] {
  const kind = change.action === "create" ? "created" : "cause";
  const origin = change.previousAddress === undefined ? "" : `, was ${code(change.previousAddress)}`;
  const { told, more } = toldOf(change);
  return [
    piece(kind, "change", `- ${line(change)}${origin}`),
    ...told.map((attribute) =>
      piece(
        attribute.effect === "in-place" || attribute.effect === "sets" ? "attribute" : "forcing",
        "attribute",
        `  - ${describeAttribute(attribute)}`,
      ),
    ),
    ...(more > 0 ? [piece("attribute", "attribute", `  - and ${more} more attributes`)] : []),
    ...change.disruption.map((one) => piece("disruption", "disruption", `  - ⚠️ ${prose(one)}`)),
    ...follow(followers),
  ];
}

function line(change: Change): string {
  const { action, type, certainty, createFirst } = change;
  const said = [
    `**${DONE[action]}**${createFirst === true ? ", the new one first" : ""}`,
    CERTAINTY[certainty] === undefined ? undefined : `*${CERTAINTY[certainty]}*`,
  ];
  return `${SIGNS[action]} ${code(named(change))} (${code(type)}) ${said.filter((word) => word !== undefined).join(", ")}`;
}

function describeAttribute({ path, before, after, effect, source }: AttributeChange): string {
  const said =
    effect === "sets"
      ? `${code(path)} ${code(valueText(after))}`
      : `${code(path)} ${code(valueText(before))} → ${code(valueText(after))}`;
  if (effect === "replaces") return `${said} **forces the replacement**`;
  if (effect === "may-replace") return `${said} *may replace:* ${prose(source ?? "it depends")}`;
  return effect === "not-known" ? `${said} *may replace: no fact says*` : said;
}

function follow(followers: readonly Change[]): Piece[] {
  return (["destroy", "replace", "update", "create"] as const).flatMap((action) => {
    const these = followers.filter((one) => one.action === action);
    if (these.length === 0) return [];
    const types = byType(these).map(({ type, count }) => `${count} ${code(type)}`);
    return [
      piece(
        "followers",
        "list of what follows",
        `  - ${SIGNS[action]} ${these.length} **${DONE[action]}** because of it: ${types.join(", ")}`,
      ),
    ];
  });
}

function diagnostics(kind: "failure" | "refusal", heading: string, found: StackPreview["errors"]): Piece[] {
  const shown = found
    .slice(0, DIAGNOSTICS)
    .map(({ summary, detail, address }, i) =>
      piece(
        kind,
        "error",
        `${i === 0 ? `\n${heading}\n\n` : ""}${fenced(
          [address, summary, detail.slice(0, 1_500)]
            .filter((text) => text !== undefined && text !== "")
            .join("\n"),
        )}`,
      ),
    );
  const more = found.length - shown.length;
  return more > 0 ? [...shown, piece(kind, "note", `and ${more} more like these.\n`)] : shown;
}

function piece(kind: keyof typeof PRIORITY, what: string, text: string): Piece {
  return { text, what, priority: PRIORITY[kind] };
}
