import { Network, type NetworkProps } from "../../lib/azure";
import { type Attributes, only, resources } from "../support/synth";
import { PLACE, problemsOf, synth } from "./support/synth";

const build =
  (props: Partial<NetworkProps> = {}, look: (made: Network) => void = () => undefined) =>
  (stack: ConstructorParameters<typeof Network>[0]) => {
    look(new Network(stack, "network", { name: "acme", place: PLACE, zones: ["1", "3"], ...props }));
  };
const tf = synth(build());
const rules = Object.entries(resources(tf, "azurerm_network_security_rule"));

test("the virtual network has the default range, in its place", () => {
  expect(only(tf, "azurerm_virtual_network")).toEqual({
    name: "acme",
    location: "eastus",
    resource_group_name: "acme-prod",
    address_space: ["10.0.0.0/16"],
  });
});

test("there is one subnet of each kind over all zones, and three eighths of the range stay free", () => {
  const subnets = resources(tf, "azurerm_subnet");
  expect(subnets["network_private"]).toMatchObject({ address_prefixes: ["10.0.0.0/17"] });
  expect(subnets["network_public"]).toMatchObject({ address_prefixes: ["10.0.128.0/19"] });
  expect(Object.keys(subnets)).toHaveLength(2);
});

test("Azure lends no subnet an address for the way out, and its services are reached without the NAT", () => {
  for (const subnet of Object.values(resources(tf, "azurerm_subnet"))) {
    expect(subnet).toMatchObject({
      default_outbound_access_enabled: false,
      service_endpoints: ["Microsoft.KeyVault", "Microsoft.Storage"],
    });
  }
});

test("private machines leave through the NAT gateway, by an address over all zones", () => {
  expect(only(tf, "azurerm_subnet_nat_gateway_association")).toEqual({
    nat_gateway_id: expect.stringMatching(/^\$\{azurerm_nat_gateway\.network_nat_\w+\.id\}$/),
    subnet_id: expect.stringContaining("azurerm_subnet.network_private_"),
  });
  expect(only(tf, "azurerm_public_ip")).toMatchObject({ sku: "Standard", zones: ["1", "2", "3"] });
});

test("each subnet has a group of its own around it", () => {
  const associations = Object.values(resources(tf, "azurerm_subnet_network_security_group_association"));
  expect(new Set(associations.map((one) => one["subnet_id"])).size).toBe(2);
  expect(new Set(associations.map((one) => one["network_security_group_id"])).size).toBe(2);
});

/** Who is let in by the group of a tier: from and to. */
const letIn = (tier: string) =>
  rules
    .filter(([id, { access }]) => id.startsWith(`network_${tier}_`) && access === "Allow")
    .sort(([, one], [, other]) => Number(one["priority"]) - Number(other["priority"]))
    .map(([, rule]) => [rule["source_address_prefix"], rule["destination_port_range"]]);

test("the private subnet lets in its own network and probes, and nobody else", () => {
  expect(letIn("private")).toEqual([
    ["10.0.0.0/16", "*"],
    ["AzureLoadBalancer", "*"],
  ]);
});

test("the public one lets in the world on 80 and 443 besides", () => {
  expect(letIn("public")).toEqual([
    ["10.0.0.0/16", "*"],
    ["AzureLoadBalancer", "*"],
    ["Internet", "80"],
    ["Internet", "443"],
  ]);
});

test("whom no rule lets in is kept out, before Azure's own rules let in peered networks", () => {
  const last = rules.filter(([, { access }]) => access === "Deny").map(([, rule]) => rule);
  expect(last).toHaveLength(2);
  for (const rule of last) {
    expect(rule).toMatchObject({
      ...{ priority: 4096, direction: "Inbound", protocol: "*" },
      ...{ source_address_prefix: "*", destination_port_range: "*" },
    });
  }
});

test("no two rules of a group have the same priority", () => {
  const places = rules.map(
    ([, rule]: [string, Attributes]) =>
      `${String(rule["network_security_group_name"])} ${String(rule["priority"])}`,
  );
  expect(new Set(places).size).toBe(places.length);
});

test("what a cluster needs of it: one subnet of each kind, the zones by name, and what carries the traffic out", () => {
  let made: Network | undefined;
  synth(build({ zones: ["3", "1"] }, (network) => (made = network)));
  expect(made?.zones).toEqual(["1", "3"]);
  expect(made?.privateSubnetIds).toHaveLength(1);
  expect(made?.publicSubnetIds).toHaveLength(1);
  expect(made?.natAddresses).toHaveLength(1);
  expect(
    made?.waysOut.map((way) => (way as unknown as { terraformResourceType: string }).terraformResourceType),
  ).toEqual(["azurerm_nat_gateway_public_ip_association", "azurerm_subnet_nat_gateway_association"]);
});

test("zones change no resource", () => {
  expect(synth(build({ zones: ["2", "3", "1"] })).resource).toEqual(tf.resource);
});

test("everything that is wrong is reported at once", () => {
  const wrong = {
    name: "acme_prod",
    place: { subscription: "PROD", resourceGroup: "acme.", location: "East US" },
    cidrBlock: "8.0.0.0/8",
    zones: ["1", "eastus-1"],
  };
  expect(problemsOf(build(wrong))).toEqual([
    `test/network: 'name' must be letters, digits and hyphens, at most 48, with no hyphen at either end, got "acme_prod"`,
    `test/network: 'place' must have a 'subscription' that must be a subscription's id in lower case, such as 11111111-2222-3333-4444-555555555555, got "PROD"`,
    `test/network: 'place' must have a 'resourceGroup' that must be at most 90 letters, digits, hyphens, underscores and dots, with no dot at either end, got "acme."`,
    `test/network: 'place' must have a 'location' that must be a region such as "eastus", got "East US"`,
    expect.stringMatching(/^test\/network: 'cidrBlock' must be from \/16 to \/20 /),
    expect.stringMatching(/^test\/network: 'cidrBlock' must be a private range/),
    `test/network: 'zones' must be zones: "1", "2" or "3", got ["eastus-1"]`,
  ]);
});

test.each([[["1"]], [["1", "1"]], [["1", "2", "3", "4"]]])("%j are not two or three zones", (zones) => {
  expect(problemsOf(build({ zones })).join()).toContain("must name two or three different zones");
});
