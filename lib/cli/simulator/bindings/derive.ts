import { join, relative } from "node:path";
import type { Block, ProviderSchema } from "../schema";
import type { Binding } from "./binding";
import { deriveBlock } from "./block";
import { Declarations } from "./declarations";
import { labelOf, UnparsedSchemaError } from "./errors";
import { listModules, readModule } from "./source";

/**
 * Reads a whole binding. This takes seconds for the large providers; `loadSchema` keeps the result.
 *
 * @throws UnparsedSchemaError when anything in the binding is not understood
 */
export function deriveSchema(binding: Binding): ProviderSchema {
  const resources: Record<string, Block> = {};
  const dataSources: Record<string, Block> = {};
  let provider: Block | undefined;
  for (const name of listModules(binding.directory)) {
    const { file, text } = readModule(join(binding.directory, name));
    const module = new Declarations(text, `${labelOf(binding)}, ${relative(binding.directory, file)}`);
    switch (module.kind) {
      case "TerraformResource":
        resources[module.type] = deriveBlock(module);
        break;
      case "TerraformDataSource":
        dataSources[module.type] = deriveBlock(module);
        break;
      case "TerraformProvider":
        provider = withoutAlias(deriveBlock(module));
        break;
      // Ephemeral resources (of cdktn's bindings) are not derived: those that are simulated stand in a table.
    }
  }
  if (provider === undefined) throw new UnparsedSchemaError(`${labelOf(binding)}: has no provider class`);
  return { source: binding.source, version: binding.providerVersion, provider, resources, dataSources };
}

/** `alias` belongs to Terraform's language; cdktf adds it to every provider's configuration. */
function withoutAlias({ attributes, blocks }: Block): Block {
  return {
    attributes: Object.fromEntries(Object.entries(attributes).filter(([name]) => name !== "alias")),
    blocks,
  };
}
