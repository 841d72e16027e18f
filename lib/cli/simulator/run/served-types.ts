import path from "node:path";
import type { TypeUse } from "./configuration";

/**
 * Commands of which configuration and states tell every type that they can ask for. The rest, such as
 * `terraform providers schema`, is served all.
 */
const FORESEEN = new Set([
  ...["init", "get", "workspace", "output", "validate"],
  ...["plan", "apply", "destroy", "refresh", "import", "show"],
]);
/** Of these an argument names a file: a plan that was saved before this run may hold what stands in no configuration. */
const READS_FILES = new Set(["apply", "show"]);

/** What a command line works on, as far as it tells which types it needs. */
export interface Need {
  readonly command: string;
  /** The folder of the configuration. */
  readonly directory: string;
  /** The arguments after the command. */
  readonly args: readonly string[];
  readonly configurations: readonly {
    readonly complete: boolean;
    readonly resources: readonly TypeUse[];
    readonly dataSources: readonly TypeUse[];
    readonly ephemerals: readonly TypeUse[];
  }[];
  /** The types in the simulated states. */
  readonly inStates: Iterable<string>;
}

/**
 * The types that the providers of one run serve. A whole provider has some 1500, which cost Terraform and the
 * simulator most of a second with each command; a configuration uses a few dozen. The set only grows, since commands
 * run beside each other.
 */
export class ServedTypes {
  private readonly known = new Set<string>();
  private everything = false;
  /** The plans that were saved in this run. */
  private readonly plans = new Set<string>();

  /** Changes with the set. */
  get version(): number {
    return this.everything ? -1 : this.known.size;
  }

  has(type: string): boolean {
    return this.everything || this.known.has(type);
  }

  add({ command, directory, args, configurations, inStates }: Need): void {
    const files = args.filter((arg) => !arg.startsWith("-")).map((arg) => path.resolve(directory, arg));
    const saved = args.flatMap((arg) => /^--?out=(.+)$/s.exec(arg)?.[1] ?? []);
    for (const file of saved) this.plans.add(path.resolve(directory, file));
    const foreseen =
      FORESEEN.has(command) &&
      configurations.every(({ complete }) => complete) &&
      !(READS_FILES.has(command) && files.some((file) => !this.plans.has(file))) &&
      !args.some((arg) => /^--?(state|generate-config-out)\b/.test(arg));
    if (!foreseen) this.everything = true;
    for (const { resources, dataSources, ephemerals } of configurations)
      for (const { type } of [...resources, ...dataSources, ...ephemerals]) this.known.add(type);
    for (const type of inStates) this.known.add(type);
  }
}
