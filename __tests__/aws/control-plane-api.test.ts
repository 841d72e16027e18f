import fc from "fast-check";
import { controlPlane, NETWORK } from "../support/control-plane";
import { type Attributes, resources, type Terraform } from "../support/synth";

const allowedCidrs = ["198.51.100.0/24", "203.0.113.0/24"];
const closed = controlPlane();
const open = controlPlane({ publicApi: { allowedCidrs } });

/** The resources of a type by their part of the control plane, such as "public_listener". */
const parts = (tf: Terraform, type: string): Record<string, Attributes> =>
  Object.fromEntries(
    Object.entries(resources(tf, type)).map(([id, one]) => [id.replace(/^control-plane_/, ""), one]),
  );
const ref = (address: string) =>
  expect.stringMatching(new RegExp(`^\\$\\{${address}_\\w+\\.\\w+\\}$`)) as string;
const kinds = ["internal", "public"] as const;

test("an internal load balancer is always there, over the private subnets", () => {
  expect(parts(closed, "aws_lb")).toEqual({
    internal: expect.objectContaining({
      internal: true,
      load_balancer_type: "network",
      name: "acme-prod-api",
      subnets: NETWORK.privateSubnetIds,
      enable_cross_zone_load_balancing: true,
      security_groups: [ref("aws_security_group.control-plane_internal_security-group")],
    }),
  });
  expect(parts(open, "aws_lb")["internal"]).toEqual(parts(closed, "aws_lb")["internal"]);
});

test("a public one is there where it is asked for, over the public subnets", () => {
  expect(parts(open, "aws_lb")["public"]).toMatchObject({
    internal: false,
    load_balancer_type: "network",
    name: "acme-prod-pub",
    subnets: NETWORK.publicSubnetIds,
    security_groups: [ref("aws_security_group.control-plane_public_security-group")],
  });
});

/** The rules that let somebody into the load balancers, by the part they belong to: [port, range]. */
const letIn = (tf: Terraform, kind: (typeof kinds)[number]) =>
  Object.entries(parts(tf, "aws_vpc_security_group_ingress_rule"))
    .filter(([id]) => id.startsWith(`${kind}_in_`))
    .map(([, { security_group_id, ip_protocol, from_port, to_port, cidr_ipv4 }]) => {
      expect(security_group_id).toEqual(ref(`aws_security_group.control-plane_${kind}_security-group`));
      expect([ip_protocol, from_port, to_port]).toEqual(["tcp", 6443, 6443]);
      return cidr_ipv4;
    });

test("the internal one lets in the network and nobody else", () => {
  expect(letIn(closed, "internal")).toEqual(["10.0.0.0/16"]);
  expect(letIn(open, "internal")).toEqual(["10.0.0.0/16"]);
});

const range = fc
  .tuple(fc.nat(0xffffffff), fc.integer({ min: 8, max: 32 }))
  .map(([bits, length]) => [Math.floor(bits / 2 ** (32 - length)) * 2 ** (32 - length), length] as const)
  .map(
    ([first, length]) =>
      `${[24, 16, 8, 0].map((by) => Math.floor(first / 2 ** by) % 256).join(".")}/${length}`,
  );

test("the public one lets in exactly the ranges that are allowed", () => {
  expect(letIn(open, "public")).toEqual(allowedCidrs);
  fc.assert(
    fc.property(fc.uniqueArray(range, { minLength: 1, maxLength: 6 }), (ranges) => {
      const found = letIn(controlPlane({ publicApi: { allowedCidrs: ranges } }), "public");
      expect([...found].sort()).toEqual([...ranges].sort());
    }),
    { numRuns: 5 },
  );
});

test("one more range is one more rule, and moves none of the others", () => {
  const more = controlPlane({ publicApi: { allowedCidrs: ["192.0.2.0/24", ...allowedCidrs] } });
  const rules = (tf: Terraform) => tf.resource?.["aws_vpc_security_group_ingress_rule"] ?? {};
  expect(rules(more)).toMatchObject(rules(open));
  expect(Object.keys(rules(more))).toHaveLength(Object.keys(rules(open)).length + 1);
});

test("the whole world is let in where that was said twice", () => {
  const tf = controlPlane({ publicApi: { allowedCidrs: ["0.0.0.0/0"], openToTheWorld: true } });
  expect(letIn(tf, "public")).toEqual(["0.0.0.0/0"]);
});

test.each(kinds)("of the %s one, masters hear API and health, and nothing else reaches them", (kind) => {
  const rules = parts(open, "aws_vpc_security_group_ingress_rule");
  const masters = ref("aws_security_group.control-plane_security-group");
  for (const [what, port] of Object.entries({ api: 6443, health: 10270 })) {
    expect(rules[`${kind}_${what}`]).toMatchObject({
      security_group_id: masters,
      referenced_security_group_id: ref(`aws_security_group.control-plane_${kind}_security-group`),
      ip_protocol: "tcp",
      from_port: port,
      to_port: port,
    });
  }
  const toMasters = Object.entries(rules).filter(([, rule]) =>
    String(rule["security_group_id"]).includes("control-plane_security-group_"),
  );
  expect(toMasters.map(([id]) => id).sort()).toEqual(
    kinds.flatMap((one) => [`${one}_api`, `${one}_health`]).sort(),
  );
});

test.each(kinds)(
  "the %s target group leads to 6443 without callers' addresses, and asks the deep health port",
  (kind) => {
    expect(parts(open, "aws_lb_target_group")[`${kind}_masters`]).toMatchObject({
      port: 6443,
      protocol: "TCP",
      preserve_client_ip: "false",
      vpc_id: "vpc-1",
      health_check: expect.objectContaining({
        protocol: "HTTP",
        port: "10270",
        path: "/healthz",
        matcher: "200",
      }),
    });
    expect(parts(open, "aws_lb_listener")[`${kind}_listener`]).toMatchObject({
      load_balancer_arn: ref(`aws_lb.control-plane_${kind}`),
      port: 6443,
      protocol: "TCP",
      default_action: [
        { type: "forward", target_group_arn: ref(`aws_lb_target_group.control-plane_${kind}_masters`) },
      ],
    });
  },
);

test("the master is in the target group of each load balancer", () => {
  const arns = (tf: Terraform) => parts(tf, "aws_autoscaling_group")["group"]?.["target_group_arns"];
  const arn = (kind: string) => ref(`aws_lb_target_group.control-plane_${kind}_masters`);
  expect(arns(closed)).toEqual([arn("internal")]);
  expect(arns(open)).toEqual([arn("internal"), arn("public")]);
});

const names = (tf: Terraform) =>
  Object.values(resources(tf, "aws_route53_record")).map(({ name, alias }) => [
    name,
    (alias as { name: unknown }).name,
  ]);
const inside = ["master.prod.kube", ref("aws_lb.control-plane_internal")];

test("inside, the API is called master.<environment>.kube", () => {
  expect(names(closed)).toEqual([inside]);
  controlPlane({}, ({ endpoint, publicEndpoint }) => {
    expect([endpoint, publicEndpoint]).toEqual(["https://master.prod.kube:6443", undefined]);
  });
});

test("a public one is called master.<environment>.<domain> as well", () => {
  expect(names(open)).toEqual([inside, ["master.prod.acme.io", ref("aws_lb.control-plane_public")]]);
  controlPlane({ publicApi: { allowedCidrs } }, ({ endpoint, publicEndpoint }) => {
    expect([endpoint, publicEndpoint]).toEqual([
      "https://master.prod.kube:6443",
      "https://master.prod.acme.io:6443",
    ]);
  });
});
