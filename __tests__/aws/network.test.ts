import { Route } from "@cdktf/provider-aws/lib/route";
import { TerraformOutput } from "cdktf";
import { Network, type NetworkProps } from "../../lib/aws";
import { only, resources, synth } from "../support/synth";

const network = (props: Partial<NetworkProps> = {}) =>
  synth(
    (stack) => new Network(stack, "network", { name: "acme", zones: ["us-east-1a", "us-east-1c"], ...props }),
  );

test("the VPC has the default range, DNS and shared hardware", () => {
  expect(only(network(), "aws_vpc")).toEqual({
    cidr_block: "10.0.0.0/16",
    enable_dns_hostnames: true,
    enable_dns_support: true,
    instance_tenancy: "default",
    tags: { Name: "acme" },
  });
});

test("tenancy can be dedicated, as the original's was", () => {
  expect(only(network({ tenancy: "dedicated" }), "aws_vpc")).toMatchObject({ instance_tenancy: "dedicated" });
});

test("each zone has a private and a public subnet, whose ranges follow from the zone's letter", () => {
  const subnets = Object.values(resources(network(), "aws_subnet"));
  expect(
    subnets.map((s) => [s["availability_zone"], s["cidr_block"], (s["tags"] as { Name: string }).Name]),
  ).toEqual([
    ["us-east-1a", "10.0.0.0/20", "acme-private-us-east-1a"],
    ["us-east-1c", "10.0.64.0/20", "acme-private-us-east-1c"],
    ["us-east-1a", "10.0.16.0/22", "acme-public-us-east-1a"],
    ["us-east-1c", "10.0.80.0/22", "acme-public-us-east-1c"],
  ]);
});

test("no subnet gives its machines a public address unasked", () => {
  const subnets = Object.values(resources(network(), "aws_subnet"));
  expect(subnets.map((subnet) => subnet["map_public_ip_on_launch"])).toEqual([false, false, false, false]);
});

test("each subnet has a route table of its own", () => {
  const tf = network();
  const associations = Object.values(resources(tf, "aws_route_table_association"));
  expect(new Set(associations.map((one) => one["subnet_id"])).size).toBe(4);
  expect(new Set(associations.map((one) => one["route_table_id"])).size).toBe(4);
});

test("public subnets reach the world through the internet gateway", () => {
  const routes = resources(network(), "aws_route");
  expect(routes["network_public_us-east-1a_default-route"]).toMatchObject({
    destination_cidr_block: "0.0.0.0/0",
    gateway_id: expect.stringMatching(/^\$\{aws_internet_gateway\.network_internet-gateway_\w+\.id\}$/),
    route_table_id: expect.stringContaining("network_public_us-east-1a_route-table"),
  });
});

test("traffic with S3 leaves every subnet by the gateway endpoint", () => {
  const endpoint = only(network({ zones: ["eu-west-1a", "eu-west-1b"] }), "aws_vpc_endpoint");
  expect(endpoint).toMatchObject({
    service_name: "com.amazonaws.eu-west-1.s3",
    vpc_endpoint_type: "Gateway",
  });
  expect(endpoint["route_table_ids"]).toHaveLength(4);
});

test("what a cluster needs of it stands in the order of the zones' names", () => {
  const { output } = synth((stack) => {
    const made = new Network(stack, "network", { name: "acme", zones: ["us-east-1c", "us-east-1a"] });
    const { networkId, cidrBlock, zones, privateSubnetIds, publicSubnetIds } = made;
    new TerraformOutput(stack, "made", {
      value: { networkId, cidrBlock, zones, privateSubnetIds, publicSubnetIds },
    });
  });
  expect(output?.["made"]?.["value"]).toEqual({
    networkId: expect.stringMatching(/^\$\{aws_vpc\.network_vpc_\w+\.id\}$/),
    cidrBlock: "10.0.0.0/16",
    zones: ["us-east-1a", "us-east-1c"],
    privateSubnetIds: [
      expect.stringContaining("aws_subnet.network_private_us-east-1a_"),
      expect.stringContaining("aws_subnet.network_private_us-east-1c_"),
    ],
    publicSubnetIds: [
      expect.stringContaining("aws_subnet.network_public_us-east-1a_"),
      expect.stringContaining("aws_subnet.network_public_us-east-1c_"),
    ],
  });
});

test("a team can add a route of its own to a zone's table", () => {
  const tf = synth((stack) => {
    const { resources: own } = new Network(stack, "network", {
      name: "acme",
      zones: ["us-east-1a", "us-east-1b"],
    });
    for (const { zone, routeTable } of own.privateSubnets) {
      new Route(stack, `office-${zone}`, {
        routeTableId: routeTable.id,
        destinationCidrBlock: "172.16.0.0/12",
        transitGatewayId: "tgw-1",
      });
    }
  });
  expect(tf.resource?.["aws_route"]?.["office-us-east-1b"]?.["route_table_id"]).toContain(
    "aws_route_table.network_private_us-east-1b_",
  );
});
