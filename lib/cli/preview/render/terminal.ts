import { isChanged, losesState } from "../model/counts";
import type { AttributeChange, Change, Preview, StackPreview } from "../model/preview";
import { lines, oneLine } from "./escape";
import { outline } from "./outline";
import {
  andMore,
  byType,
  capital,
  CERTAINTY,
  DONE,
  lossWords,
  named,
  refusalsByKind,
  sinceText,
  summaryOf,
  toldOf,
  valueText,
} from "./words";

const SIGNS: Readonly<Record<Change["action"], string>> = {
  create: "+",
  update: "~",
  replace: "±",
  destroy: "-",
  move: ">",
  forget: "…",
  import: "<",
};
const CODES = { red: 31, green: 32, yellow: 33, bold: 1, dim: 2 } as const;
type Paint = (text: string, ...styles: (keyof typeof CODES)[]) => string;

/** How many followers are told one by one. */
const NAMED = 3;

/** The preview for a terminal, whole. */
export function renderTerminal(preview: Preview, { color = false } = {}): string {
  const paint: Paint = (text, ...styles) =>
    color ? styles.reduce((sofar, style) => `\u001b[${CODES[style]}m${sofar}\u001b[0m`, text) : text;
  const { stacks, notes, assumptions, base, head, simulated, tool } = preview;
  const changed = stacks.filter((stack) => isChanged(stack) || stack.status === "failed");
  const still = stacks.filter((stack) => !changed.includes(stack));
  const from =
    base && head
      ? `${oneLine(base.ref)} (${short(base.commit)}) → ${short(head.commit)}${head.dirty ? " with what is not committed" : ""}`
      : "";
  return [
    ...notes.map((note) => paint(`! ${oneLine(note)}`, "yellow", "bold")),
    ...(notes.length > 0 ? [""] : []),
    ...changed.flatMap((stack) => [...renderStack(stack, paint), ""]),
    ...(still.length > 0 ? [`No changes: ${still.map(({ name }) => oneLine(name)).join(", ")}`, ""] : []),
    ...(from === "" ? [] : [paint(`Compared: ${from}`, "dim")]),
    paint(`${simulated ? "Simulated: no cloud was asked." : "Real plans."} ${oneLine(tool)}`, "dim"),
    ...assumptions.map((one) => paint(`  ${oneLine(one)}`, "dim")),
    "",
  ].join("\n");
}

function renderStack(stack: StackPreview, paint: Paint): string[] {
  const { name, status, errors, refusals, renames, outputs, notes, unprotected } = stack;
  const { losses, interruptions, causes, groups } = outline(stack);
  // A loss that nothing follows from is told once, with all that there is to say.
  const lone = new Set(causes.filter(({ followers }) => followers.length === 0).map(({ change }) => change));
  const isToldAbove = (change: Change) => lone.has(change) && losesState(change);
  const others = causes.filter(({ change }) => !isToldAbove(change));
  const told = {
    added: " (new)",
    removed: " (no longer in the code: a deploy does not touch what it made)",
    failed: "",
    changed: "",
    unchanged: "",
  };
  const summary = summaryOf(stack);
  return [
    `${paint(oneLine(name), "bold")}${told[status]}: ${summary}`,
    ...notes.map((note) => paint(`  ! ${oneLine(note)}`, "yellow")),
    ...errors.flatMap((error) => diagnostic(error, paint)),
    ...(losses.length > 0 ? ["", paint(`  ${capital(lossWords(losses))}:`, "red", "bold")] : []),
    ...losses.flatMap((change) => [
      `  ${paint(line(change), "red")}: ${oneLine(change.stateful ?? "")}${isToldAbove(change) ? origin(change) : ""}`,
      ...(isToldAbove(change) ? details(change, paint) : []),
    ]),
    ...(refusals.length > 0 ? ["", paint("  The deploy is known to fail:", "red", "bold")] : []),
    ...refusalsByKind(refusals).flatMap(({ first, count }) => [
      ...diagnostic(first, paint),
      ...(count > 1 ? [`      and ${count - 1} more of these`] : []),
    ]),
    ...(interruptions.length > 0 ? ["", paint("  Interrupted by the deploy:", "yellow", "bold")] : []),
    ...interruptions.map(
      ({ text, changes }) => `  ! ${changes.map((one) => oneLine(named(one))).join(", ")}: ${oneLine(text)}`,
    ),
    ...(unprotected.length > 0 ? ["", paint("  No longer protected:", "yellow", "bold")] : []),
    ...unprotected.map(
      (one) =>
        `  ! ${oneLine(named(one))} (${oneLine(one.type)}): the next destroy takes ${oneLine(one.stateful ?? "it")} (${oneLine(one.by)})`,
    ),
    ...(others.length + groups.length > 0 ? [""] : []),
    ...others.flatMap(({ change, followers }) => [
      `  ${line(change)}${origin(change)}`,
      ...details(change, paint),
      ...follow(followers),
    ]),
    ...groups.flatMap(({ action, changes, attributes, isSame }) => [
      `  ${SIGNS[action]} ${changes.length} ${DONE[action]}: ${byType(changes, oneLine)}`,
      ...(isSame && changes[0] && attributes.length > 0
        ? describeAttributes({ ...changes[0], attributes: [...attributes] }, paint)
        : attributes.map(({ path }) => `      ${oneLine(path)}, each its own`)),
      ...since(changes),
    ]),
    ...renames.flatMap(({ from, to, differs, forces }) => [
      "",
      paint(
        `  ? ${oneLine(from)} → ${oneLine(to)} looks like a rename${forces.length > 0 ? `, but ${oneLine(forces.join(", "))} would replace it under a 'moved' block too` : ": a 'moved' block would keep it"}`,
        "yellow",
      ),
      ...(differs.length > 0 ? [`      they differ in ${oneLine(differs.join(", "))}`] : []),
    ]),
    ...(outputs.length > 0 ? ["", "  Outputs:"] : []),
    ...outputs.map(
      ({ name: output, before, after }) =>
        `  ~ ${oneLine(output)}: ${oneLine(valueText(before))} → ${oneLine(valueText(after))}`,
    ),
  ];
}

function line(change: Change): string {
  const { action, type, certainty, createFirst } = change;
  const said = [DONE[action] + (createFirst === true ? ", the new one first" : ""), CERTAINTY[certainty]];
  return `${SIGNS[action]} ${oneLine(named(change))} (${oneLine(type)}) ${said.filter(Boolean).join(", ")}`;
}

function since(changes: readonly Change[]): string[] {
  const text = sinceText(changes, oneLine);
  return text === undefined ? [] : [`      ${text}`];
}

function origin({ previousAddress }: Change): string {
  return previousAddress === undefined ? "" : `, was ${oneLine(previousAddress)}`;
}

/** All that is said below a change's own line. */
function details(change: Change, paint: Paint): string[] {
  return [
    ...describeAttributes(change, paint),
    ...since([change]),
    ...change.notes.map((note) => `      ${oneLine(note)}`),
  ];
}

function describeAttributes(change: Change, paint: Paint): string[] {
  const { told, rest } = toldOf(change);
  return [
    ...told.map((attribute) => `      ${describeAttribute(attribute, paint)}`),
    ...(rest.length > 0 ? [`      ${andMore(rest.length)}`] : []),
  ];
}

function describeAttribute({ path, before, after, effect, source }: AttributeChange, paint: Paint): string {
  if (effect === "sets") return `${oneLine(path)}: ${oneLine(valueText(after))}`;
  const said = `${oneLine(path)}: ${oneLine(valueText(before))} → ${oneLine(valueText(after))}`;
  if (effect === "replaces") return `${said}  ${paint("forces the replacement", "red")}`;
  if (effect === "may-replace")
    return `${said}  ${paint(`may replace: ${oneLine(source ?? "it depends")}`, "yellow")}`;
  return effect === "not-known" ? `${said}  ${paint("may replace: no fact says", "yellow")}` : said;
}

function follow(followers: readonly Change[]): string[] {
  if (followers.length === 0) return [];
  if (followers.length <= NAMED) return followers.map((one) => `      → ${line(one)}`);
  return (["destroy", "replace", "update", "create"] as const).flatMap((action) => {
    const these = followers.filter((one) => one.action === action);
    if (these.length === 0) return [];
    return [`      → ${these.length} ${DONE[action]} because of it: ${byType(these, oneLine)}`];
  });
}

function diagnostic({ summary, detail, address }: StackPreview["errors"][number], paint: Paint): string[] {
  return [
    paint(`  ✗ ${address === undefined ? "" : `${oneLine(address)}: `}${oneLine(summary)}`, "red"),
    ...lines(detail)
      .filter((text) => text.trim() !== "")
      .map((text) => `      ${text}`),
  ];
}

function short(commit: string): string {
  return oneLine(commit).slice(0, 9);
}
