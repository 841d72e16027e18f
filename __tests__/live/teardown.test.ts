import { Project } from "../support/project";
import { idsOf } from "./support/ids";

const required_providers = { aws: { source: "hashicorp/aws", version: "6.25.0" } };
const stack = (key: string, resource: object, output?: object) => ({
  terraform: { required_providers, backend: { s3: { bucket: "states", key, region: "us-east-1" } } },
  provider: { aws: [{ region: "us-east-1" }] },
  resource,
  ...(output && { output }),
});

const subnet = (n: number, vpc = "v") => ({
  vpc_id: `\${aws_vpc.${vpc}.id}`,
  cidr_block: `10.0.${n}.0/24`,
});
const group = { vpc_id: "${aws_vpc.v.id}" };
const target = { ...group, port: 6443, protocol: "TCP" };
const template = { image_id: "ami-1", instance_type: "m7i.large" };
const assumed = { assume_role_policy: "{}" };

/** What one stack has. */
const base = {
  aws_vpc: { v: { cidr_block: "10.0.0.0/16" }, shared: { cidr_block: "10.1.0.0/16" } },
  aws_subnet: {
    balanced: subnet(1),
    mapped: subnet(2),
    scaled: subnet(3),
    plugged: subnet(4),
    empty: subnet(5),
  },
  aws_security_group: {
    balanced: group,
    plugged: group,
    worn: group,
    worn_too: group,
    mixed: group,
    named_by_a_rule: group,
    named_by_its_own_rule: group,
    of_nobody: group,
  },
  aws_eip: { mapped: {} },
  aws_launch_template: { used: { name: "used", ...template } },
  aws_lb_target_group: { listened: target, weighed: target, scaled: target },
  aws_iam_role: { r: { name: "r", ...assumed } },
  aws_iam_policy: { p: { name: "p", path: "/team/", policy: "{}" } },
  aws_iam_instance_profile: { i: { name: "i", role: "${aws_iam_role.r.name}" } },
  aws_route53_zone: {
    written: { name: "a.example" },
    forced: { name: "b.example", force_destroy: true },
    delegating: { name: "c.example" },
    own: { name: "d.example" },
  },
  aws_s3_bucket: {
    filled: { bucket: "filled" },
    forced: { bucket: "forced", force_destroy: true },
    states: { bucket: "states" },
  },
  aws_kms_key: { k: {} },
  aws_ssm_parameter: { s: { name: "/s", type: "String", value: "x" } },
};

/** What another stack has in it. */
function tenant(id: (address: string) => string) {
  const scaled = { name: "scaled", min_size: 1, max_size: 1 };
  const listener = (port: number, action: object) => ({
    load_balancer_arn: "${aws_lb.on_subnets.arn}",
    port,
    protocol: "TCP",
    default_action: [{ type: "forward", ...action }],
  });
  const record = (zone: string, name: string, type = "A") => ({
    zone_id: id(`aws_route53_zone.${zone}`),
    name,
    type,
    ttl: 60,
    records: ["192.0.2.1"],
  });
  const rule = (of: string, from: string) => ({
    security_group_id: id(`aws_security_group.${of}`),
    referenced_security_group_id: id(`aws_security_group.${from}`),
    ip_protocol: "-1",
  });
  const zones = (name: string) => ({ vpc_zone_identifier: [id(`aws_subnet.${name}`)] });
  const own = (name: string) => ({ launch_template: [{ id: `\${aws_launch_template.${name}.id}` }] });
  return {
    aws_lb: {
      on_subnets: {
        name: "one",
        load_balancer_type: "network",
        subnets: [id("aws_subnet.balanced")],
        security_groups: [id("aws_security_group.balanced")],
      },
      on_mappings: {
        name: "two",
        load_balancer_type: "network",
        subnet_mapping: [{ subnet_id: id("aws_subnet.mapped"), allocation_id: id("aws_eip.mapped") }],
      },
    },
    aws_lb_listener: {
      one: listener(1, { target_group_arn: id("aws_lb_target_group.listened") }),
      two: listener(2, { forward: [{ target_group: [{ arn: id("aws_lb_target_group.weighed") }] }] }),
    },
    aws_network_interface: {
      n: { subnet_id: id("aws_subnet.plugged"), security_groups: [id("aws_security_group.plugged")] },
    },
    aws_subnet: { other: { vpc_id: id("aws_vpc.shared"), cidr_block: "10.1.0.0/24" } },
    aws_launch_template: {
      a: {
        name: "a",
        ...template,
        network_interfaces: [{ security_groups: [id("aws_security_group.worn")] }],
      },
      b: { name: "b", ...template, vpc_security_group_ids: [id("aws_security_group.worn_too")] },
      c: { name: "c", ...template, vpc_security_group_ids: [id("aws_security_group.mixed")] },
      unused: { name: "unused", ...template, vpc_security_group_ids: [id("aws_security_group.of_nobody")] },
    },
    aws_autoscaling_group: {
      scaled: {
        ...scaled,
        ...zones("scaled"),
        launch_template: [{ id: id("aws_launch_template.used") }],
        target_group_arns: [id("aws_lb_target_group.scaled")],
      },
      a: { ...scaled, name: "a", availability_zones: ["us-east-1a"], ...own("a") },
      b: { ...scaled, name: "b", availability_zones: ["us-east-1a"], ...own("b") },
      c: {
        ...scaled,
        name: "c",
        availability_zones: ["us-east-1a"],
        mixed_instances_policy: [
          {
            launch_template: [
              { launch_template_specification: [{ launch_template_id: "${aws_launch_template.c.id}" }] },
            ],
          },
        ],
      },
      empty: { ...scaled, name: "empty", min_size: 0, ...zones("empty"), ...own("unused") },
    },
    aws_vpc_security_group_ingress_rule: {
      other: rule("of_nobody", "named_by_a_rule"),
      own: rule("named_by_its_own_rule", "named_by_its_own_rule"),
    },
    aws_iam_role_policy_attachment: { p: { role: "r", policy_arn: id("aws_iam_policy.p") } },
    aws_iam_role_policy: { inline: { role: "r", name: "inline", policy: "{}" } },
    aws_route53_record: {
      a: record("written", "www.a.example"),
      b: record("forced", "www.b.example"),
      c: record("delegating", "sub.c.example", "NS"),
      d: record("own", "d.example", "NS"),
    },
    aws_s3_object: {
      o: { bucket: "filled", key: "o", content: "" },
      p: { bucket: "forced", key: "p", content: "" },
    },
    aws_kms_alias: { k: { name: "alias/k", target_key_id: id("aws_kms_key.k") } },
  };
}

const SUBNET = "DependencyViolation: The subnet '{id}' has dependencies and cannot be deleted.";
const GROUP = "DependencyViolation: resource {id} has a dependent object";
const TARGETS = "ResourceInUse: Target group '{id}' is currently in use by a listener or a rule";
const ZONE =
  "HostedZoneNotEmpty: The specified hosted zone contains non-required resource record sets and so cannot be deleted.";
const BUCKET = "BucketNotEmpty: The bucket you tried to delete is not empty";
const TEMPLATE =
  "aws_autoscaling_group {} still refers to it in 'launch_template.id', by way of 'aws_launch_template";

/** What AWS refuses to delete, with which words, and what the simulator says is in the way. */
const REFUSED = [
  [
    "aws_vpc.shared",
    "DependencyViolation: The vpc '{id}' has dependencies and cannot be deleted.",
    "aws_subnet",
  ],
  ["aws_subnet.balanced", SUBNET, "aws_lb {} still refers to it in 'subnets'"],
  ["aws_subnet.mapped", SUBNET, "aws_lb {} still refers to it in 'subnets'"],
  ["aws_subnet.scaled", SUBNET, "aws_autoscaling_group scaled still refers to it in 'vpc_zone_identifier'"],
  ["aws_subnet.plugged", SUBNET, "aws_network_interface {} still refers to it in 'subnet_id'"],
  ["aws_security_group.balanced", GROUP, "aws_lb {} still refers to it in 'security_groups'"],
  ["aws_security_group.plugged", GROUP, "aws_network_interface {} still refers to it in 'security_groups'"],
  ["aws_security_group.worn", GROUP, `${TEMPLATE}.network_interfaces.security_groups'`],
  ["aws_security_group.worn_too", GROUP, `${TEMPLATE}.vpc_security_group_ids'`],
  [
    "aws_security_group.mixed",
    GROUP,
    "aws_autoscaling_group c still refers to it in 'mixed_instances_policy",
  ],
  ["aws_security_group.named_by_a_rule", GROUP, "in 'referenced_security_group_id'"],
  [
    "aws_eip.mapped",
    "AuthFailure: You do not have permission to access the specified resource.",
    "allocation_id",
  ],
  ["aws_lb_target_group.listened", TARGETS, "still refers to it in 'default_action.target_group_arn'"],
  ["aws_lb_target_group.weighed", TARGETS, "still refers to it in 'default_action.forward.target_group.arn'"],
  [
    "aws_iam_policy.p",
    "DeleteConflict: Cannot delete a policy attached to entities.",
    "aws_iam_role_policy_attachment",
  ],
  ["aws_route53_zone.written", ZONE, "_www.a.example_A still refers to it"],
  ["aws_route53_zone.delegating", ZONE, "_sub.c.example_NS still refers to it"],
  ["aws_s3_bucket.filled", BUCKET, "It holds o."],
  ["aws_s3_bucket.states", BUCKET, "It holds base.tfstate, tenant.tfstate."],
] as const;

describe("a stack that another one stands in", () => {
  const project = new Project();
  let id: (address: string) => string;
  const state = (name: string) => `s3/states/${name}.tfstate.simulated.tfstate`;
  const terraform = (name: string, command: string) =>
    project.simulate([
      "sh",
      "-c",
      `terraform -chdir=${name} init -no-color >/dev/null && terraform -chdir=${name} ${command} -no-color`,
    ]);
  let said = "";

  beforeAll(async () => {
    project.write("base/cdk.tf.json", stack("base.tfstate", base, idsOf(base)));
    expect(await terraform("base", "apply -auto-approve")).toMatchObject({ code: 0 });
    const { stdout } = await terraform("base", "output -json ids");
    const ids = JSON.parse(stdout) as Record<string, string>;
    id = (address) => ids[address] ?? "?";

    project.write("tenant/cdk.tf.json", stack("tenant.tfstate", tenant(id)));
    expect(await terraform("tenant", "apply -auto-approve")).toMatchObject({ code: 0 });
    const { code, stdout: printed, stderr } = await terraform("base", "destroy -auto-approve");
    expect(code).toBe(1);
    said = `${printed}${stderr}`
      .replace(/[│╷╵]/g, " ")
      .replace(/\s+/g, " ")
      .replace(/^.*?Error: /, "");
  });
  afterAll(() => {
    project.remove();
  });

  test.each(REFUSED)("cannot lose its %s", (address, answer, because) => {
    const text = answer.replace("{id}", id(address));
    const words = because.split("{}").map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const from = said.indexOf(text);
    expect(said).toContain(text);
    expect(said.slice(from)).toMatch(new RegExp(words.join("\\S+")));
    expect(project.resources(state("base"))).toContain(address);
  });

  test("loses all else, such as what a group of machines is made from, a key with an alias, and a role with policies", () => {
    const left = [...REFUSED.map(([address]) => address), "aws_vpc.v"];
    expect(project.resources(state("base")).sort()).toEqual(left.sort());
  });

  test("loses the rest when the other one is gone, but for the bucket that the states are in", async () => {
    expect(await terraform("tenant", "destroy -auto-approve")).toMatchObject({ code: 0 });
    const { stdout, stderr, code } = await terraform("base", "destroy -auto-approve");
    expect(stdout + stderr).toContain("It holds base.tfstate, tenant.tfstate.");
    expect(project.resources(state("base"))).toEqual(["aws_s3_bucket.states"]);
    expect(code).toBe(1);
  });
});
