/** A statement of an IAM policy. */
export const allow = (actions: readonly string[]) => ({
  Effect: "Allow",
  Action: actions.map((action) => `s3:${action}`),
  Resource: "arn:aws:s3:::*",
});
/** The master's role: it writes and reads, and takes nothing away. */
export const ROLE = allow([
  ...["ListBucket", "ListBucketVersions", "GetObject", "GetObjectVersion", "GetObjectTagging"],
  ...["PutObject", "PutObjectTagging"],
]);

/** What one kind of store is asked in another way than the other. */
export interface Side {
  readonly cloud: "aws" | "azure";
  readonly environment: Readonly<Record<string, string>>;
  /** Bash functions: create_store, remove_store, remove KEY, store_overwrite KEY FILE. */
  readonly functions: string;
  /** curl's configuration of an administrator's requests, and of an upload. */
  readonly curl: string;
  readonly upload: string;
  readonly list: string;
  /** The element of a listing that has a key. */
  readonly key: RegExp;
}

export const S3: Omit<Side, "curl"> = {
  cloud: "aws",
  environment: { AWS_REGION: "us-east-1" },
  functions: `
    create_store() {
      s3_request PUT '' '' && s3_answer || return "$?"
      printf '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>' >versioning
      # Not by --upload-file: curl puts a file's name behind a path that ends in a slash.
      s3_request PUT '' 'versioning=' --data-binary @versioning --header 'x-amz-content-sha256: UNSIGNED-PAYLOAD' &&
        s3_answer
    }
    remove_store() { s3_request DELETE '' '' --header 'x-minio-force-delete: true'; }
    store_overwrite() { s3_put "$1" '' "$2"; }
    remove() { s3_request DELETE "$1" '' && s3_answer; }`,
  upload: 'header = "x-amz-content-sha256: UNSIGNED-PAYLOAD"\n',
  list: "?list-type=2",
  key: /<Key>([^<]+)</g,
};
export const BLOB: Omit<Side, "curl"> = {
  cloud: "azure",
  environment: {},
  functions: `
    create_store() { blob_request PUT '' 'restype=container' --data '' && blob_answer; }
    remove_store() { blob_request DELETE '' 'restype=container'; }
    store_overwrite() { blob_put "$1" "$2"; }
    remove() { blob_request DELETE "$1" '' && [ "$REPLY_CODE" = 202 ]; }`,
  upload: 'header = "x-ms-blob-type: BlockBlob"\n',
  list: "?restype=container&comp=list",
  key: /<Name>([^<]+)</g,
};
