import { ClientSecretCredential, DefaultAzureCredential, type TokenCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";
import { AccessError, reasonOf } from "./access-error";
import type { SecretStore } from "./secret-store";

/** Secrets of a key vault, with the credentials that Azure's own tools would take, or Terraform. */
export function azureStore(vault: string, env: NodeJS.ProcessEnv): SecretStore {
  const name = new URL(vault).host;
  const client = new SecretClient(vault, credentialIn(env), {
    retryOptions: { maxRetries: 1, retryDelayInMs: 500, maxRetryDelayInMs: 1000 },
  });
  return {
    name,
    async read(secret, abortSignal) {
      try {
        return (await client.getSecret(secret, { abortSignal })).value ?? "";
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw explained(error, name, secret);
      }
    },
  };
}

/** As the provider azurerm has them, whose names differ from those of Azure's SDKs. */
function credentialIn(env: NodeJS.ProcessEnv): TokenCredential {
  const { ARM_TENANT_ID: tenant, ARM_CLIENT_ID: client, ARM_CLIENT_SECRET: secret } = env;
  return tenant && client && secret
    ? new ClientSecretCredential(tenant, client, secret)
    : new DefaultAzureCredential({ processTimeoutInMs: 8000 });
}

function statusOf(error: unknown): number | undefined {
  return (error as { readonly statusCode?: number }).statusCode;
}

function explained(error: unknown, name: string, secret: string): AccessError {
  const reason = reasonOf(error);
  const kind = error instanceof Error ? error.name : "";
  const status = statusOf(error);
  // Its reason has all that came, which may be a part of the secret.
  if ((error as { readonly code?: unknown }).code === "PARSE_ERROR")
    return new AccessError(`something else answers for ${name}, such as a proxy's page`, true);
  if (kind === "AuthenticationError")
    return new AccessError(`Azure does not take your credentials: ${reason}`);
  if (/^(AggregateAuthentication|CredentialUnavailable|AuthenticationRequired)/.test(kind)) {
    return new AccessError(
      "there are no credentials for Azure: sign in with 'az login', or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET",
    );
  }
  if (status === 401) return new AccessError(`${name} does not take your credentials: ${reason}`);
  if (status === 403) {
    return new AccessError(
      `${name} denies the secret ${secret} to you: ${reason}; docs/access.md has the rights`,
    );
  }
  if (status !== undefined) {
    return new AccessError(`${name} answers ${status}: ${reason}`, status >= 500 || status === 429);
  }
  return new AccessError(`no answer from ${name}: ${reason}`, true);
}
