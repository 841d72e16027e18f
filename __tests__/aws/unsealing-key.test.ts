import { unsealingAlias, UnsealingKey, type UnsealingKeyProps } from "../../lib/aws";
import { addresses, only, synth } from "../support/synth";

const unsealingKey = (props: Partial<UnsealingKeyProps> = {}) =>
  synth(
    (stack) => new UnsealingKey(stack, "key", { name: "acme-prod", role: "acme-prod-general", ...props }),
  );

interface Statement {
  readonly Sid: string;
  readonly Principal: { readonly AWS: string };
  readonly Action: readonly string[];
  readonly Condition?: unknown;
}

/** The key's policy, read from the expression that Terraform encodes it from, with a partition and an account put in. */
function statements(props: Partial<UnsealingKeyProps> = {}): readonly Statement[] {
  const policy = String(only(unsealingKey(props), "aws_kms_key")["policy"])
    .replace(/^\$\{jsonencode\((.*)\)\}$/s, "$1")
    .replace(/\$\{[^}]*partition\}/g, "aws")
    .replace(/\$\{[^}]*\}/g, "123456789012")
    .replace(/" = /g, '": ');
  return (JSON.parse(policy) as { readonly Statement: readonly Statement[] }).Statement;
}

test("it is a key and its alias, and nothing else", () => {
  expect(addresses(unsealingKey()).filter((address) => !address.startsWith("data."))).toEqual([
    expect.stringMatching(/^aws_kms_alias\.key_alias_/),
    expect.stringMatching(/^aws_kms_key\.key_/),
  ]);
});

test("it has the alias that the platform's stack names it by, which is no cluster's sealing key", () => {
  expect(only(unsealingKey(), "aws_kms_alias")["name"]).toBe("alias/acme-prod/unseal");
  expect(unsealingAlias("acme-prod")).toBe("alias/acme-prod/unseal");
});

test("it is renewed each year, says what is lost with it, and takes a month to be gone", () => {
  expect(only(unsealingKey(), "aws_kms_key")).toMatchObject({
    description: "Unseals the Vault of acme-prod: without it all that is in Vault is lost",
    enable_key_rotation: true,
    deletion_window_in_days: 30,
  });
});

test.each([
  [{}, true],
  [{ retainData: false }, false],
])("with %j Terraform refuses to destroy key and alias: %s", (props, refuses) => {
  for (const type of ["aws_kms_key", "aws_kms_alias"]) {
    expect(only(unsealingKey(props), type)["lifecycle"]).toEqual({ prevent_destroy: refuses });
  }
});

test("one role uses it, and nobody else, whatever the account's policies say", () => {
  const users = statements().filter(({ Action }) =>
    Action.some((action) => /:(Decrypt|Encrypt|ReEncrypt|GenerateDataKey|CreateGrant|\*)/.test(action)),
  );
  expect(users).toEqual([
    expect.objectContaining({
      Sid: "Unseal",
      Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"],
      Condition: {
        ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/acme-prod-general" },
      },
    }),
  ]);
});

// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
test("the account is not locked out: its administrators may change the policy", () => {
  const [administer] = statements().filter(({ Action }) => Action.includes("kms:PutKeyPolicy"));
  expect(administer).not.toHaveProperty("Condition");
  for (const { Principal } of statements()) {
    expect(Principal).toEqual({ AWS: "arn:aws:iam::123456789012:root" });
  }
});

// Terraform's own refusal stands in the code, and goes with it.
test.each([
  [{}, false],
  [{ retainData: false }, true],
])("with %j somebody may delete key or alias: %s", (props, may) => {
  const actions = statements(props).flatMap(({ Action }) => Action);
  for (const action of ["kms:DeleteAlias", "kms:ScheduleKeyDeletion", "kms:UpdateAlias"]) {
    expect([action, actions.includes(action)]).toEqual([action, may]);
  }
  expect(actions).toContain("kms:CancelKeyDeletion");
});

test("a name that KMS does not take is refused", () => {
  expect(() => unsealingKey({ name: "acme prod" })).toThrow(
    "test/key/Resource: 'name' must be at most 250 letters",
  );
});
