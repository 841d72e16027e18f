import path from "node:path";
import { projectRoot } from "../project";
import { AccessError } from "./access-error";
import { type Access, accessOf } from "./access-output";
import { askApiServer } from "./api-server";
import { kubeconfigText, ownFile, writeWhole } from "./kubeconfig-file";
import { patiently } from "./patience";
import { print } from "./print";
import { publishedAuthority, publishedCredential } from "./published";
import { openStore } from "./secret-store";

export interface KubeconfigOptions {
  /** The file, or "-" for the standard output. @default "<environment>.kubeconfig" */
  readonly out?: string;
  /** Where the API is asked: "public", "internal", or an address that leads there. @default "public", where there is one */
  readonly endpoint?: string;
  /** How long to wait for the cluster, in seconds; 0 asks once. */
  readonly timeout: number;
  /** Whether what was written is told in JSON, on the standard output. */
  readonly json?: boolean;
  /** A directory in the project. @default the working directory */
  readonly project?: string;
}

/**
 * Waits until the cluster of an environment lets in whoever asks, and writes a kubeconfig for it: all of it, or nothing.
 *
 * @throws AccessError where there is no way in, or the file is somebody else's
 */
export async function kubeconfig(environment: string, options: KubeconfigOptions): Promise<void> {
  const { out = `${environment}.kubeconfig`, timeout, json = false, project = process.cwd() } = options;
  const toOutput = out === "-";
  if (toOutput && json)
    throw new AccessError("--json and --out - are both for the standard output: choose one");
  const access = accessOf(environment, project);
  const server = serverOf(environment, access, options.endpoint);
  // Before one waits a quarter of an hour.
  const file = toOutput ? out : ownFile(out);

  const say = (text: string) => process.stderr.write(`keelson: ${text}\n`);
  const store = openStore(access);
  const ask = async () => {
    const ca = await publishedAuthority(store, environment, access);
    await askApiServer(server, ca, await publishedCredential(store, environment, access));
    return ca;
  };
  const ca = await patiently(ask, timeout * 1000, say);
  const text = kubeconfigText({ environment, server, ca, project: projectRoot(path.resolve(project)) });
  if (toOutput) {
    await print(text);
    return;
  }
  writeWhole(ownFile(out), text);
  say(`${environment} is ready; export KUBECONFIG=${file}`);
  if (json)
    await print(`${JSON.stringify({ environment, context: environment, server, kubeconfig: file })}\n`);
}

function serverOf(environment: string, access: Access, endpoint: KubeconfigOptions["endpoint"]): string {
  if (endpoint === "internal") return access.endpoint;
  if (endpoint?.startsWith("https://")) return endpoint.replace(/\/$/, "");
  if (endpoint === "public" && access.publicEndpoint === undefined) {
    throw new AccessError(
      `the API of ${environment} does not answer outside its network: give the control plane a publicApi`,
    );
  }
  return access.publicEndpoint ?? access.endpoint;
}
