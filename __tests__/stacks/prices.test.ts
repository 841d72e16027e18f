import { readFileSync } from "node:fs";
import * as path from "node:path";
import { stateStackId, storeStackId } from "../../stacks";
import { environments } from "../../stacks/environments";
import { estate } from "../support/estate";
import { ROOT } from "../support/run";
import { Made } from "../support/made";

/** What is charged by the piece and has a price on the page, but for the machines. */
const PRICED: Record<string, (made: Made) => number> = {
  "NAT gateway": (made) => made.of("aws_nat_gateway").length,
  "network load balancer": (made) => made.of("aws_lb").length,
  "public IPv4 address": (made) =>
    made.of("aws_eip").length +
    sum(made.of("aws_lb").map((lb) => (lb.internal === true ? 0 : (lb.subnets as unknown[]).length))),
  "GB of gp3": (made) =>
    sum(made.machines().map(({ type, gigabytes }) => (type.startsWith("Standard_") ? 0 : gigabytes))),
  "hosted zone": (made) => made.of("aws_route53_zone").length,
  "health check": (made) => made.of("aws_route53_health_check").length,
  "Azure NAT gateway": (made) => made.of("azurerm_nat_gateway").length,
  // With five rules at most, which none has more of.
  "Azure load balancer": (made) => made.of("azurerm_lb").length,
  "Azure public IPv4 address": (made) => made.of("azurerm_public_ip").length,
  // What is between 33 and 64 GB is charged as 64.
  "E6 disk": (made) =>
    made.of("azurerm_linux_virtual_machine_scale_set").length === 0
      ? 0
      : made.machines().filter(({ gigabytes }) => gigabytes > 32 && gigabytes <= 64).length,
  "Azure DNS zone": (made) => made.of("azurerm_dns_zone").length + made.of("azurerm_private_dns_zone").length,
};

/** What is charged, and named on the page without a price. */
const NOT_PRICED: Record<string, readonly string[]> = {
  "key of KMS or Key Vault": ["aws_kms_key", "azurerm_key_vault_key"],
  alarm: ["aws_cloudwatch_metric_alarm", "azurerm_monitor_metric_alert"],
  "log group": ["aws_cloudwatch_log_group"],
  bucket: ["aws_s3_bucket", "azurerm_storage_account"],
};

/** The types that are counted above, and the machines'. */
const CHARGED = [
  ...["aws_nat_gateway", "aws_lb", "aws_eip", "aws_route53_zone", "aws_route53_health_check"],
  ...["aws_launch_template", "aws_instance"],
  ...[
    "azurerm_nat_gateway",
    "azurerm_lb",
    "azurerm_public_ip",
    "azurerm_dns_zone",
    "azurerm_private_dns_zone",
  ],
  "azurerm_linux_virtual_machine_scale_set",
  ...Object.values(NOT_PRICED).flat(),
];

/** What costs nothing by itself; volumes of pods are not counted. `aws_s3_object` and `aws_flow_log` are in the bucket's and the log group's size. */
const FREE = [
  /^kubernetes_/,
  /^aws_(autoscaling_(group|lifecycle_hook)|default_security_group|flow_log|iam_\w+|internet_gateway|kms_alias|lb_(listener|target_group)|network_acl\w*|network_interface|route|route53_record|route_table\w*|s3_bucket_\w+|s3_object|security_group|subnet|vpc|vpc_security_group_\w+_rule)$/,
  /^azurerm_(application_security_group|dns_a_record|key_vault|lb_\w+|nat_gateway_\w+|network_security_\w+|private_dns_\w+_\w+|resource_group|role_\w+|storage_\w+_\w+|storage_blob|storage_container|subnet|subnet_\w+|user_assigned_identity|virtual_network)$/,
];

const page = readFileSync(path.join(ROOT, "docs/prices.md"), "utf8");
const prices = Object.fromEntries(
  table("The prices behind it").map(([item = "", usd, per]) => [
    item,
    Number(usd) * (per === "hour" ? 730 : 1),
  ]),
);
const stacks = estate();
const estates = environments.map((environment) => ({
  name: environment.name,
  made: new Made(
    [stateStackId(environment), storeStackId(environment), environment.name].flatMap(
      (id) => stacks[id] ?? [],
    ),
  ),
}));

test.each(estates)("the page has what $name is charged for, and the right sums", ({ name, made }) => {
  const pieces = Object.entries(PRICED).map(([item, count]): [string, number] => [item, count(made)]);
  const machines = new Map<string, number>();
  for (const { type } of made.machines()) {
    machines.set(type, (machines.get(type) ?? 0) + 1);
  }
  const [priced, costs] = rows(pieces.filter(([, count]) => count > 0));
  const [running, more] = rows([...machines]);
  expect(table(name)).toEqual([
    ...priced,
    ["**priced**", "", usd(costs)],
    ...running,
    ["**with machines**", "", usd(costs + more)],
  ]);
});

test("the page counts what it does not price", () => {
  expect(table("Not priced").map((cells) => cells.slice(0, 1 + estates.length))).toEqual(
    Object.entries(NOT_PRICED).map(([item, types]) => [
      item,
      ...estates.map(({ made }) => String(sum(types.map((type) => made.of(type).length)))),
    ]),
  );
});

test("what the text says of sums is what the tables say", () => {
  for (const { name } of estates) {
    const [priced, all] = table(name)
      .filter(([item]) => item?.startsWith("**"))
      .map(([, , cost]) => cost);
    expect(section(name)).toContain(
      `So at least ${priced} USD a month, and about ${Math.round(Number(all))} with`,
    );
  }
  const gateway = price("NAT gateway") + price("public IPv4 address");
  const publicApi = price("network load balancer") + 3 * price("public IPv4 address");
  expect(page).toContain(`saves ${usd(cents(2 * gateway))} (two gateways`);
  expect(page).toContain(`no \`publicApi\` saves ${usd(cents(publicApi))}.`);
});

test("no resource is of a type of which nobody has said whether it costs anything", () => {
  const types = new Set(Object.values(stacks).flatMap(({ resource = {} }) => Object.keys(resource)));
  // A gateway endpoint is free; one with interfaces is not.
  const endpoints = estates.flatMap(({ made }) => made.of("aws_vpc_endpoint"));
  expect(endpoints.map((endpoint) => endpoint.vpc_endpoint_type)).toEqual(endpoints.map(() => "Gateway"));
  types.delete("aws_vpc_endpoint");
  expect(
    [...types].filter((type) => !FREE.some((free) => free.test(type)) && !CHARGED.includes(type)),
  ).toEqual([]);
});

/** A month's price of one, by the page. */
function price(item: string): number {
  return prices[item] ?? NaN;
}

/** The rows of these items, and what they come to in cents. */
function rows(items: [string, number][]): [string[][], number] {
  const costs = items.map(([item, count]) => cents(count * price(item)));
  return [items.map(([item, count], index) => [item, String(count), usd(costs[index] ?? NaN)]), sum(costs)];
}

/** Rounded as people do it: 16.425 is not quite that much in binary. */
function cents(dollars: number): number {
  return Math.round(dollars * 100 + 1e-6);
}

function usd(inCents: number): string {
  return (inCents / 100).toFixed(2);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** The text under a heading. */
function section(title: string): string {
  return page.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? "";
}

/** The cells of the table under a heading, without its head. */
function table(title: string): string[][] {
  return section(title)
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
