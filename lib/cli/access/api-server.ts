import https from "node:https";
import { AccessError, oneLine, reasonOf } from "./access-error";
import type { Credential } from "./published";

/** How long an API server may take to say how it is, in milliseconds. */
const PATIENCE_MS = 5_000;

/** More of what it says nobody reads. */
const MOST_CHARACTERS = 1_000;

/**
 * Asks an API server whether it is ready, and lets it know who asks.
 *
 * @param ca the only authority that is believed, in PEM
 * @throws AccessError where it does not say yes: all of it may pass
 */
export async function askApiServer(server: string, ca: string, credential: Credential): Promise<void> {
  const { clientCertificateData: cert, clientKeyData: key } = credential;
  const options = { ca, cert, key, agent: false, signal: AbortSignal.timeout(PATIENCE_MS) };
  const [status, body] = await new Promise<[number, string]>((resolve, reject) => {
    const request = https.get(`${server}/readyz`, options, (response) => {
      let text = "";
      const end = () => {
        resolve([response.statusCode ?? 0, text]);
      };
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
        if (text.length < MOST_CHARACTERS) return;
        end();
        response.destroy();
      });
      response.on("error", reject).on("end", end);
    });
    request.on("error", reject);
  }).catch((error: unknown) => {
    throw new AccessError(`${server} does not answer as this cluster's API server: ${reasonOf(error)}`, true);
  });
  if (status === 401)
    throw new AccessError(`${server} does not take the credential: see whether clocks agree`, true);
  if (status !== 200) throw new AccessError(`${server} is not ready: ${status} ${oneLine(body)}`, true);
}
