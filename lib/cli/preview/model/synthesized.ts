import { withoutKeys } from "./references";
import { equal, isObject, type Planned } from "./value";

/** A stack's synthesized configuration, as far as the preview reads it; anything at all may stand there. */
export type Configuration = unknown;

/** What cdktf wrote of one resource. Keys of instances and modules have nothing there. */
export function synthesized(
  configuration: Configuration,
  address: string,
): Record<string, unknown> | undefined {
  const [type = "", name = "", ...more] = withoutKeys(address).split(".");
  if (more.length > 0) return undefined;
  const steps = ["resource", type, name];
  let at: unknown = configuration;
  for (const step of steps)
    at = isObject(at) && Object.hasOwn(at, step) ? (at as Record<string, unknown>)[step] : undefined;
  return isObject(at) ? (at as Record<string, unknown>) : undefined;
}

/** The addresses of all resources. */
export function synthesizedResources(configuration: Configuration): string[] {
  const types = isObject(configuration) ? (configuration as Record<string, unknown>)["resource"] : undefined;
  return entries(types).flatMap(([type, named]) => entries(named).map(([name]) => `${type}.${name}`));
}

/**
 * Whether what stands at `path` of a resource is set, by itself or in something that an expression makes.
 *
 * @param body what cdktf wrote of the resource, or its expressions as a plan has them
 */
export function isSet(body: unknown, path: readonly string[]): boolean {
  const [name, ...rest] = path;
  if (name === undefined) return true;
  if (Array.isArray(body)) return body.some((one) => isSet(one, path));
  if (!isObject(body) || "references" in body || "constant_value" in body) return true;
  return Object.hasOwn(body, name) && isSet((body as Record<string, unknown>)[name], rest);
}

/** Where in its stack the construct is: `network/vpc`. */
export function synthesizedPath(configuration: Configuration, address: string): string | undefined {
  const notes = synthesized(configuration, address)?.["//"] as { metadata?: { path?: unknown } } | undefined;
  const path = notes?.metadata?.path;
  return typeof path === "string" ? path.split("/").slice(1).join("/") : undefined;
}

/** The data sources of which the head asks something else than the base. */
export function changedData(base: Configuration, head: Configuration): string[] {
  const [before, after] = [dataIn(base), dataIn(head)];
  return [...after]
    .filter(([address, body]) => before.has(address) && before.get(address) !== body)
    .map(([address]) => address);
}

/** Their bodies as text, which is the same for the same code. What is read of another stack's state is told there. */
function dataIn(configuration: Configuration): Map<string, string> {
  const types = isObject(configuration) ? (configuration as Record<string, unknown>)["data"] : undefined;
  return new Map(
    entries(types)
      .filter(([type]) => type !== "terraform_remote_state")
      .flatMap(([type, named]) =>
        entries(named).map(([name, body]) => [`data.${type}.${name}`, JSON.stringify(body)] as const),
      ),
  );
}

/** The versions of providers that differ, each as a sentence. */
export function changedProviders(base: Configuration, head: Configuration): string[] {
  const [before, after] = [versionsIn(base), versionsIn(head)];
  return [...after]
    .filter(([name, version]) => before.has(name) && before.get(name) !== version)
    .map(
      ([name, version]) =>
        `The provider ${name} changes from ${before.get(name) ?? ""} to ${version}: what another version does of itself is not simulated.`,
    );
}

function versionsIn(configuration: Configuration): Map<string, string> {
  const settings = (configuration as { terraform?: { required_providers?: unknown } } | undefined)?.terraform;
  const providers = settings?.required_providers;
  return new Map(
    (isObject(providers) ? Object.entries(providers as Record<string, { version?: unknown }>) : []).map(
      ([name, { version }]) => [name, typeof version === "string" ? version : "any version"],
    ),
  );
}

function entries(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

/** Whether a stack that is on both sides keeps its state in another place. */
export function hasOtherBackend(base: Configuration, head: Configuration): boolean {
  if (base === undefined || head === undefined) return false;
  return !equal(backendOf(base), backendOf(head));
}

function backendOf(configuration: Configuration): Planned {
  const settings = (configuration as { terraform?: { backend?: Planned } } | undefined)?.terraform;
  return settings?.backend ?? null;
}
