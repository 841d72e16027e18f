import { type AwsEnvironment, validate } from "../../stacks";
import { problemsIn } from "../support/problems";

/** What is wrong with an estate of environments of these names, and with nothing else to complain about. */
function problems(...names: readonly unknown[]): readonly string[] {
  const estate = names.map((name, index) => ({
    name,
    cloud: "aws",
    prefix: "acme",
    account: "123456789012",
    region: "eu-west-1",
    domain: "acme.io",
    network: { cidrBlock: `10.${index}.0.0/16`, zones: ["eu-west-1a", "eu-west-1b"] },
    controlPlane: {
      kubernetesVersion: "1.36.4",
      image: { id: "ami-0a1b2c3d4e5f60718", architecture: "amd64" },
    },
  }));
  return problemsIn(() => {
    validate(estate as AwsEnvironment[], { simulated: false });
  });
}

test("two environments of one name are refused", () => {
  expect(problems("prod", "prod")).toEqual([
    `prod: 'name' must be the name of one environment only, got "prod"; give it another name`,
  ]);
});

test.each([
  ["prod", "prod-state"],
  ["prod-state", "prod"],
])("%s beside %s is refused, since both make the stack prod-state", (first, second) => {
  expect(problems(first, second)).toEqual([
    `${second}: 'name' must lead to stacks that no other environment makes (${first} makes prod-state, too), ` +
      `got "${second}"; give it another name`,
  ]);
});

test.each([
  ["prod", "prod-state-2"],
  ["prod-state", "prod-state-state-state"],
  ["a", "b"],
])("%s beside %s is taken", (first, second) => {
  expect(problems(first, second)).toEqual([]);
});

test.each(["", "  ", "\n", 7, null, ["prod"]])(
  "an environment is called by its place when its name is %j",
  (name) => {
    expect(problems("prod", name)).toEqual([
      expect.stringMatching(/^environments\[1\]: 'name' must be a DNS label, such as prod-us-east-1, got /),
    ]);
  },
);

test("an environment that is called by its place is not taken for one of that name", () => {
  expect(problems("environments[1]", "").map((line) => line.split(" must")[0])).toEqual([
    "environments[1]: 'name'",
    "environments[1]: 'name'",
  ]);
});

test("a name with control characters stays plain text on one line", () => {
  expect(problems("\u001b[31mred", "a\nb: 'x' must")).toEqual([
    `\\u001b[31mred: 'name' must be a DNS label, such as prod-us-east-1, got "\\u001b[31mred"`,
    `a\\u000ab: 'x' must: 'name' must be a DNS label, such as prod-us-east-1, got "a\\nb: 'x' must"`,
  ]);
});
