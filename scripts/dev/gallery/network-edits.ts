import { env, type Edit } from "./edit";

const ROLLS = "some at a time: pods on them are evicted";

/** Beside the estate: a stack of another team, which lets the cluster's way out into a partner's allow list. */
const READER = [
  "app.synth();",
  `const partner = new TerraformStack(app, "partner");
  new AwsProvider(partner, "aws", { region: "us-east-1" });
  const cluster = new DataTerraformRemoteStateS3(partner, "cluster", {
    bucket: "keelson-prod-us-east-1-state-000000000000",
    key: "prod-us-east-1.tfstate",
    region: "us-east-1",
  });
  new Route53Record(partner, "egress", {
    zoneId: "Z00000000000000000000",
    name: "egress.example.com",
    type: "A",
    ttl: 300,
    records: cluster.getList("nat_addresses"),
  });
  app.synth();`,
] as const;

export const networkEdits: readonly Edit[] = [
  {
    title: "Another range for a VPC",
    shows: "One attribute forces one replacement, and all else follows; AWS would refuse half of it.",
    files: { [env("prod-us-east-1")]: [["10.0.0.0/16", "10.9.0.0/16"]] },
    expected: {
      code: 3,
      counts: { "prod-us-east-1": { create: 1, update: 12, replace: 84, destroy: 1 } },
      losses: {
        "prod-us-east-1": [
          "cluster/control-plane/internal/Resource",
          "cluster/control-plane/public/Resource",
          "network/vpc",
        ],
      },
      refusals: {
        "prod-us-east-1": [
          "cannot delete this aws_lb_target_group: ResourceInUse",
          "cannot delete this aws_security_group: DependencyViolation",
          "cannot delete this aws_subnet: DependencyViolation",
        ],
      },
      interrupted: { "prod-us-east-1": { "pools/general/group": ROLLS, "pools/loadbalancer/group": ROLLS } },
      outputs: { "prod-us-east-1": ["private_subnet_ids", "public_subnet_ids", "vpc_id"] },
      changes: [
        {
          ...{ stack: "prod-us-east-1", path: "network/vpc", action: "replace", certainty: "documented" },
          ...{ forcedBy: ["cidr_block"], attribute: 'cidr_block: "10.0.0.0/16" → "10.9.0.0/16"' },
        },
        {
          ...{ stack: "prod-us-east-1", path: "cluster/control-plane/internal/Resource" },
          ...{ action: "update", certainty: "may-replace" },
        },
      ],
    },
  },
  {
    title: "Another range for a virtual network",
    shows: "Terraform plans it in place, and Azure refuses it, since something stands in the subnets.",
    files: { [env("prod-eastus")]: [["10.2.0.0/16", "10.8.0.0/16"]] },
    expected: {
      code: 2,
      counts: { "prod-eastus": { update: 6 } },
      refusals: { "prod-eastus": ["cannot change this azurerm_subnet: InUsePrefixCannotBeDeleted"] },
      changes: [
        {
          ...{ stack: "prod-eastus", path: "network/private/Resource", action: "update" },
          ...{ certainty: "documented", attribute: 'address_prefixes: "10.2.0.0/17" → "10.8.0.0/17"' },
        },
      ],
    },
  },
  {
    title: "A zone more",
    shows: "Its subnets are new, and what spans all zones takes them in.",
    files: { [env("dev-us-east-1")]: [['"us-east-1b"]', '"us-east-1b", "us-east-1c"]']] },
    expected: {
      code: 2,
      counts: { "dev-us-east-1": { update: 4, create: 11 } },
      outputs: { "dev-us-east-1": ["private_subnet_ids", "public_subnet_ids"] },
      changes: [
        {
          ...{ stack: "dev-us-east-1", path: "cluster/control-plane/internal/Resource" },
          ...{ action: "update", certainty: "documented" },
        },
        {
          ...{ stack: "dev-us-east-1", path: "network/private/us-east-1c/Resource" },
          ...{ action: "create", certainty: "certain" },
        },
      ],
    },
  },
  {
    title: "One NAT gateway instead of one per zone",
    shows: "Public addresses are given up: allow lists of others may name them.",
    files: { [env("prod-us-east-1")]: [['nat: "per-zone"', 'nat: "single"']] },
    expected: {
      code: 3,
      counts: { "prod-us-east-1": { destroy: 4, update: 2 } },
      losses: { "prod-us-east-1": ["network/nat/us-east-1b/address", "network/nat/us-east-1c/address"] },
      outputs: { "prod-us-east-1": ["nat_addresses"] },
    },
  },
  {
    title: "The same, where another stack reads the addresses",
    shows: "A stack of which no line was edited changes too: it reads an output that changes.",
    given: {
      "main.ts": [
        READER,
        [
          'import { App } from "cdktf";',
          [
            'import { AwsProvider } from "@cdktf/provider-aws/lib/provider";',
            'import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";',
            'import { App, DataTerraformRemoteStateS3, TerraformStack } from "cdktf";',
          ].join("\n"),
        ],
      ],
    },
    files: { [env("prod-us-east-1")]: [['nat: "per-zone"', 'nat: "single"']] },
    expected: {
      code: 3,
      counts: { "prod-us-east-1": { destroy: 4, update: 2 }, partner: { update: 1 } },
      losses: { "prod-us-east-1": ["network/nat/us-east-1b/address", "network/nat/us-east-1c/address"] },
      outputs: { "prod-us-east-1": ["nat_addresses"] },
      changes: [{ stack: "partner", path: "egress", action: "update", certainty: "documented" }],
    },
  },
  {
    title: "Other ranges that may reach the API",
    shows: "A rule goes and another one comes.",
    files: { [env("prod-us-east-1")]: [["203.0.113.0/24", "198.51.100.0/24"]] },
    expected: {
      code: 2,
      counts: { "prod-us-east-1": { destroy: 1, create: 1 } },
      changes: [
        {
          ...{ stack: "prod-us-east-1", path: "cluster/control-plane/public/in/198.51.100.0--24" },
          ...{ action: "create", certainty: "certain", attribute: 'cidr_ipv4: (none) → "198.51.100.0/24"' },
        },
        {
          ...{ stack: "prod-us-east-1", path: "cluster/control-plane/public/in/203.0.113.0--24" },
          ...{ action: "destroy", certainty: "certain" },
        },
      ],
    },
  },
];
