import { Project } from "../support/project";

/** The master's types, and what AWS says of them because of another resource. */
const configuration = (content: string) => ({
  terraform: {
    required_providers: { aws: { source: "hashicorp/aws", version: "6.25.0" } },
    backend: { s3: { bucket: "state", key: "a.tfstate", region: "us-east-1" } },
  },
  provider: { aws: [{ region: "us-east-1" }] },
  resource: {
    aws_vpc: { v: { cidr_block: "10.0.0.0/16" } },
    aws_subnet: { s: { vpc_id: "${aws_vpc.v.id}", cidr_block: "10.0.1.0/24" } },
    aws_eip: { e: {} },
    aws_lb: {
      subnets: { name: "one", load_balancer_type: "network", subnets: ["${aws_subnet.s.id}"] },
      mappings: {
        name: "two",
        load_balancer_type: "network",
        subnet_mapping: [{ subnet_id: "${aws_subnet.s.id}", allocation_id: "${aws_eip.e.id}" }],
      },
    },
    aws_nat_gateway: { n: { subnet_id: "${aws_subnet.s.id}", connectivity_type: "private" } },
    aws_kms_key: { k: {} },
    aws_kms_alias: { k: { name: "alias/k", target_key_id: "${aws_kms_key.k.key_id}" } },
    aws_lb_target_group: { t: { name: "t", port: 1, protocol: "TCP", vpc_id: "${aws_vpc.v.id}" } },
    aws_lb_listener: {
      l: {
        load_balancer_arn: "${aws_lb.subnets.arn}",
        port: 1,
        protocol: "TCP",
        default_action: [
          {
            type: "forward",
            forward: [{ target_group: [{ arn: "${aws_lb_target_group.t.arn}", weight: 1 }] }],
          },
        ],
      },
    },
    aws_launch_template: { t: { name: "template", image_id: "ami-1", instance_type: "m7i.large" } },
    aws_autoscaling_group: {
      g: {
        name: "g",
        min_size: 1,
        max_size: 1,
        vpc_zone_identifier: ["${aws_subnet.s.id}"],
        launch_template: [{ id: "${aws_launch_template.t.id}" }],
      },
    },
    aws_iam_policy: { path: { name: "p", path: "/team/", policy: "{}" }, none: { name: "q", policy: "{}" } },
    aws_s3_bucket: { versioned: { bucket: "versioned" }, plain: { bucket: "plain" } },
    aws_s3_bucket_versioning: {
      v: { bucket: "${aws_s3_bucket.versioned.id}", versioning_configuration: [{ status: "Enabled" }] },
    },
    aws_s3_object: {
      versioned: { bucket: "${aws_s3_bucket_versioning.v.id}", key: "o", content },
      plain: { bucket: "${aws_s3_bucket.plain.id}", key: "o", content },
    },
    aws_ssm_parameter: { s: { name: "/s", type: "String", value: content } },
  },
  output: {
    vpcs: {
      value: [
        "${aws_vpc.v.id}",
        "${aws_lb.subnets.vpc_id}",
        "${aws_lb.mappings.vpc_id}",
        "${aws_nat_gateway.n.vpc_id}",
      ],
    },
    keys: { value: ["${aws_kms_key.k.arn}", "${aws_kms_alias.k.target_key_arn}"] },
    policies: { value: ["${aws_iam_policy.path.arn}", "${aws_iam_policy.none.arn}"] },
    template: { value: "${aws_autoscaling_group.g.launch_template[0].name}" },
    versions: { value: ["${aws_s3_object.versioned.version_id}", "${aws_s3_object.plain.version_id}"] },
    parameter: { value: "${aws_ssm_parameter.s.version}" },
  },
});

interface Outputs {
  readonly vpcs: readonly string[];
  readonly keys: readonly string[];
  readonly policies: readonly string[];
  readonly template: string;
  readonly versions: readonly (string | null)[];
  readonly parameter: number;
}

const project = new Project(configuration("one"));
afterAll(() => {
  project.remove();
});

/** Applies the configuration, plans it again, and returns what it says after that. */
async function deployed(): Promise<Outputs> {
  const { code, stdout } = await project.terraform(
    "terraform apply -auto-approve -no-color >&2 && terraform plan -no-color -detailed-exitcode >&2 && terraform output -json",
  );
  expect(code).toBe(0);
  const outputs = JSON.parse(stdout) as Record<string, { value: unknown }>;
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { value }]) => [name, value]),
  ) as unknown as Outputs;
}

describe("after a deploy that has nothing to change when it is planned again", () => {
  let outputs: Outputs;
  beforeAll(async () => {
    outputs = await deployed();
  });

  test("a load balancer and a NAT gateway are in the VPC of their subnets, named either way", () => {
    expect(outputs.vpcs[0]).toMatch(/^vpc-[0-9a-f]{17}$/);
    expect(new Set(outputs.vpcs).size).toBe(1);
  });

  test("an alias leads to its key", () => {
    expect(outputs.keys[0]).toMatch(/^arn:aws:kms:us-east-1:000000000000:key\//);
    expect(new Set(outputs.keys).size).toBe(1);
  });

  test("a policy's ARN has its path", () => {
    expect(outputs.policies).toEqual([
      "arn:aws:iam::000000000000:policy/team/p",
      "arn:aws:iam::000000000000:policy/q",
    ]);
  });

  test("a group knows its template's name", () => {
    expect(outputs.template).toBe("template");
  });

  test("an object has a version in a bucket that keeps versions, and none in another", () => {
    expect(outputs.versions).toEqual([expect.stringMatching(/^[0-9A-Z]{32}$/), null]);
  });

  test("another content is another version, of the object and of the parameter", async () => {
    project.write("cdk.tf.json", configuration("two"));
    const { stdout } = await project.terraform("terraform plan -no-color");
    expect(stdout).toMatch(/version_id += "[0-9A-Z]{32}" -> \(known after apply\)/);
    const after = await deployed();
    expect(after.versions).toEqual([expect.stringMatching(/^[0-9A-Z]{32}$/), null]);
    expect(after.versions[0]).not.toBe(outputs.versions[0]);
    expect([outputs.parameter, after.parameter]).toEqual([1, 2]);
  });
});
