import { createHash, createHmac } from "node:crypto";
import type { Request } from "./fake-server";
import type { AwsCredentials } from "./metadata-service";

const sha256 = (data: Buffer | string): string => createHash("sha256").update(data).digest("hex");
const hmac = (key: Buffer | string, data: string): Buffer => createHmac("sha256", key).update(data).digest();

/**
 * What is wrong with a request's signature, or nothing. All services but S3 sign it so.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signatureFault(
  request: Request,
  service: string,
  region: string,
  credentials: AwsCredentials,
): "UnrecognizedClient" | "InvalidSignature" | undefined {
  const { headers } = request;
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? "",
    );
  const [id, day, scopeRegion, scopeService, end] = (parts?.[1] ?? "").split("/");
  if (id !== credentials.AccessKeyId || headers["x-amz-security-token"] !== credentials.Token) {
    return "UnrecognizedClient";
  }
  const date = String(headers["x-amz-date"]);
  const signed = (parts?.[2] ?? "").split(";");
  const mustBeSigned = ["host", ...Object.keys(headers).filter((name) => name.startsWith("x-amz-"))];
  if (
    !date.startsWith(`${day}T`) ||
    scopeRegion !== region ||
    scopeService !== service ||
    end !== "aws4_request" ||
    !mustBeSigned.every((name) => signed.includes(name))
  ) {
    return "InvalidSignature";
  }
  const canonical = [
    request.method,
    request.url.pathname,
    request.target.split("?")[1] ?? "",
    ...signed.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, " ")}`),
    "",
    signed.join(";"),
    sha256(request.body),
  ].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = [region, service, "aws4_request"].reduce<Buffer>(
    (previous, part) => hmac(previous, part),
    hmac(`AWS4${credentials.SecretAccessKey}`, day ?? ""),
  );
  const signature = hmac(key, ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n")).toString(
    "hex",
  );
  return signature === parts?.[3] ? undefined : "InvalidSignature";
}
