import { createHmac, randomBytes } from "node:crypto";

const secret = randomBytes(32);
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const sign = (text: string): string => createHmac("sha256", secret).update(text).digest("base64url");

/**
 * Stands in for a token of Entra's: one that the fakes in this process have signed.
 *
 * @param seconds its lifetime from now; negative for one that is over
 */
export function fakeToken(audience: string, seconds = 3600): string {
  const exp = Math.floor(Date.now() / 1000) + seconds;
  const text = `${part({ alg: "HS256", typ: "JWT" })}.${part({ aud: audience.replace(/\/$/, ""), exp })}`;
  return `${text}.${sign(text)}`;
}

/** Whether a request's authorization is a token for `audience` that is not over. */
export function isFakeToken(authorization: string | undefined, audience: string): boolean {
  const [, text = "", claims = "", signature] =
    /^Bearer ([\w-]+\.([\w-]+))\.([\w-]+)$/.exec(authorization ?? "") ?? [];
  if (signature !== sign(text)) return false;
  const { aud, exp } = JSON.parse(Buffer.from(claims, "base64url").toString()) as {
    aud: string;
    exp: number;
  };
  return aud === audience && exp > Date.now() / 1000;
}
