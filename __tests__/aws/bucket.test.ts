import { Fn } from "cdktf";
import { Bucket, type BucketProps } from "../../lib/aws";
import { only, synth } from "../support/synth";

const bucket = (props: Partial<BucketProps> = {}) =>
  synth((stack) => new Bucket(stack, "store", { name: "acme-store", ...props }));

test("its objects are versioned, and old versions expire", () => {
  const tf = bucket({ oldVersionDays: 7 });
  expect(only(tf, "aws_s3_bucket_versioning")).toMatchObject({
    versioning_configuration: { status: "Enabled" },
  });
  expect(only(tf, "aws_s3_bucket_lifecycle_configuration")["rule"]).toEqual([
    expect.objectContaining({ status: "Enabled", noncurrent_version_expiration: [{ noncurrent_days: 7 }] }),
  ]);
});

test("old versions are kept for 90 days unless told otherwise", () => {
  expect(only(bucket(), "aws_s3_bucket_lifecycle_configuration")["rule"]).toEqual([
    expect.objectContaining({ noncurrent_version_expiration: [{ noncurrent_days: 90 }] }),
  ]);
});

test("it is encrypted with S3's own keys", () => {
  expect(only(bucket(), "aws_s3_bucket_server_side_encryption_configuration")["rule"]).toEqual([
    { apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } },
  ]);
});

test("it answers over TLS only", () => {
  const document = String(only(bucket(), "aws_s3_bucket_policy")["policy"]);
  expect(document).toContain('"Effect" = "Deny", "Principal" = "*", "Action" = "s3:*"');
  expect(document).toContain('"Condition" = {"Bool" = {"aws:SecureTransport" = "false"}}');
  expect(document).toMatch(/"Resource" = \[aws_s3_bucket\.\S+\.arn, "\$\{aws_s3_bucket\.\S+\.arn\}\/\*"\]/);
});

test("nobody can make it public", () => {
  expect(only(bucket(), "aws_s3_bucket_public_access_block")).toMatchObject({
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  });
  expect(only(bucket(), "aws_s3_bucket_ownership_controls")["rule"]).toEqual({
    object_ownership: "BucketOwnerEnforced",
  });
});

test("Terraform refuses to destroy it unless it need not be retained", () => {
  expect(only(bucket(), "aws_s3_bucket")).toMatchObject({
    force_destroy: false,
    lifecycle: { prevent_destroy: true },
  });
  expect(only(bucket({ retain: false }), "aws_s3_bucket")).toMatchObject({
    force_destroy: true,
    lifecycle: { prevent_destroy: false },
  });
});

test.each([
  "ab",
  "a".repeat(64),
  "Acme",
  "acme_store",
  "acme.store",
  "-acme",
  "acme-",
  "xn--acme",
  "acme--x-s3",
])("%s is not a bucket's name", (name) => {
  expect(() => bucket({ name })).toThrow(/^test\/store: 'name' must .*, got "/);
});

test("a name may be one that only Terraform knows", () => {
  expect(() => bucket({ name: Fn.lower("ACME") })).not.toThrow();
});

test.each([0, -1, 1.5])("%p days of old versions are refused", (oldVersionDays) => {
  expect(() => bucket({ oldVersionDays })).toThrow(
    `'oldVersionDays' must be a whole number from 1, got ${oldVersionDays}`,
  );
});
