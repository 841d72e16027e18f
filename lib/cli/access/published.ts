import { createPrivateKey, X509Certificate } from "node:crypto";
import { z } from "zod";
import { AccessError } from "./access-error";
import type { Access } from "./access-output";
import { readSecret, type SecretStore } from "./secret-store";

/** What a master publishes as its platform's credential: the status of an ExecCredential. */
const CREDENTIAL = z.object({
  clientCertificateData: z.string(),
  clientKeyData: z.string(),
  expirationTimestamp: z.iso.datetime(),
});
export type Credential = z.infer<typeof CREDENTIAL>;

/**
 * The credential that the master of an environment has published.
 *
 * @throws AccessError where there is none, it has ended, or nobody can make sense of it
 */
export async function publishedCredential(
  store: SecretStore,
  environment: string,
  { credential }: Access,
): Promise<Credential> {
  const where = `${credential} in ${store.name}`;
  const text = await readSecret(store, credential);
  if (text === undefined) {
    throw new AccessError(
      `the master of ${environment} has published no credential yet (${where}): it is not deployed, boots, or has older scripts`,
      true,
    );
  }
  const found = parsed(text);
  if (found === undefined)
    throw new AccessError(`nobody can make sense of the credential of ${environment} (${where})`);
  // Whichever is first: clients look at the one, API servers at the other.
  const { validTo } = new X509Certificate(found.clientCertificateData);
  const end = Math.min(Date.parse(found.expirationTimestamp), Date.parse(validTo));
  if (end <= Date.now()) {
    throw new AccessError(
      `the credential of ${environment} ended ${new Date(end).toISOString().replace(/\.\d+/, "")}, ${ago(end)} ago (${where}): no master renews it, or this machine's clock is fast`,
      true,
    );
  }
  return found;
}

/**
 * The certificate of the cluster's authority, in PEM.
 *
 * @throws AccessError where it is not there, or is no certificate
 */
export async function publishedAuthority(
  store: SecretStore,
  environment: string,
  { ca }: Access,
): Promise<string> {
  const text = await readSecret(store, ca);
  const where = `${ca} in ${store.name}`;
  if (text === undefined) {
    throw new AccessError(
      `the master of ${environment} has not published its authority yet (${where}): it is not deployed, or boots`,
      true,
    );
  }
  try {
    new X509Certificate(text);
  } catch {
    throw new AccessError(
      `nobody can make sense of the certificate of ${environment}'s authority (${where})`,
    );
  }
  return text;
}

/** Undefined for what is no credential, or a certificate with another's key. What it says is said to nobody. */
function parsed(text: string): Credential | undefined {
  try {
    const credential = CREDENTIAL.parse(JSON.parse(text));
    const { clientCertificateData, clientKeyData } = credential;
    const isPair = new X509Certificate(clientCertificateData).checkPrivateKey(
      createPrivateKey(clientKeyData),
    );
    return isPair ? credential : undefined;
  } catch {
    return undefined;
  }
}

function ago(since: number): string {
  const minutes = Math.round((Date.now() - since) / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} hours` : `${Math.round(minutes / 1440)} days`;
}
