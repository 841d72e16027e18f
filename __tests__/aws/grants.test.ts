import { readFileSync } from "node:fs";
import * as path from "node:path";
import { estate } from "../support/estate";
import { ROOT } from "../support/run";
import { resources, type Terraform } from "../support/synth";

interface Grant {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly text: string;
}

/** What a policy allows, read from the expression that Terraform encodes it from. */
function grants(policy: string): readonly Grant[] {
  return policy
    .split('"Effect" = "Allow"')
    .slice(1)
    .map((text) => {
      const list = (name: string) =>
        [...(new RegExp(`"${name}" = \\[([^\\]]*)\\]`).exec(text)?.[1] ?? "").matchAll(/"([^"]+)"/g)].map(
          ([, item = ""]) => item,
        );
      return { actions: list("Action"), resources: list("Resource"), text };
    });
}

/** The policies of a stack, by the caller that the page names. */
function policies(tf: Terraform): Record<string, string> {
  const managed = Object.entries(resources(tf, "aws_iam_policy")).map(([id, { policy }]) => [
    /_policies_([a-z-]+)(_[0-9A-F]{8})?$/.exec(id)?.[1] ?? id,
    String(policy),
  ]);
  const inline = Object.values(resources(tf, "aws_iam_role_policy")).map(({ policy }) => [
    "flow-logs",
    String(policy),
  ]);
  return Object.fromEntries([...managed, ...inline]) as Record<string, string>;
}

const page = readFileSync(path.join(ROOT, "docs/iam.md"), "utf8");
const documented = Object.fromEntries(
  page
    .split(/^### /m)
    .slice(1)
    .map((section) => [
      section.split("\n")[0],
      [...section.matchAll(/^\| `([a-z0-9]+:[A-Za-z]+)` +\|/gm)].map(([, action = ""]) => action).sort(),
    ]),
);
const stacks = Object.entries(estate()).filter(([id]) => !/-(state|store)$/.test(id));
const all = stacks.flatMap(([, tf]) => Object.values(policies(tf)).flatMap(grants));

test.each(stacks)("each action that a role of %s has stands in docs/iam.md, under its caller", (_id, tf) => {
  const granted = Object.fromEntries(
    Object.entries(policies(tf)).map(([caller, policy]) => [
      caller,
      [...new Set(grants(policy).flatMap(({ actions }) => actions))].sort(),
    ]),
  );
  expect(granted).toEqual(documented);
});

test("what boots and backs up a master has at most twenty actions", () => {
  expect(documented["boot"]?.length).toBeGreaterThan(10);
  expect(documented["boot"]?.length).toBeLessThanOrEqual(20);
});

test("no action is a wildcard", () => {
  expect(all.length).toBeGreaterThan(20);
  expect(all.flatMap(({ actions }) => actions).filter((action) => action.includes("*"))).toEqual([]);
});

test("everything is the resource only of what AWS keeps to none", () => {
  const unbound =
    /:(Describe|Get\w+FromInstanceRequirements|PutMetricData|UpdateInstanceInformation|(Create|Open)(Control|Data)Channel)/;
  const wide = all.filter((grant) => grant.resources.includes("*")).flatMap(({ actions }) => actions);
  expect(wide.filter((action) => !unbound.test(action))).toEqual([]);
});

test("nobody deletes in the store", () => {
  expect(all.flatMap(({ actions }) => actions).filter((action) => action.startsWith("s3:Delete"))).toEqual(
    [],
  );
});

test("a master uses keys only by their alias, and sends metrics only under our name", () => {
  const conditioned = all.filter(({ text }) =>
    /"(kms:|cloudwatch:)/.test(text.split('"Condition"')[0] ?? ""),
  );
  expect(conditioned).toHaveLength(2 * stacks.length);
  for (const { text } of conditioned) expect(text).toMatch(/kms:ResourceAliases|cloudwatch:namespace/);
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
test("each policy fits into what IAM takes, with room for the partition and the account", () => {
  for (const [, tf] of stacks) {
    for (const policy of Object.values(policies(tf))) {
      const text = policy.replace(/\$\{data\.[^}]*\}/g, "000000000000").replace(/\s/g, "");
      expect(text.length).toBeLessThan(6144);
    }
  }
});
