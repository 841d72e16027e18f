import type { Access } from "./access-output";
import { AccessError } from "./access-error";

/** Where a cloud keeps what a master publishes, with the rights of whoever asks. */
export interface SecretStore {
  /** What people call it, such as "Systems Manager of us-east-1". */
  readonly name: string;
  /** The text of a secret; undefined where there is none. */
  read(secret: string, signal: AbortSignal): Promise<string | undefined>;
}

/** How long a cloud may take for one secret, signing in included, in milliseconds. */
const PATIENCE_MS = 10_000;

/** Loads the one cloud's client: each takes a part of a second. */
export function openStore(access: Access): SecretStore {
  // Those of the clients are about versions of Node, and kubectl would show them each time.
  process.removeAllListeners("warning");
  if (access.cloud === "aws") {
    const { awsStore } = require("./aws-store") as typeof import("./aws-store");
    return awsStore(access.region);
  }
  const { azureStore } = require("./azure-store") as typeof import("./azure-store");
  return azureStore(access.vault, process.env);
}

/**
 * The text of a secret; undefined where there is none.
 *
 * @throws AccessError where it cannot be read, after ten seconds at the latest
 */
export async function readSecret(store: SecretStore, secret: string): Promise<string | undefined> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => {
      reject(new AccessError(`no answer from ${store.name} within ${PATIENCE_MS / 1000} seconds`, true));
    });
  });
  return Promise.race([store.read(secret, signal), late]);
}
