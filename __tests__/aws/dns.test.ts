import { Fn, TerraformOutput, type TerraformStack } from "cdktf";
import { Dns, type DnsProps } from "../../lib/aws";
import { addresses, only, resources, synth } from "../support/synth";
import { problemsIn } from "../support/problems";

const existing = { zoneId: "Z0123456789ABCDEFGHIJ", name: "acme.io" };
const target = { dnsName: "lb.example.net", zoneId: "ZLB" };

const make = (stack: TerraformStack, props: Partial<DnsProps> = {}) =>
  new Dns(stack, "dns", { environment: "prod", domain: "acme.io", networkId: "vpc-0a", ...props });

/** What the names of an environment become, after something was done with them. */
function synthesized(
  props: Partial<DnsProps>,
  use: (dns: Dns, stack: TerraformStack) => void = () => undefined,
) {
  return synth((stack) => use(make(stack, props), stack));
}

function problems(props: Partial<DnsProps>): readonly string[] {
  return problemsIn(() => {
    synthesized(props);
  });
}

test("there is a private zone that its network sees, and unless it is asked for no public one", () => {
  const tf = synthesized({}, (dns) => {
    expect([dns.privateName, dns.hasPublicZone, dns.nameServers]).toEqual(["prod.kube", false, undefined]);
  });
  expect(addresses(tf)).toHaveLength(1);
  expect(only(tf, "aws_route53_zone")).toEqual({
    name: "prod.kube",
    comment: "Names inside prod",
    vpc: [{ vpc_id: "vpc-0a" }],
  });
});

test("a public zone that is made is the environment's own, in no network, and says what to delegate it to", () => {
  const tf = synthesized({ publicZone: "new" }, (dns, stack) => {
    expect([dns.publicName, dns.hasPublicZone]).toEqual(["prod.acme.io", true]);
    new TerraformOutput(stack, "delegate-to", { value: dns.nameServers });
  });
  expect(tf.output?.["delegate-to"]?.["value"]).toMatch(
    /^\$\{aws_route53_zone\.dns_public_\w+\.name_servers\}$/,
  );
  expect(resources(tf, "aws_route53_zone")["dns_public"]).toEqual({
    name: "prod.acme.io",
    comment: "Names of prod",
  });
  expect(Object.keys(resources(tf, "aws_route53_zone")).sort()).toEqual(["dns_private", "dns_public"]);
});

test("a public zone that exists is used as it is, and nobody has to delegate anything", () => {
  const tf = synthesized({ publicZone: existing }, (dns) => {
    expect([dns.hasPublicZone, dns.nameServers]).toEqual([true, undefined]);
    expect(dns.publicAlias("master", target)).toBe("master.prod.acme.io");
  });
  expect(Object.keys(resources(tf, "aws_route53_zone"))).toEqual(["dns_private"]);
  expect(only(tf, "aws_route53_record")).toMatchObject({
    zone_id: existing.zoneId,
    name: "master.prod.acme.io",
  });
});

test("a private name leads to its target as long as that is well", () => {
  const tf = synthesized({ publicZone: existing }, (dns) => {
    expect(dns.privateAlias("master", target)).toBe("master.prod.kube");
  });
  expect(only(tf, "aws_route53_record")).toEqual({
    zone_id: expect.stringMatching(/^\$\{aws_route53_zone\.dns_private_\w+\.zone_id\}$/),
    name: "master.prod.kube",
    type: "A",
    alias: { name: "lb.example.net", zone_id: "ZLB", evaluate_target_health: true },
  });
});

test("a label may stand in both zones, and others beside it", () => {
  const tf = synthesized({ publicZone: "new" }, (dns) => {
    for (const label of ["master", "consul"]) {
      dns.privateAlias(label, target);
      dns.publicAlias(label, target);
    }
  });
  expect(Object.keys(resources(tf, "aws_route53_record")).sort()).toEqual([
    "dns_private-names_consul",
    "dns_private-names_master",
    "dns_public-names_consul",
    "dns_public-names_master",
  ]);
  for (const [id, { zone_id }] of Object.entries(resources(tf, "aws_route53_record"))) {
    const zone = id.startsWith("dns_private") ? "dns_private" : "dns_public";
    expect(zone_id).toMatch(new RegExp(`^\\$\\{aws_route53_zone\\.${zone}_\\w+\\.zone_id\\}$`));
  }
});

test("a public name without a public zone is a mistake of whoever asks for it", () => {
  expect(() => synthesized({}, (dns) => dns.publicAlias("master", target))).toThrow(
    "test/dns has no public zone for 'master'",
  );
});

test("others may put names into the public zone, if there is one", () => {
  synthesized({ publicZone: existing }, (dns) => {
    expect(dns.publicZone).toEqual({ zoneId: existing.zoneId, domain: "prod.acme.io" });
  });
  synthesized({}, (dns) => expect(dns.publicZone).toBeUndefined());
});

test.each(["acme.io", "prod.acme.io", "io"])(
  "an existing zone %s holds the names of prod.acme.io",
  (name) => {
    expect(problems({ publicZone: { ...existing, name } })).toEqual([]);
  },
);

test.each(["acme.org", "dev.acme.io", "me.io", "master.prod.acme.io", "ACME.IO", "acme.io.", ""])(
  "an existing zone %j does not, and is refused",
  (name) => {
    expect(problems({ publicZone: { ...existing, name } })).toEqual([
      "test/dns: 'publicZone' must be the zone of 'acme.io' or of a domain that it lies in, since the public names " +
        `end in it, got ${JSON.stringify(name)}; name another zone, or change the domain`,
    ]);
  },
);

test("an existing zone may be one that Terraform finds, as long as its name is written down", () => {
  const zoneId = Fn.upper("z01");
  expect(problems({ publicZone: { ...existing, zoneId } })).toEqual([]);
  expect(problems({ publicZone: { zoneId, name: Fn.lower("ACME.IO") } })).toEqual([
    "test/dns: 'publicZone' must have a literal name, since it is compared with the domain, " +
      "got a value that only Terraform knows; write down the zone's own name",
  ]);
});

test("a domain has to leave room for names in it", () => {
  // 63 + 1 for a label, and "prod." before it.
  const domain = (length: number) => `${"a.".repeat((length - 3) / 2)}org`;
  expect(problems({ domain: domain(183) })).toEqual([]);
  expect(problems({ domain: domain(185) })).toEqual([
    expect.stringMatching(
      /^test\/dns: 'domain' must leave room for names: .* at most 189 characters, got "a\.a/,
    ),
  ]);
});

test("everything that is wrong is reported at once, and of a zone nothing while its domain is none", () => {
  const zone = { ...existing, name: "acme.org" };
  expect(problems({ environment: "Prod", publicZone: zone }).map((line) => line.split(" must ")[0])).toEqual([
    "test/dns: 'environment'",
    "test/dns: 'publicZone'",
  ]);
  expect(problems({ environment: "-", domain: "acme", publicZone: zone })).toEqual([
    `test/dns: 'environment' must be a DNS label, such as prod-us-east-1, got "-"`,
    `test/dns: 'domain' must be a domain name in lower case, such as example.org, got "acme"`,
  ]);
});
