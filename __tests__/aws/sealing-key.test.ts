import { Fn, TerraformOutput } from "cdktf";
import { SealingKey, sealingAlias, type SealingKeyProps } from "../../lib/aws";
import { addresses, only, synth } from "../support/synth";

const sealingKey = (props: Partial<SealingKeyProps> = {}) =>
  synth((stack) => new SealingKey(stack, "key", { name: "acme-prod", ...props }));

test("it is a key and its alias, and nothing else", () => {
  const tf = sealingKey();
  expect(addresses(tf)).toEqual([
    expect.stringMatching(/^aws_kms_alias\.key_alias_/),
    expect.stringMatching(/^aws_kms_key\.key_/),
  ]);
  const [, key = ""] = addresses(tf);
  expect(only(tf, "aws_kms_alias")).toMatchObject({
    name: "alias/acme-prod",
    target_key_id: `\${${key}.id}`,
  });
});

test("its material is renewed each year, and who deletes it has the longest time there is to change one's mind", () => {
  expect(only(sealingKey(), "aws_kms_key")).toMatchObject({
    enable_key_rotation: true,
    deletion_window_in_days: 30,
  });
});

test("it encrypts and nothing else, and says what it is for", () => {
  const { description, ...key } = only(sealingKey(), "aws_kms_key");
  expect(description).toBe(
    "Seals the identity of acme-prod: without it no master of the cluster can be rebuilt",
  );
  // A policy of its own could lock the account out; KMS' own lets the account's policies decide.
  expect(Object.keys(key).sort()).toEqual(["deletion_window_in_days", "enable_key_rotation", "lifecycle"]);
});

test.each([
  [{}, true],
  [{ retainData: true }, true],
  [{ retainData: false }, false],
])("with %j Terraform refuses to destroy key and alias: %s", (props, refuses) => {
  const tf = sealingKey(props);
  for (const type of ["aws_kms_key", "aws_kms_alias"]) {
    expect(only(tf, type)["lifecycle"]).toEqual({ prevent_destroy: refuses });
  }
});

test("its alias is what the cluster's stack names it by, without a reference", () => {
  expect(only(sealingKey(), "aws_kms_alias")["name"]).toBe(sealingAlias("acme-prod"));
});

test("those who are given the key wait for its alias", () => {
  const tf = synth((stack) => {
    const { alias, arn } = new SealingKey(stack, "key", { name: "acme-prod" });
    new TerraformOutput(stack, "alias", { value: alias });
    new TerraformOutput(stack, "arn", { value: arn });
  });
  const [alias, key] = addresses(tf);
  expect(tf.output).toEqual({ alias: { value: `\${${alias}.name}` }, arn: { value: `\${${key}.arn}` } });
});

test.each(["acme/prod_1", "a".repeat(250), "AWS/acme", "awsome"])("%s is taken", (name) => {
  expect(only(sealingKey({ name }), "aws_kms_alias")["name"]).toBe(`alias/${name}`);
});

test.each(["", "a".repeat(251), "acme prod", "acme.prod", "aws/acme", "alias:acme", "acmé"])(
  "%j is refused",
  (name) => {
    expect(() => sealingKey({ name })).toThrow(
      `test/key: 'name' must be at most 250 letters, digits, "/", "_" and "-", and not start with "aws/", ` +
        `got ${JSON.stringify(name)}`,
    );
  },
);

test("a name may be one that only Terraform knows", () => {
  expect(only(sealingKey({ name: Fn.lower("ACME") }), "aws_kms_alias")["name"]).toBe(
    'alias/${lower("ACME")}',
  );
});
