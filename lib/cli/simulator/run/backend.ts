import { createHash } from "node:crypto";
import path from "node:path";

/** A back end's or a remote state's type and configuration, as they stand in the JSON. */
export interface BackendConfig {
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Which settings make up a state's identity, in the order in which a path is made of them. */
const IDENTITY: Readonly<Record<string, readonly string[]>> = {
  s3: ["bucket", "key"],
  azurerm: ["storage_account_name", "container_name", "key"],
  gcs: ["bucket", "prefix"],
  local: ["path"],
};

/**
 * Where a simulated state is kept instead of in its back end, relative to the simulation's own folder. A back end
 * and a remote state that mean the same state get the same file.
 */
export function simulatedStatePath({ type, config }: BackendConfig): string {
  const settings = IDENTITY[type];
  const parts = settings
    ? settings.map((name) => config[name]).filter((value) => typeof value === "string")
    : [createHash("sha256").update(JSON.stringify(config)).digest("hex").slice(0, 16)];
  const segments = parts.flatMap((part) => part.split("/")).filter((segment) => segment !== "");
  return `${path.join("state", type, ...segments.map(safe))}.simulated.tfstate`;
}

/** One name in a file system: what could climb out of the folder or break a shell is escaped. */
function safe(segment: string): string {
  return encodeURIComponent(segment).replace(/^\.+/, (dots) => "%2E".repeat(dots.length));
}
