import type { ProviderSchema } from "../schema";
import type { Binding } from "./binding";
import { cacheFile, readCache, writeCache } from "./cache";
import { deriveSchema } from "./derive";

export { findBinding, type Binding } from "./binding";
export { UnparsedSchemaError, UnservableProviderError, UnservableTypeError } from "./errors";

export interface LoadSchemaOptions {
  /** Where parsed schemas are kept, about 3 MB for a large provider. Made when it is missing; safe to share and to delete. */
  readonly cacheDir: string;
  /** Called before a binding is parsed, which takes seconds; not called when the schema comes from the cache. */
  readonly onParse?: (binding: Binding) => void;
  /** Called when the schema could not be kept: it serves all the same, and is parsed again next time. */
  readonly onUnwritable?: (error: NodeJS.ErrnoException) => void;
}

/**
 * The schema of a provider, derived from its binding: parsed once, then kept for this version of binding and parser.
 *
 * It holds what the bindings hold. Sensitive attributes, deprecations, schema versions, defaults and limits other than
 * one item are not in them.
 *
 * @throws UnparsedSchemaError when anything in the binding is not understood: a part of a schema is never served
 */
export async function loadSchema(
  binding: Binding,
  { cacheDir, onParse, onUnwritable }: LoadSchemaOptions,
): Promise<ProviderSchema> {
  const file = cacheFile(cacheDir, binding);
  const cached = readCache(file);
  if (cached) return cached;
  onParse?.(binding);
  // Parsing blocks: what the caller just printed or drew gets out first.
  await new Promise(setImmediate);
  const schema = deriveSchema(binding);
  try {
    writeCache(file, schema);
  } catch (error) {
    onUnwritable?.(error as NodeJS.ErrnoException);
  }
  return schema;
}
