import { withoutKeys } from "./references";
import { isObject } from "./value";

/** A stack's synthesized configuration, as far as the preview reads it; anything at all may stand there. */
export type Configuration = unknown;

/** What cdktf wrote of one resource. Keys of instances and modules have nothing there. */
function synthesized(configuration: Configuration, address: string): Record<string, unknown> | undefined {
  const [type = "", name = "", ...more] = withoutKeys(address).split(".");
  if (more.length > 0) return undefined;
  const steps = ["resource", type, name];
  let at: unknown = configuration;
  for (const step of steps)
    at = isObject(at) && Object.hasOwn(at, step) ? (at as Record<string, unknown>)[step] : undefined;
  return isObject(at) ? (at as Record<string, unknown>) : undefined;
}

/** The attributes and blocks that are set; undefined where nothing is known of the resource. */
export function synthesizedKeys(
  configuration: Configuration,
  address: string,
): ReadonlySet<string> | undefined {
  const body = synthesized(configuration, address);
  return body && new Set(Object.keys(body));
}

/** Where in its stack the construct is: `network/vpc`. */
export function synthesizedPath(configuration: Configuration, address: string): string | undefined {
  const notes = synthesized(configuration, address)?.["//"] as { metadata?: { path?: unknown } } | undefined;
  const path = notes?.metadata?.path;
  return typeof path === "string" ? path.split("/").slice(1).join("/") : undefined;
}
