import { countsOf, isChanged, losesState } from "../../../lib/cli/preview/model/counts";
import type { Action, Change, Preview, StackPreview } from "../../../lib/cli/preview/model/preview";

type ByStack<T> = Readonly<Record<string, T>>;

/** What a preview must say. A stack that is not named under one of these has nothing of it. */
export interface Expected {
  /** With --guard. */
  readonly code: 0 | 1 | 2 | 3;
  /** Of each stack that changes, how many changes of each kind. */
  readonly counts?: ByStack<Readonly<Partial<Record<Action, number>>>>;
  /** What is, or may be, lost for good: constructs. */
  readonly losses?: ByStack<readonly string[]>;
  /** What is interrupted: constructs, each with a part of what is said of it. */
  readonly interrupted?: ByStack<Readonly<Record<string, string>>>;
  /** What is protected no longer: constructs. */
  readonly unprotected?: ByStack<readonly string[]>;
  /** How many pairs look like renames. */
  readonly renames?: ByStack<number>;
  /** A part of each kind of refusal. */
  readonly refusals?: ByStack<readonly string[]>;
  /** A part of each error. */
  readonly errors?: ByStack<readonly string[]>;
  readonly outputs?: ByStack<readonly string[]>;
  /** The decisive ones among the changes. */
  readonly changes?: readonly {
    readonly stack: string;
    readonly path: string;
    readonly action: Action;
    readonly certainty: Change["certainty"];
    /** Exactly what forces a replacement. */
    readonly forcedBy?: readonly string[];
    /** An attribute that changes among others, as `path: before → after`. */
    readonly attribute?: string;
  }[];
}

/** What a preview says otherwise than it must, each as a sentence. */
export function differencesFrom(expected: Expected, { stacks }: Preview): string[] {
  const each = <T>(of: (stack: StackPreview) => T, isEmpty: (one: T) => boolean) =>
    Object.fromEntries(
      stacks.map((stack) => [stack.name, of(stack)] as const).filter(([, one]) => !isEmpty(one)),
    );
  const names = (of: (stack: StackPreview) => readonly string[]) =>
    each(
      (stack) => [...of(stack)].sort(),
      (one) => one.length === 0,
    );
  const found = {
    counts: Object.fromEntries(stacks.filter(isChanged).map((one) => [one.name, countsIn(one)])),
    losses: names(({ changes }) => changes.filter(losesState).map(nameOf)),
    unprotected: names(({ unprotected }) => unprotected.map(nameOf)),
    renames: each(
      ({ renames }) => renames.length,
      (count) => count === 0,
    ),
    outputs: names(({ outputs }) => outputs.map(({ name }) => name)),
  };
  const { counts = {}, losses = {}, unprotected = {}, renames = {}, outputs = {} } = expected;
  const wanted = { counts, losses, unprotected, renames, outputs };
  const unlike = Object.entries(found).flatMap(([what, is]) => {
    const must = wanted[what as keyof typeof wanted];
    return stable(is) === stable(must) ? [] : [`${what} are ${stable(is)}, not ${stable(must)}`];
  });
  const interrupted = each(
    ({ changes }) =>
      Object.fromEntries(
        changes
          .filter(({ disruption }) => disruption.length > 0)
          .map((one) => [nameOf(one), one.disruption.join()]),
      ),
    (one) => Object.keys(one).length === 0,
  );
  const texts = {
    interrupted: [interrupted, expected.interrupted ?? {}],
    refusals: [said(stacks, "refusals"), byIndex(expected.refusals)],
    errors: [said(stacks, "errors"), byIndex(expected.errors)],
  } as const;
  return [
    ...unlike,
    ...Object.entries(texts).flatMap(([what, [is, must]]) =>
      isSaid(is, must) ? [] : [`${what} are ${stable(is)}, not ${stable(must)}`],
    ),
    ...(expected.changes ?? []).flatMap((one) => missing(one, stacks)),
  ];
}

function nameOf({ path, address }: { readonly path?: string | undefined; readonly address: string }): string {
  return path ?? address;
}

function countsIn({ changes }: StackPreview): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(countsOf(changes)).filter(([kind, count]) => kind !== "mayReplace" && count > 0),
  );
}

/** The kinds of what was refused, in the order of their texts. */
function said(stacks: readonly StackPreview[], what: "errors" | "refusals"): ByStack<Record<string, string>> {
  return Object.fromEntries(
    stacks
      .filter((stack) => stack[what].length > 0)
      .map((stack) => {
        const bySummary = new Map([...stack[what]].reverse().map((one) => [one.summary, one]));
        const texts = [...bySummary.values()].map(({ summary, detail }) => `${summary}: ${detail}`).sort();
        return [stack.name, Object.fromEntries(texts.map((text, i) => [String(i), text]))];
      }),
  );
}

function byIndex(lists: ByStack<readonly string[]> = {}): ByStack<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(lists).map(([stack, list]) => [
      stack,
      Object.fromEntries(list.map((text, i) => [String(i), text])),
    ]),
  );
}

/** Whether the two have the same keys, and each text holds the part that it must. */
function isSaid(
  is: ByStack<Readonly<Record<string, string>>>,
  must: ByStack<Readonly<Record<string, string>>>,
): boolean {
  const sameKeys = (one: object, other: object) =>
    stable(Object.keys(one).sort()) === stable(Object.keys(other).sort());
  return (
    sameKeys(is, must) &&
    Object.entries(must).every(([stack, parts]) => {
      const texts = is[stack] ?? {};
      return (
        sameKeys(texts, parts) && Object.entries(parts).every(([key, part]) => texts[key]?.includes(part))
      );
    })
  );
}

function missing(one: NonNullable<Expected["changes"]>[number], stacks: readonly StackPreview[]): string[] {
  const { stack, path, action, certainty, forcedBy = [], attribute } = one;
  const changes = stacks.find(({ name }) => name === stack)?.changes ?? [];
  const change = changes.find((other) => nameOf(other) === path);
  if (!change) return [`${path} of ${stack} does not change`];
  const attributes = change.attributes.map(
    ({ path: at, before, after }) => `${at}: ${textOf(before)} → ${textOf(after)}`,
  );
  const is = stable([change.action, change.certainty, change.forcedBy.map((by) => by.attribute)]);
  const must = stable([action, certainty, forcedBy]);
  return [
    ...(is === must ? [] : [`${path} of ${stack} is ${is}, not ${must}`]),
    ...(attribute === undefined || attributes.includes(attribute)
      ? []
      : [`${path} of ${stack} has ${stable(attributes)}, not ${attribute}`]),
  ];
}

function textOf(shown: Change["attributes"][number]["before"]): string {
  return shown.kind === "value" ? shown.text : `(${shown.kind})`;
}

/** JSON with the keys of objects in order. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    typeof one === "object" && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}
