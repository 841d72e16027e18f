import path from "node:path";

/** A Terraform command line, as far as the simulator has to understand it. */
export interface Invocation {
  /** The folder that `-chdir` names, relative to where the command was typed. */
  readonly chdir?: string;
  readonly command?: string;
  /** Everything but `-chdir`. */
  readonly args: readonly string[];
}

export function parseInvocation(argv: readonly string[]): Invocation {
  const first = argv.findIndex((arg) => !arg.startsWith("-"));
  const globals = first < 0 ? argv : argv.slice(0, first);
  const chdir = globals.findLast((arg) => arg.startsWith("-chdir="))?.slice("-chdir=".length);
  const args = argv.filter((arg, i) => !(arg.startsWith("-chdir=") && (first < 0 || i < first)));
  const command = first < 0 ? undefined : argv[first];
  return { ...(chdir === undefined ? {} : { chdir }), ...(command === undefined ? {} : { command }), args };
}

/** Options that name a file to be written, which belongs where the user expects it. */
const WRITES = ["-out", "-generate-config-out", "-state-out"];

/** The same arguments with each file that Terraform is to write made absolute from `directory`. */
export function withAbsoluteOutputs(args: readonly string[], directory: string): string[] {
  return args.map((arg, i) => {
    const [option = "", ...rest] = arg.split("=");
    if (rest.length > 0 && WRITES.includes(option))
      return `${option}=${path.resolve(directory, rest.join("="))}`;
    return WRITES.includes(args[i - 1] ?? "") ? path.resolve(directory, arg) : arg;
  });
}
