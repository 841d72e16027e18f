import { TerraformOutput } from "cdktf";
import { Network, type NetworkProps } from "../../lib/aws";
import { addresses, only, resources, synth } from "../support/synth";

const ZONES = ["us-east-1a", "us-east-1b", "us-east-1c"];

const network = (nat: NetworkProps["nat"], zones = ZONES) =>
  synth((stack) => new Network(stack, "network", { name: "acme", zones, nat }));

const privateRoutes = (tf: ReturnType<typeof network>) =>
  Object.entries(resources(tf, "aws_route")).filter(([id]) => id.startsWith("network_private"));

test("a NAT gateway per zone is the default", () => {
  expect(addresses(network(undefined))).toEqual(addresses(network("per-zone")));
});

test("with NAT per zone each zone leaves through its own gateway", () => {
  const tf = network("per-zone");
  const gateways = resources(tf, "aws_nat_gateway");
  expect(Object.keys(gateways)).toEqual(ZONES.map((zone) => `network_nat_${zone}`));
  for (const zone of ZONES) {
    expect(gateways[`network_nat_${zone}`]?.["subnet_id"]).toContain(`network_public_${zone}_`);
  }
  expect(privateRoutes(tf).map(([id, route]) => [id, route["nat_gateway_id"]])).toEqual(
    ZONES.map((zone) => [
      `network_private_${zone}_default-route`,
      expect.stringContaining(`aws_nat_gateway.network_nat_${zone}_`),
    ]),
  );
});

test("a NAT gateway waits for the internet gateway", () => {
  expect(resources(network("single"), "aws_nat_gateway")["network_nat_us-east-1a"]?.["depends_on"]).toEqual([
    expect.stringContaining("aws_internet_gateway.network_internet-gateway"),
  ]);
});

test("with a single NAT all zones leave through the gateway of the first zone by name", () => {
  const tf = network("single", ["us-east-1c", "us-east-1b"]);
  expect(only(tf, "aws_nat_gateway")["subnet_id"]).toContain("network_public_us-east-1b_");
  for (const [, route] of privateRoutes(tf)) {
    expect(route["nat_gateway_id"]).toContain("network_nat_us-east-1b_");
  }
});

test("going from a single NAT to one per zone keeps the first gateway and its address", () => {
  const single = addresses(network("single"));
  expect(addresses(network("per-zone"))).toEqual(expect.arrayContaining(single));
});

test("with a NAT instance private routes lead to its interface, which outlives the instance", () => {
  const tf = network("instance");
  expect(resources(tf, "aws_nat_gateway")).toEqual({});
  for (const [, route] of privateRoutes(tf)) {
    expect(route["network_interface_id"]).toContain("aws_network_interface.network_nat-instance_interface");
  }
  const networkInterface = only(tf, "aws_network_interface");
  expect(networkInterface).toMatchObject({ source_dest_check: false });
  expect(JSON.stringify(networkInterface)).not.toContain("aws_instance");
  expect(only(tf, "aws_eip")["network_interface"]).toContain("network_nat-instance_interface");
  expect(only(tf, "aws_instance")["primary_network_interface"]).toEqual({
    network_interface_id: expect.stringContaining("network_nat-instance_interface"),
  });
});

test("the NAT instance is the smallest machine, on an encrypted disk, with no key and no role", () => {
  const instance = only(network("instance"), "aws_instance");
  expect(instance).toMatchObject({
    instance_type: "t4g.nano",
    metadata_options: { http_endpoint: "enabled", http_put_response_hop_limit: 1, http_tokens: "required" },
    root_block_device: { encrypted: true, volume_type: "gp3" },
  });
  expect(Object.keys(instance)).not.toEqual(
    expect.arrayContaining([
      expect.stringMatching(/key_name|iam_instance_profile|associate_public_ip_address/),
    ]),
  );
});

test("a newer image does not replace the NAT instance, a changed script does", () => {
  expect(only(network("instance"), "aws_instance")).toMatchObject({
    lifecycle: { ignore_changes: ["ami"] },
    user_data_replace_on_change: true,
  });
});

test("the NAT instance runs nat.sh for the network's range", () => {
  const userData = only(network("instance"), "aws_instance")["user_data"];
  expect(userData).toMatch(/export NETWORK_RANGE='.*10\.0\.0\.0\/16.*file\(.*\/nat\.sh/s);
});

test("the NAT instance's image is Canonical's current one for arm64", () => {
  const tf = network("instance");
  expect(Object.values(tf.data?.["aws_ssm_parameter"] ?? {})).toEqual([
    { name: "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id" },
  ]);
  expect(only(tf, "aws_instance")["ami"]).toMatch(/^\$\{data\.aws_ssm_parameter\..*\.insecure_value\}$/);
});

test("only the private subnets may use the NAT instance", () => {
  const rules = Object.values(resources(network("instance"), "aws_vpc_security_group_ingress_rule"));
  expect(rules.map((rule) => rule["cidr_ipv4"])).toEqual(["10.0.0.0/20", "10.0.32.0/20", "10.0.64.0/20"]);
});

test.each([
  ["per-zone", 3],
  ["single", 1],
  ["instance", 1],
] as const)("NAT %s tells its %i public addresses", (nat, count) => {
  const { output } = synth((stack) => {
    const { natAddresses } = new Network(stack, "network", { name: "acme", zones: ZONES, nat });
    new TerraformOutput(stack, "addresses", { value: natAddresses });
  });
  expect(output?.["addresses"]?.["value"]).toEqual(
    Array(count).fill(expect.stringMatching(/^\$\{aws_eip\..*\.public_ip\}$/)),
  );
});
