import { findBinding, loadSchema } from "../../../../lib/cli/simulator/bindings";
import type { Block, ProviderSchema } from "../../../../lib/cli/simulator/schema";
import { temporaryDirectory } from "./toolkit";

let aws: ProviderSchema;
const resource = (type: string): Block => aws.resources[type] ?? { attributes: {}, blocks: {} };

beforeAll(async () => {
  aws = await loadSchema(findBinding("hashicorp/aws", __dirname), { cacheDir: temporaryDirectory() });
}, 30_000);

test("every resource and data source of the installed aws binding is read", () => {
  expect(aws.source).toBe("hashicorp/aws");
  expect(aws.version).toBe("6.25.0");
  expect(Object.keys(aws.resources)).toHaveLength(1581);
  expect(Object.keys(aws.dataSources)).toHaveLength(630);
});

test("aws_vpc has these attributes and no block", () => {
  const text = { type: "string" };
  const optional = { optional: true };
  const computed = { computed: true };
  expect(resource("aws_vpc")).toEqual({
    attributes: {
      arn: { ...text, ...computed },
      assign_generated_ipv6_cidr_block: { type: "bool", ...optional },
      cidr_block: { ...text, ...optional, ...computed },
      default_network_acl_id: { ...text, ...computed },
      default_route_table_id: { ...text, ...computed },
      default_security_group_id: { ...text, ...computed },
      dhcp_options_id: { ...text, ...computed },
      enable_dns_hostnames: { type: "bool", ...optional, ...computed },
      enable_dns_support: { type: "bool", ...optional },
      enable_network_address_usage_metrics: { type: "bool", ...optional, ...computed },
      id: { ...text, ...optional, ...computed },
      instance_tenancy: { ...text, ...optional },
      ipv4_ipam_pool_id: { ...text, ...optional },
      ipv4_netmask_length: { type: "number", ...optional },
      ipv6_association_id: { ...text, ...computed },
      ipv6_cidr_block: { ...text, ...optional, ...computed },
      ipv6_cidr_block_network_border_group: { ...text, ...optional, ...computed },
      ipv6_ipam_pool_id: { ...text, ...optional },
      ipv6_netmask_length: { type: "number", ...optional },
      main_route_table_id: { ...text, ...computed },
      owner_id: { ...text, ...computed },
      region: { ...text, ...optional, ...computed },
      tags: { type: ["map", "string"], ...optional },
      tags_all: { type: ["map", "string"], ...optional, ...computed },
    },
    blocks: {},
  });
});

test("aws_subnet requires its VPC and has a single timeouts block", () => {
  const { attributes, blocks } = resource("aws_subnet");
  expect(attributes.vpc_id).toEqual({ type: "string", required: true });
  expect(blocks).toEqual({
    timeouts: {
      nesting: "single",
      block: {
        attributes: {
          create: { type: "string", optional: true },
          delete: { type: "string", optional: true },
        },
        blocks: {},
      },
    },
  });
});

test("an autoscaling group's tags are a set of blocks", () => {
  expect(resource("aws_autoscaling_group").blocks.tag).toEqual({
    nesting: "set",
    block: {
      attributes: {
        key: { type: "string", required: true },
        propagate_at_launch: { type: "bool", required: true },
        value: { type: "string", required: true },
      },
      blocks: {},
    },
  });
});

test("a security group's rules are an attribute, not blocks", () => {
  const { attributes, blocks } = resource("aws_security_group");
  const rule = {
    cidr_blocks: ["list", "string"],
    description: "string",
    from_port: "number",
    ipv6_cidr_blocks: ["list", "string"],
    prefix_list_ids: ["list", "string"],
    protocol: "string",
    security_groups: ["set", "string"],
    self: "bool",
    to_port: "number",
  };
  expect(attributes.ingress).toEqual({ type: ["set", ["object", rule]], optional: true, computed: true });
  expect(Object.keys(blocks)).toEqual(["timeouts"]);
});

test("a launch template's blocks are read down to the last level", () => {
  const { blocks } = resource("aws_launch_template");
  expect(blocks.metadata_options).toMatchObject({ nesting: "list", maxItems: 1 });
  expect(blocks.tag_specifications).toMatchObject({ nesting: "list" });
  expect(blocks.tag_specifications).not.toHaveProperty("maxItems");
  expect(blocks.block_device_mappings?.block.blocks.ebs?.block.attributes.encrypted).toEqual({
    type: "string",
    optional: true,
  });
  expect(blocks.instance_requirements?.block.blocks.vcpu_count).toEqual({
    nesting: "list",
    minItems: 1,
    maxItems: 1,
    block: {
      attributes: { max: { type: "number", optional: true }, min: { type: "number", required: true } },
      blocks: {},
    },
  });
});

test("the intents of Lex, the resource with the most structs, are read across all files", () => {
  expect(Object.keys(resource("aws_lexv2models_intent").blocks)).toContain("confirmation_setting");
});

test("a data source's filters are a set of blocks and its results computed", () => {
  const ami = aws.dataSources.aws_ami;
  expect(ami?.blocks.filter).toMatchObject({
    nesting: "set",
    block: { attributes: { values: { type: ["set", "string"], required: true } } },
  });
  expect(ami?.attributes.block_device_mappings).toEqual({
    type: [
      "set",
      [
        "object",
        { device_name: "string", ebs: ["map", "string"], no_device: "string", virtual_name: "string" },
      ],
    ],
    computed: true,
  });
});

test("a database's write-only password is marked, its version and the ordinary one are not", () => {
  const { attributes } = resource("aws_db_instance");
  expect(attributes.password_wo).toEqual({ type: "string", optional: true, writeOnly: true });
  expect(attributes.password_wo_version).toEqual({ type: "number", optional: true });
  expect(attributes.password).toEqual({ type: "string", optional: true });
});

test("the rules of a web ACL, whose statements the generator leaves out, are served as dynamic", () => {
  expect(resource("aws_wafv2_web_acl").attributes.rule).toEqual({ type: "dynamic", optional: true });
  expect(aws.dataSources.aws_quicksight_analysis?.attributes.definition).toEqual({
    type: "dynamic",
    computed: true,
  });
});

test("the provider's configuration has default tags and an endpoint per service", () => {
  const { attributes, blocks } = aws.provider;
  expect(attributes.region).toEqual({ type: "string", optional: true });
  expect(attributes).not.toHaveProperty("alias");
  expect(blocks.default_tags).toEqual({
    nesting: "list",
    block: { attributes: { tags: { type: ["map", "string"], optional: true } }, blocks: {} },
  });
  expect(blocks.endpoints?.nesting).toBe("set");
  expect(blocks.endpoints?.block.attributes.ec2).toEqual({ type: "string", optional: true });
});
