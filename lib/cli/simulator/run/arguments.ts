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

/**
 * The arguments of `terraform init` as a simulation needs them, and the back end's settings that stood among them:
 * `-backend-config` completes a back end that is not used here.
 */
export function withoutBackendConfig(args: readonly string[]): {
  args: string[];
  settings: Record<string, string>;
} {
  const isOption = (arg: string | undefined) => /^--?backend-config$/.test(arg ?? "");
  const values = args.flatMap(
    (arg, i) => /^--?backend-config=(.*)$/s.exec(arg)?.[1] ?? (isOption(args[i - 1]) ? arg : []),
  );
  const pairs = values
    .filter((value) => value.includes("="))
    .map((value) => [value.slice(0, value.indexOf("=")), value.slice(value.indexOf("=") + 1)]);
  return {
    args: args.filter((arg, i) => !/^--?backend-config(=|$)/.test(arg) && !isOption(args[i - 1])),
    settings: Object.fromEntries(pairs) as Record<string, string>,
  };
}

/** Commands that take `-no-color`. */
const COLOURED = new Set([
  "init",
  "plan",
  "apply",
  "destroy",
  "refresh",
  "validate",
  "output",
  "show",
  "import",
  "test",
]);

/** The same arguments without colours, where the command can do without. */
export function withoutColor(args: readonly string[], command: string): string[] {
  if (!COLOURED.has(command) || args.includes("-no-color")) return [...args];
  const at = args.indexOf(command) + 1;
  return [...args.slice(0, at), "-no-color", ...args.slice(at)];
}
