import { GetParameterCommand, SSMClient, SSMServiceException } from "@aws-sdk/client-ssm";
import { AccessError, reasonOf } from "./access-error";
import type { SecretStore } from "./secret-store";

/** What SSM, or AWS before it, calls credentials that it does not take. */
const NOT_TAKEN =
  /^(UnrecognizedClient|ExpiredToken|InvalidSignature|InvalidClientTokenId|IncompleteSignature|RequestExpired)/;

/** Parameters of Systems Manager in a region, with the credentials that AWS' own tools would take. */
export function awsStore(region: string): SecretStore {
  const name = `Systems Manager of ${region}`;
  const client = new SSMClient({
    ...{ region, maxAttempts: 2 },
    requestHandler: { connectionTimeout: 3000, requestTimeout: 4000, throwOnRequestTimeout: true },
  });
  return {
    name,
    async read(secret, abortSignal) {
      try {
        const command = new GetParameterCommand({ Name: secret, WithDecryption: true });
        const { Parameter } = await client.send(command, { abortSignal });
        return Parameter?.Value ?? "";
      } catch (error) {
        if (error instanceof Error && error.name === "ParameterNotFound") return undefined;
        throw explained(error, name, secret);
      }
    },
  };
}

function explained(error: unknown, name: string, secret: string): AccessError {
  const reason = reasonOf(error);
  const kind = error instanceof Error ? error.name : "";
  if (kind === "AccessDeniedException" || kind === "InvalidKeyId") {
    return new AccessError(
      `AWS denies ${secret} to you, or the key that it is encrypted with: ${reason}; docs/access.md has the rights`,
    );
  }
  if (kind === "CredentialsProviderError" || kind === "TokenProviderError") {
    return new AccessError(`there are no credentials for AWS: sign in, or set AWS_PROFILE (${reason})`);
  }
  if (NOT_TAKEN.test(kind)) return new AccessError(`AWS does not take your credentials: ${reason}`);
  if (error instanceof SSMServiceException) {
    const status = error.$metadata.httpStatusCode ?? 0;
    return new AccessError(
      `${name} answers ${status} ${kind}: ${reason}`,
      status >= 500 || kind === "ThrottlingException",
    );
  }
  // Its reason has a piece of what came.
  if (kind === "SyntaxError")
    return new AccessError(`something else answers for ${name}, such as a proxy's page`, true);
  return new AccessError(`no answer from ${name}: ${reason}`, true);
}
