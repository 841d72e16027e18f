import { accessSync, constants, existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Preview } from "./model/preview";
import { renderMarkdown } from "./render/markdown";
import { renderTerminal } from "./render/terminal";

/** One rendering of a preview, and where it goes. */
export interface Output {
  write(preview: Preview): void;
}

const FORMATS: Readonly<Record<string, (preview: Preview, color: boolean) => string>> = {
  terminal: (preview, color) => renderTerminal(preview, { color }),
  markdown: renderMarkdown,
  json: (preview) => `${JSON.stringify(preview, undefined, 2)}\n`,
};

/**
 * What `--format` and `--out` ask for: each format goes to the file that stands at the same place, or to the standard
 * output where none does, or a `-`.
 *
 * @throws Error when a format is not known, or when there are more files than formats.
 */
export function outputs({
  format = ["terminal"],
  out = [],
}: {
  readonly format?: readonly string[];
  readonly out?: readonly string[];
}): Output[] {
  const unknown = format.filter((name) => !Object.hasOwn(FORMATS, name));
  if (unknown.length > 0) {
    throw new Error(
      `--format must be one of ${Object.keys(FORMATS).join(", ")}, got "${unknown.join(", ")}"`,
    );
  }
  if (out.length > format.length) {
    throw new Error(
      `--out is given ${out.length} times, and --format ${format.length}: name a format for each file`,
    );
  }
  // Before the minutes that a preview takes, not after them.
  for (const file of out.filter((one) => one !== "-")) mustBeWritable(file);
  return format.map((name, i) => {
    const file = out[i] === "-" ? undefined : out[i];
    return {
      write: (preview) => {
        const color = file === undefined && process.stdout.isTTY && allowsColor(process.env);
        const text = FORMATS[name]?.(preview, color) ?? "";
        if (file === undefined) process.stdout.write(text);
        else writeFileSync(file, text);
      },
    };
  });
}

/** @see https://no-color.org a variable that is empty counts as one that is not set */
export function allowsColor({ NO_COLOR: none = "", TERM: terminal }: NodeJS.ProcessEnv): boolean {
  return none === "" && terminal !== "dumb";
}

/** Makes the folder of a file where there is none. */
function mustBeWritable(file: string): void {
  if (file === "" || (existsSync(file) && statSync(file).isDirectory()))
    throw new Error(`--out must be a file, or -, got "${file}"`);
  const directory = path.dirname(path.resolve(file));
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(existsSync(file) ? file : directory, constants.W_OK);
  } catch (error) {
    throw new Error(`--out ${file} cannot be written: ${(error as Error).message}`, { cause: error });
  }
}
