import { AccessError } from "./access-error";
import { accessOf } from "./access-output";
import { print } from "./print";
import { publishedCredential } from "./published";
import { openStore } from "./secret-store";

export interface CredentialOptions {
  /** A directory in the project. @default the working directory */
  readonly project?: string;
}

/** @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins */
const VERSIONS = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

/**
 * Prints the credential of an environment for Kubernetes' clients, which run this as their exec plugin: all of it, or nothing.
 *
 * @throws AccessError where there is none
 */
export async function credential(
  environment: string,
  { project = process.cwd() }: CredentialOptions,
): Promise<void> {
  const apiVersion = askedVersion(process.env["KUBERNETES_EXEC_INFO"]);
  const access = accessOf(environment, project);
  const status = await publishedCredential(openStore(access), environment, access);
  await print(`${JSON.stringify({ kind: "ExecCredential", apiVersion, spec: {}, status })}\n`);
}

/** The version that the client which runs this speaks: it takes no other. */
function askedVersion(info: string | undefined): string {
  if (!info) return VERSIONS[0] ?? "";
  let asked: unknown;
  try {
    asked = (JSON.parse(info) as { readonly apiVersion?: unknown }).apiVersion;
  } catch {
    asked = undefined;
  }
  const version = VERSIONS.find((one) => one === asked);
  if (version === undefined) {
    throw new AccessError(
      `KUBERNETES_EXEC_INFO asks for ${typeof asked === "string" ? asked : "no version"}, and there are ${VERSIONS.join(" and ")}`,
    );
  }
  return version;
}
