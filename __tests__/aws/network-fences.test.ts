import { Network } from "../../lib/aws";
import { only, resources, synth } from "../support/synth";

const tf = synth(
  (stack) =>
    new Network(stack, "network", {
      name: "acme",
      zones: ["us-east-1a", "us-east-1b"],
      flowLogRetentionDays: 7,
    }),
);

const inbound = (tier: string) =>
  Object.entries(resources(tf, "aws_network_acl_rule"))
    .filter(([id]) => id.startsWith(`network_${tier}_acl_in_`))
    .map(([, { protocol, cidr_block, from_port, to_port }]) => [protocol, cidr_block, from_port, to_port]);

const replies = [
  ["icmp", "0.0.0.0/0", undefined, undefined],
  ["tcp", "0.0.0.0/0", 1024, 65535],
  ["udp", "0.0.0.0/0", 1024, 65535],
];

test("the public tier lets in its own network, http, https and replies", () => {
  expect(inbound("public").sort()).toEqual(
    [
      ["-1", "10.0.0.0/16", undefined, undefined],
      ["tcp", "0.0.0.0/0", 80, 80],
      ["tcp", "0.0.0.0/0", 443, 443],
      ...replies,
    ].sort(),
  );
});

test("the private tier lets in its own network and replies", () => {
  expect(inbound("private").sort()).toEqual([["-1", "10.0.0.0/16", undefined, undefined], ...replies].sort());
});

test("no two rules of an ACL in one direction have the same number", () => {
  const rules = Object.values(resources(tf, "aws_network_acl_rule"));
  const keys = rules.map(({ network_acl_id, egress = false, rule_number }) =>
    JSON.stringify([network_acl_id, egress, rule_number]),
  );
  expect(new Set(keys).size).toBe(keys.length);
});

test("each subnet stands behind the ACL of its tier", () => {
  const associations = Object.values(resources(tf, "aws_network_acl_association"));
  expect(associations).toHaveLength(4);
  for (const { subnet_id, network_acl_id } of associations) {
    const tier = /network_(public|private)/.exec(String(subnet_id))?.[1];
    expect(network_acl_id).toContain(`network_${tier}_acl`);
  }
});

test("the default security group is emptied", () => {
  expect(only(tf, "aws_default_security_group")).toMatchObject({ ingress: [], egress: [] });
});

test("flow logs of all traffic are kept as long as asked", () => {
  expect(only(tf, "aws_flow_log")).toMatchObject({ traffic_type: "ALL" });
  expect(only(tf, "aws_cloudwatch_log_group")).toMatchObject({
    name: "/vpc/acme-flow-logs",
    retention_in_days: 7,
  });
});

test("the flow logs' role writes to its log group and nowhere else", () => {
  const document = String(only(tf, "aws_iam_role_policy")["policy"]);
  // Each statement of it that is kept to nothing lets it look, and no more.
  const statements = document.split(/(?="Action" = )/).slice(1);
  for (const statement of statements.filter((text) => /"Resource" = \[?"\*"/.test(text))) {
    expect(statement).toMatch(/^"Action" = \["logs:DescribeLogGroups"\]/);
  }
  expect(statements).toHaveLength(2);
  expect(document).toMatch(
    /"Resource" = \[aws_cloudwatch_log_group\.\S+\.arn, "\$\{aws_cloudwatch_log_group\.\S+\.arn\}:\*"\]/,
  );
});

test("AWS may use the flow logs' role for this account's flow logs only", () => {
  const trust = String(only(tf, "aws_iam_role")["assume_role_policy"]);
  expect(trust).toMatch(/"aws:SourceAccount" = data\.aws_caller_identity\.\S+\.account_id/);
  expect(trust).toMatch(
    /"aws:SourceArn" = "arn:\$\{data\.aws_partition\.\S+\.partition\}:ec2:us-east-1:\S+:vpc-flow-log\/\*"/,
  );
});
