import { Fn, Token } from "cdktf";
import { Network, type NetworkProps } from "../../lib/aws";
import { synth } from "../support/synth";
import { problemsIn } from "../support/problems";

function problems(props: Partial<NetworkProps>): readonly string[] {
  return problemsIn(() => {
    synth(
      (stack) =>
        new Network(stack, "network", { name: "acme", zones: ["us-east-1a", "us-east-1b"], ...props }),
    );
  });
}

test.each([
  [[]],
  [["us-east-1a"]],
  [["us-east-1a", "us-east-1a"]],
  [["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d"]],
])("zones %j are not two or three different ones", (zones) => {
  expect(problems({ zones })).toEqual([
    `test/network: 'zones' must name two or three different zones, got ${JSON.stringify(zones)}`,
  ]);
});

test.each(["us-east-1-bos-1a", "us-east-1-wl1-bos-wlz-1", "us-east-1", "us-east-1i", "use1-az1", ""])(
  "%j is not a zone",
  (zone) => {
    expect(problems({ zones: ["us-east-1a", zone] })).toEqual([
      expect.stringMatching(/^test\/network: 'zones' must be zones such as "us-east-1a".*, got \[".*"\]$/),
    ]);
  },
);

test("zones of every partition are taken", () => {
  for (const region of ["us-gov-west-1", "cn-north-1", "eu-isoe-west-1"]) {
    expect(problems({ zones: [`${region}a`, `${region}b`] })).toEqual([]);
  }
});

test("zones of two regions are refused", () => {
  expect(problems({ zones: ["us-east-1a", "us-west-2a"] })).toEqual([
    expect.stringContaining("'zones' must be zones of one region"),
  ]);
});

test("zones that only Terraform knows are refused with the reason", () => {
  for (const zones of [Token.asList("${var.zones}"), ["us-east-1a", Fn.upper("us-east-1b")]]) {
    expect(problems({ zones })).toEqual([
      expect.stringMatching(
        /'zones' must be literal zone names, since one subnet is declared for each, got (?!.*TOKEN)/i,
      ),
    ]);
  }
});

test("a retention that CloudWatch does not have is refused", () => {
  expect(problems({ flowLogRetentionDays: 31 as 30 })).toEqual([
    expect.stringMatching(
      /'flowLogRetentionDays' must be a retention that CloudWatch has \(1, 3, .*\), got 31$/,
    ),
  ]);
});

test("a NAT instance cannot be on dedicated hardware", () => {
  expect(problems({ nat: "instance", tenancy: "dedicated" })).toEqual([
    expect.stringMatching(
      /'nat' must not be an instance where tenancy is dedicated.*, got "instance"; take "single"$/,
    ),
  ]);
});

test.each(["a".repeat(49), "no spaces", ""])("%j is not a network's name", (name) => {
  expect(problems({ name })).toEqual([
    expect.stringContaining("'name' must be letters, digits and hyphens, at most 48"),
  ]);
});

test("a name may be one that only Terraform knows", () => {
  expect(problems({ name: Fn.lower("ACME") })).toEqual([]);
});

test("everything that is wrong is reported at once", () => {
  const found = problems({
    name: "",
    cidrBlock: "10.0.0.1/8",
    zones: ["us-east-1a"],
    flowLogRetentionDays: 2 as 1,
  });
  expect(found.map((line) => /'(\w+)'/.exec(line)?.[1])).toEqual([
    "name",
    "cidrBlock",
    "cidrBlock",
    "zones",
    "flowLogRetentionDays",
  ]);
});
