import { inspect } from "node:util";
import { Token } from "cdktf";

/** What is wrong with one value. */
export interface Fault {
  /** What must hold, as the rest of a sentence that starts with the prop: "must be ...". */
  readonly mustHold: string;
  /** The value. Left out where nothing was given: an error must not accuse of what was omitted. */
  readonly got?: unknown;
  /** What to do, where it is not obvious. */
  readonly fix?: string;
}

/** A rule about one value: no fault when it holds. */
export type Rule<T> = (value: T) => readonly Fault[];

/** Thrown with everything that is wrong, never with the first mistake only. */
export class InvalidError extends Error {
  /** One line each: path, prop, what must hold, what was got, and the fix. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "InvalidError";
    this.problems = problems;
  }
}

/** Collects what is wrong with one construct or one environment, so that it is reported together. */
export class Problems {
  /**
   * @param path where the props stand: a construct's path, or an environment's name
   * @param lines what was found so far
   */
  constructor(
    private readonly path: string,
    private readonly lines: string[] = [],
  ) {}

  /** The same collection, for the props of a part. */
  in(part: string): Problems {
    return new Problems(`${this.path}/${part}`, this.lines);
  }

  /** @param prop undefined where the fault is in the whole of what stands at the path */
  add(prop: string | undefined, { mustHold, got, fix }: Fault): void {
    this.lines.push(
      plain(
        `${this.path}: ` +
          (prop === undefined ? "" : `'${prop}' `) +
          mustHold +
          (got === undefined ? "" : `, got ${shown(got)}`) +
          (fix === undefined ? "" : `; ${fix}`),
      ),
    );
  }

  /** Adds the faults that the rules find in the value. */
  check<T>(prop: string, value: T, ...rules: readonly Rule<T>[]): void {
    for (const rule of rules) {
      for (const fault of rule(value)) {
        this.add(prop, fault);
      }
    }
  }

  /** The lines so far. */
  get found(): readonly string[] {
    return this.lines;
  }

  /** @throws InvalidError when there is anything to report. */
  throw(): void {
    if (this.lines.length > 0) {
      throw new InvalidError(this.lines);
    }
  }
}

/**
 * Runs what makes the stacks. When something in it is invalid, that is all that is printed, and the process exits
 * with 1; any other error stays what it is.
 */
export function exitOnInvalid(build: () => void): void {
  try {
    build();
  } catch (error) {
    if (!(error instanceof InvalidError)) {
      throw error;
    }
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** How deep a value is shown. */
const DEPTH = 4;

/** The value as one would write it in an environment's file, as far as that is possible. */
function shown(value: unknown, within: readonly unknown[] = []): string {
  if (Token.isUnresolved(value)) {
    return "a value that only Terraform knows";
  }
  if (typeof value === "string") {
    return JSON.stringify(value);
  }
  const isList = Array.isArray(value);
  if (!isList && !isPlainObject(value)) {
    return inspect(value, { depth: -1, customInspect: false });
  }
  if (within.length === DEPTH || within.includes(value)) {
    return isList ? "[...]" : "{...}";
  }
  const part = (inner: unknown) => shown(inner, [...within, value]);
  return isList
    ? `[${Array.from(value, part).join(",")}]`
    : `{${Object.entries(value)
        .map(([key, inner]) => `${part(key)}:${part(inner)}`)
        .join(",")}}`;
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * Escapes what would not stay visible text on one line: control characters, line breaks, and what turns the direction
 * of text. Names and keys may come from JSON that somebody else wrote.
 */
function plain(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (unprintable) =>
    unprintable
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}
