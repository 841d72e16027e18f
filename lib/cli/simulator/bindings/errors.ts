import type { Binding } from "./binding";

/** No installed binding describes the provider, so there is nothing to derive its schema from. */
export class UnservableProviderError extends Error {
  override readonly name = "UnservableProviderError";

  /**
   * @param source the provider as `required_providers` names it
   * @param looked one entry per place, saying what was found there
   * @param fix the command that makes the provider servable
   */
  constructor(source: string, looked: readonly string[], fix: string) {
    super(
      `provider '${source}' cannot be simulated: its schema is read from a CDKTF binding and none is installed.\n` +
        `Looked in:\n${looked.map((place) => `  ${place}\n`).join("")}Fix: ${fix}`,
    );
  }
}

/** The binding is there, but does not have the resource or data source. */
export class UnservableTypeError extends Error {
  override readonly name = "UnservableTypeError";

  constructor(binding: Binding, kind: "resource" | "data source", type: string) {
    super(
      `${kind} '${type}' cannot be simulated: it is not in ${labelOf(binding)} (looked in ${binding.directory}). ` +
        `Check the type's spelling, or install the version of ${binding.packageName} that has it`,
    );
  }
}

/** Generated text that the parser does not understand. Serving a guess would make wrong plans, so nothing is served. */
export class UnparsedSchemaError extends Error {
  override readonly name = "UnparsedSchemaError";
}

/** `@cdktf/provider-aws 21.22.1`: what messages call a binding. */
export function labelOf(binding: Binding): string {
  return `${binding.packageName} ${binding.packageVersion}`;
}
