import { has } from "../../support/tools";
import { Azurite, bearerToken, standInForVersions } from "./azurite";
import { FaultProxy } from "./fault-proxy";
import { FakeMetadataService } from "./metadata-service";
import { S3_SERVER, S3Server } from "./s3-server";

/** A real server with a container in it, and what tests do to it that the store's own functions cannot. */
export interface StoreLab {
  readonly libraries: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly storeUrl: string;
  readonly proxy: FaultProxy;
  readonly secrets: readonly string[];
  /** Bash functions: create_store, remove KEY, read_tags KEY. */
  readonly admin: string;
  /** A prefix that the role may not touch, where the server has such rules: Azurite has none. */
  readonly hidden?: string;
  spoilCredentials(): void;
  stop(): Promise<void>;
}

async function s3Lab(): Promise<StoreLab> {
  const server = await S3Server.start();
  const metadata = await FakeMetadataService.start();
  const proxy = await FaultProxy.start(server.url);
  const all = { Effect: "Allow", Action: ["s3:*"], Resource: ["arn:aws:s3:::*"] };
  const hidden = { Effect: "Deny", Action: ["s3:*"], Resource: ["arn:aws:s3:::keelson/hidden/*"] };
  const credentials = server.session([all, hidden]);
  metadata.credentials = credentials;
  return {
    libraries: ["log.sh", "answers.sh", "aws/api.sh", "aws/store.sh"],
    env: { IMDS: metadata.url, AWS_REGION: "us-east-1" },
    storeUrl: `${server.url}/keelson`,
    proxy,
    secrets: [credentials.SecretAccessKey, credentials.Token],
    hidden: "hidden/",
    admin: `
      create_store() {
        s3_request PUT '' '' && s3_answer || return "$?"
        printf '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>' >versioning
        s3_request PUT '' 'versioning=' --data-binary @versioning --header 'x-amz-content-sha256: UNSIGNED-PAYLOAD' &&
          s3_answer
      }
      remove() { s3_request DELETE "$1" '' && s3_answer; }
      read_tags() { s3_request GET "$1" 'tagging=' && s3_answer && echo "$REPLY_BODY"; }`,
    spoilCredentials: () => {
      metadata.credentials = { ...credentials, SecretAccessKey: "wrong" };
    },
    stop: async () => {
      await proxy.stop();
      await metadata.stop();
      await server.stop();
    },
  };
}

async function blobLab(): Promise<StoreLab> {
  const server = await Azurite.start();
  const metadata = await FakeMetadataService.start();
  const versions = await FaultProxy.start(server.url, server.tls);
  versions.rewrite = standInForVersions();
  const proxy = await FaultProxy.start(versions.url, server.tls);
  metadata.bearerToken = bearerToken();
  return {
    libraries: ["log.sh", "answers.sh", "azure/api.sh", "azure/store.sh"],
    env: { IMDS: metadata.url, CURL_CA_BUNDLE: server.certificate },
    storeUrl: `${versions.url}/devstoreaccount1/keelson`,
    proxy,
    secrets: [metadata.bearerToken],
    admin: `
      create_store() { blob_request PUT '' 'restype=container' --data '' && blob_answer; }
      remove() { blob_request DELETE "$1" '' && [ "$REPLY_CODE" = 202 ]; }
      read_tags() { blob_request GET "$1" 'comp=tags' && blob_answer && echo "$REPLY_BODY"; }`,
    spoilCredentials: () => {
      metadata.bearerToken = bearerToken(-3600);
    },
    stop: async () => {
      await proxy.stop();
      await versions.stop();
      await metadata.stop();
      await server.stop();
    },
  };
}

export const STORE_LABS: readonly {
  readonly name: string;
  readonly needs: Readonly<Record<string, boolean>>;
  readonly start: () => Promise<StoreLab>;
}[] = [
  { name: "S3", needs: { MinIO: S3_SERVER !== undefined, curl: has("curl") }, start: s3Lab },
  { name: "Blob", needs: { openssl: has("openssl"), curl: has("curl") }, start: blobLab },
];
