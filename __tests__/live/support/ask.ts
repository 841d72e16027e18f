import { readFileSync } from "node:fs";
import * as https from "node:https";

export interface Question {
  readonly method: string;
  readonly address: string;
  readonly port: number;
  readonly path: string;
  /** The name that the server's certificate has to be for. */
  readonly name: string;
  /** The certificate of the authority that signed it. */
  readonly caFile: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** How long a server may be silent, on two cores that others use too. */
const SILENCE_MS = 30_000;

/**
 * Asks a server over a connection of its own.
 *
 * @throws Error where it is not reached, is not who it should be, or falls silent
 */
export function ask({ address, name, caFile, body = "", ...question }: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { agent: false, host: address, servername: name, ca: readFileSync(caFile) };
    const request = https.request({ ...question, ...options, timeout: SILENCE_MS }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, body: text });
      });
      response.on("error", reject);
    });
    request.on("timeout", () => request.destroy(new Error("no answer")));
    request.on("error", reject);
    request.end(body);
  });
}
