import { estate } from "../support/estate";
import { resources, type Terraform } from "../support/synth";

/** Every resource of a type in the whole estate, as [stack and address, attributes]. */
const stacks = estate();
const all = (type: string) =>
  Object.entries(stacks).flatMap(([stack, tf]) =>
    Object.entries(resources(tf, type)).map(([id, attributes]) => ({
      at: `${stack}: ${type}.${id}`,
      ...attributes,
    })),
  );
const at = (found: readonly { at: string }[]) => found.map((one) => one.at);
const text = (tf: Terraform) => JSON.stringify(tf);

test("the estate has what these tests are about", () => {
  for (const type of [
    "aws_instance",
    "aws_vpc_security_group_ingress_rule",
    "aws_iam_role_policy",
    "aws_s3_bucket",
  ]) {
    expect(at(all(type))).not.toEqual([]);
  }
});

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
test("every description of a security group and of its rules is one that EC2 takes", () => {
  const described: { at: string; description?: string }[] = [
    ...all("aws_security_group"),
    ...all("aws_vpc_security_group_ingress_rule"),
    ...all("aws_vpc_security_group_egress_rule"),
  ];
  const odd = described.filter(
    ({ description = "" }) => !/^[a-zA-Z0-9. _:/()#,@[\]+=&;{}!$*-]{1,255}$/.test(description),
  );
  expect(at(odd)).toEqual([]);
});

test("every machine asks for IMDSv2", () => {
  const machines: { at: string; metadata_options?: { http_tokens?: string } }[] = [
    ...all("aws_instance"),
    ...all("aws_launch_template"),
  ];
  expect(at(machines.filter((one) => one.metadata_options?.http_tokens !== "required"))).toEqual([]);
});

test("pods outside of the host's network reach no machine's identity, but on the pool that lends it", () => {
  const machines: { at: string; metadata_options?: { http_put_response_hop_limit?: number } }[] = [
    ...all("aws_instance"),
    ...all("aws_launch_template"),
  ];
  const hops = machines.map((one) => [one.at, one.metadata_options?.http_put_response_hop_limit] as const);
  expect(hops.filter(([, limit]) => limit !== 1)).toEqual([
    [expect.stringMatching(/^prod-us-east-1: aws_launch_template\.pools_general_launch-template$/), 2],
  ]);
  expect(hops.length).toBeGreaterThan(4);
});

test("the role that the unsealing key lets use it is the one that lends itself to pods, and no other key has a policy", () => {
  const keys: { at: string; policy?: string }[] = all("aws_kms_key");
  const closed = keys.filter(({ policy }) => policy !== undefined);
  expect(at(closed)).toEqual([expect.stringMatching(/^prod-us-east-1-store: aws_kms_key\.unsealing-key$/)]);
  const users = [...JSON.stringify(closed).matchAll(/:role\/([\w-]+)/g)].map(([, role]) => role);
  const made = resources(stacks["prod-us-east-1"] as Terraform, "aws_iam_role");
  expect(users).toEqual([made["pools_general_role"]?.["name"]]);
});

test("every disk is encrypted", () => {
  const machines: { at: string; root_block_device?: { encrypted?: boolean } }[] = all("aws_instance");
  expect(at(machines.filter((one) => one.root_block_device?.encrypted !== true))).toEqual([]);
});

test("every disk of a launch template is encrypted", () => {
  const templates: { at: string; block_device_mappings?: { ebs?: { encrypted?: string } }[] }[] =
    all("aws_launch_template");
  expect(templates).not.toEqual([]);
  const open = templates.filter(
    ({ block_device_mappings: disks = [] }) =>
      disks.length === 0 || disks.some(({ ebs }) => ebs?.encrypted !== "true"),
  );
  expect(at(open)).toEqual([]);
});

/** What stands in the address of whatever belongs to a load-balancer pool. */
const OPEN = /pools_loadbalancer_/;

test("no machine has a public address but load-balancer nodes and the NAT instance", () => {
  const templates: { at: string; network_interfaces?: { associate_public_ip_address?: string }[] }[] =
    all("aws_launch_template");
  const open = templates.filter(
    ({ network_interfaces: cards = [] }) =>
      cards.length === 0 || cards.some((card) => card.associate_public_ip_address !== "false"),
  );
  expect(at(open)).toEqual([expect.stringMatching(OPEN)]);

  const subnets: { at: string; map_public_ip_on_launch?: boolean }[] = all("aws_subnet");
  expect(at(subnets.filter((subnet) => subnet.map_public_ip_on_launch !== false))).toEqual([]);
  const machines: { at: string; associate_public_ip_address?: boolean }[] = all("aws_instance");
  expect(at(machines.filter((machine) => machine.associate_public_ip_address === true))).toEqual([]);
  // A NAT's own, or one that only nodes which carry the same tag may take.
  const addresses: { at: string; tags?: Record<string, string> }[] = all("aws_eip");
  expect(at(addresses).filter((one) => !OPEN.test(one) && !/_nat(-instance)?_/.test(one))).toEqual([]);
  for (const { tags } of addresses.filter((one) => OPEN.test(one.at))) {
    expect(tags?.["keelson/pool"]).toBe("keelson-prod-us-east-1/loadbalancer");
  }
});

test("only load-balancer nodes stand in public subnets", () => {
  const groups: { at: string; vpc_zone_identifier?: string[] }[] = all("aws_autoscaling_group");
  const inPublic = groups.filter(({ vpc_zone_identifier: subnets = [] }) =>
    subnets.some((subnet) => subnet.includes("network_public_")),
  );
  expect(at(inPublic)).toEqual([expect.stringMatching(OPEN)]);
  expect(groups.length).toBeGreaterThan(inPublic.length);
});

test("no load-balancer node wears the group that the cloud controller opens", () => {
  const templates = all("aws_launch_template").filter((one) => OPEN.test(one.at));
  expect(templates).toHaveLength(1);
  expect(JSON.stringify(templates)).not.toContain("cluster_nodes_services");
  expect(JSON.stringify(all("aws_launch_template"))).toContain("cluster_nodes_services");
});

test("no user data holds anything that looks like a secret", () => {
  const templates: { at: string; user_data?: string }[] = all("aws_launch_template");
  expect(at(templates.filter(({ user_data: text }) => text?.includes("STORE_URL") !== true))).toEqual([]);
  // Names that a secret would be given, keys of AWS, private keys, tokens of kubeadm.
  const secret =
    /(SECRET|PASSWORD|TOKEN|PRIVATE)[A-Z_]*=|\bA(KIA|SIA)[A-Z0-9]{16}\b|PRIVATE KEY|\b[a-z0-9]{6}\.[a-z0-9]{16}\b/;
  expect(at(all("aws_launch_template").filter((one) => secret.test(JSON.stringify(one))))).toEqual([]);
});

test("no security group lets the world in, but on 80 and 443 of load-balancer nodes", () => {
  const rules: {
    at: string;
    cidr_ipv4?: string;
    cidr_ipv6?: string;
    ip_protocol?: string;
    from_port?: number;
    to_port?: number;
    security_group_id?: string;
  }[] = all("aws_vpc_security_group_ingress_rule");
  const wide = rules.filter(
    (rule) => rule.cidr_ipv4?.endsWith("/0") === true || rule.cidr_ipv6 !== undefined,
  );
  expect(at(wide).filter((one) => !OPEN.test(one))).toEqual([]);
  expect(wide.map((rule) => [rule.ip_protocol, rule.from_port, rule.to_port, rule.cidr_ipv4])).toEqual([
    ["tcp", 80, 80, "0.0.0.0/0"],
    ["tcp", 443, 443, "0.0.0.0/0"],
  ]);
  // The group that they open is worn by nobody else.
  const [group = ""] = new Set(wide.map((rule) => rule.security_group_id));
  const wearers = all("aws_launch_template").filter((one) => JSON.stringify(one).includes(group));
  expect(at(wearers)).toEqual([expect.stringMatching(OPEN)]);
});

test("security groups have no rules but standalone ones, which the test above sees", () => {
  const groups: { at: string; ingress?: unknown[]; egress?: unknown[] }[] = [
    ...all("aws_security_group"),
    ...all("aws_default_security_group"),
  ];
  expect(at(groups.filter(({ ingress = [], egress = [] }) => ingress.length + egress.length > 0))).toEqual(
    [],
  );
});

test("no policy allows an action by wildcard", () => {
  const allowed = [
    ...all("aws_iam_role"),
    ...all("aws_iam_role_policy"),
    ...all("aws_iam_policy"),
    ...all("aws_s3_bucket_policy"),
    ...all("aws_kms_key"),
  ].filter((one) =>
    /"Effect" = "Allow"(?:(?!"Effect").)*"Action" = (?:"[^"]*\*|\[[^\]]*\*)/.test(
      JSON.stringify(one).replaceAll('\\"', '"'),
    ),
  );
  expect(at(allowed)).toEqual([]);
});

test.each([
  ["is encrypted", "aws_s3_bucket_server_side_encryption_configuration"],
  ["is versioned", "aws_s3_bucket_versioning"],
  ["keeps the public out", "aws_s3_bucket_public_access_block"],
  ["has a policy for TLS only", "aws_s3_bucket_policy"],
])("every bucket %s", (_what, type) => {
  for (const [stack, tf] of Object.entries(stacks)) {
    for (const id of Object.keys(tf.resource?.["aws_s3_bucket"] ?? {})) {
      const buckets = Object.values(resources(tf, type)).map((one) => one["bucket"]);
      expect([stack, ...buckets]).toContain(`\${aws_s3_bucket.${id}.id}`);
    }
  }
  for (const one of all("aws_s3_bucket_policy")) {
    expect(JSON.stringify(one)).toContain("aws:SecureTransport");
  }
});

test("no output holds a token that cdktf did not resolve", () => {
  expect(Object.entries(stacks).filter(([, tf]) => /TfToken/i.test(text(tf)))).toEqual([]);
});

test("no output names the partition of the public cloud", () => {
  expect(Object.entries(stacks).filter(([, tf]) => text(tf).includes("arn:aws:"))).toEqual([]);
});
