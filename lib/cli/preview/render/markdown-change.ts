import type { AttributeChange, Change } from "../model/preview";
import type { Piece } from "./budget";
import { code, prose } from "./escape";
import type { Group } from "./groups";
import { piece } from "./priority";
import { byType, CERTAINTY, DONE, named, andMore, NEW_MAX, sinceText, toldOf, valueText } from "./words";

const SIGNS: Readonly<Record<Change["action"], string>> = {
  create: "➕",
  update: "✏️",
  replace: "♻️",
  destroy: "🗑️",
  move: "➡️",
  forget: "📦",
  import: "📥",
};

/** What is told at once, and what under a click. */
interface Told {
  readonly now: readonly Piece[];
  readonly later: readonly Piece[];
}

/** The words to click on for what is not told at once. */
const UNDER = "In detail";
/** Of a group that is larger than this, names are enough; and of a change that has more attributes, so many. */
const DETAILED = 20;

/** A change, with what follows from it. */
export function changePieces(change: Change, followers: readonly Change[]): Told {
  const { told, rest } = toldOf(change);
  return {
    now: [
      piece(
        change.action === "create" ? "created" : "cause",
        "change",
        `- ${changeLine(change)}${origin(change)}`,
      ),
      ...told.map((one) =>
        piece(isDecisive(one) ? "forcing" : "attribute", "attribute", `  - ${attributeText(one)}`),
      ),
      ...sincePieces([change]),
      ...change.notes.map((note) => piece("followers", "note", `  - ${prose(note)}`)),
      ...followerPieces(followers),
    ],
    later: rest.length > 0 ? [detail(change, rest)] : [],
  };
}

/** Changes that are told together, and each of them by its name. */
export function groupPieces({ action, changes, attributes, isSame }: Group): Told {
  const [first] = changes;
  const certainty = first === undefined ? undefined : CERTAINTY[first.certainty];
  const said = `**${DONE[action]}**${certainty === undefined ? "" : `, *${certainty}*`}`;
  const { told, rest } = toldOf({ ...(first as Change), attributes: [...attributes] });
  const others = rest.length > 0 ? `, and ${rest.length} more` : "";
  return {
    now: [
      piece("group", "change", `- ${SIGNS[action]} ${changes.length} ${said}: ${byType(changes, code)}`),
      ...(attributes.length === 0
        ? []
        : isSame
          ? told.map((one) => piece("attribute", "attribute", `  - ${attributeText(one)}`))
          : [piece("attribute", "attribute", `  - each its own ${told.map(pathText).join(", ")}${others}`)]),
      ...sincePieces(changes),
      ...(first?.notes ?? []).map((note) => piece("followers", "note", `  - ${prose(note)}`)),
    ],
    later:
      isSame || changes.length > DETAILED
        ? names(changes)
        : changes.map((one) => detail(one, one.attributes)),
  };
}

function sincePieces(changes: readonly Change[]): Piece[] {
  const text = sinceText(changes, code);
  return text === undefined ? [] : [piece("followers", "note", `  - ${text}`)];
}

/** `path`, with what it forces. */
function pathText({ path, effect }: AttributeChange): string {
  return effect === "replaces" ? `${code(path)}, which **forces the replacement**` : code(path);
}

function names(changes: readonly Change[]): Piece[] {
  return [...new Set(changes.map(({ type }) => type))].map((type) => {
    const all = changes.filter((one) => one.type === type).map((one) => code(named(one)) + origin(one));
    const [{ action } = { action: "update" as const }] = changes;
    return under(piece("detail", "list of names", `- ${SIGNS[action]} ${code(type)}: ${all.join(", ")}`));
  });
}

function detail(change: Change, attributes: readonly AttributeChange[]): Piece {
  const shown = attributes
    .slice(0, change.action === "create" ? NEW_MAX : DETAILED)
    .map((one) => `\n  - ${attributeText(one)}`);
  const more = attributes.length - shown.length;
  const text = `- ${changeLine(change)}${origin(change)}${shown.join("")}`;
  return under(piece("detail", "detail", more > 0 ? `${text}\n  - ${andMore(more)}` : text));
}

function under(one: Piece): Piece {
  return { ...one, under: UNDER };
}

export function changeLine(change: Change): string {
  const { action, type, certainty, createFirst } = change;
  const said = [
    `**${DONE[action]}**${createFirst === true ? ", the new one first" : ""}`,
    CERTAINTY[certainty] === undefined ? undefined : `*${CERTAINTY[certainty]}*`,
  ];
  return `${SIGNS[action]} ${code(named(change))} (${code(type)}) ${said.filter((word) => word !== undefined).join(", ")}`;
}

function origin({ previousAddress }: Change): string {
  return previousAddress === undefined ? "" : `, was ${code(previousAddress)}`;
}

export function isDecisive({ effect }: AttributeChange): boolean {
  return effect !== "in-place" && effect !== "sets";
}

function attributeText(attribute: AttributeChange): string {
  const { path, before, after, effect } = attribute;
  const told = effect === "sets" ? valueText(after) : undefined;
  const said = told === undefined ? `${code(valueText(before))} → ${code(valueText(after))}` : code(told);
  return `${code(path)} ${said}${effectText(attribute)}`;
}

/** An attribute with what it does to the resource, whatever its values are. */
export function reasonText(attribute: AttributeChange): string {
  return `${code(attribute.path)}${effectText(attribute)}`;
}

function effectText({ effect, source }: AttributeChange): string {
  if (effect === "replaces") return " **forces the replacement**";
  if (effect === "may-replace") return ` *may replace:* ${prose(source ?? "it depends")}`;
  return effect === "not-known" ? " *may replace: no fact says*" : "";
}

function followerPieces(followers: readonly Change[]): Piece[] {
  return (["destroy", "replace", "update", "create"] as const).flatMap((action) => {
    const these = followers.filter((one) => one.action === action);
    if (these.length === 0) return [];
    const which =
      these.length === 1 ? these.map((one) => `${code(named(one))} (${code(one.type)})`).join() : undefined;
    const text =
      which === undefined
        ? `${SIGNS[action]} ${these.length} **${DONE[action]}** because of it: ${byType(these, code)}`
        : `${SIGNS[action]} ${which} **${DONE[action]}** because of it`;
    const told = these.flatMap((one) => one.notes.map((note) => ({ one, note })));
    return [
      piece("followers", "list of what follows", `  - ${text}`),
      ...told.map(({ one, note }) => piece("followers", "note", `    - ${code(named(one))}: ${prose(note)}`)),
    ];
  });
}
