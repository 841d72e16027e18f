import { Facts, type Fact } from "../../../lib/cli/simulator/facts/facts";
import { invent } from "../../../lib/cli/simulator/invent";
import { hasUnknown, Unknown, type ObjectValue } from "../../../lib/cli/simulator/protocol/value";
import type { Block } from "../../../lib/cli/simulator/schema";
import { World } from "../../../lib/cli/simulator/world";

const block: Block = {
  attributes: {
    id: { type: "string", computed: true },
    arn: { type: "string", computed: true },
    name: { type: "string", required: true },
    role_arn: { type: "string", computed: true },
    count: { type: "number", computed: true },
    open: { type: "bool", computed: true },
    names: { type: ["list", "string"], optional: true, computed: true },
    status: { type: ["list", ["object", { ip: "string", ports: ["set", "number"] }]], computed: true },
  },
  blocks: {
    disk: {
      nesting: "list",
      block: { attributes: { serial: { type: "string", computed: true } }, blocks: {} },
    },
  },
};
const row = (attribute: string, value: Fact["value"]): Fact => ({
  type: "aws_thing",
  attribute,
  fact: "computed",
  value: value ?? null,
  source: "test",
});
const facts = new Facts([
  row("id", "thing-{hex:17}"),
  row("arn", "arn:{partition}:x:{region}:{account}:{attr:name}/{id}"),
]);
const cloud = {
  region: "cn-north-1",
  account: "123456789012",
  partition: "aws-cn",
  dnsSuffix: "amazonaws.com.cn",
};

const world = new World();

const planned = (): ObjectValue => ({
  id: new Unknown(),
  arn: new Unknown(),
  name: "n",
  role_arn: new Unknown(),
  count: new Unknown(),
  open: new Unknown(),
  names: new Unknown(),
  status: new Unknown(),
  disk: [{ serial: new Unknown() }],
});
const made = (seed = "s") => invent({ type: "aws_thing", block, facts, world, cloud, seed }, planned());

test("no unknown is left", () => {
  expect(hasUnknown(made())).toBe(false);
});

test("the same seed gives the same values, another seed another id", () => {
  expect(made("s")).toEqual(made("s"));
  expect(made("t")["id"]).not.toBe(made("s")["id"]);
});

test("an id has the shape that the facts give", () => {
  expect(made()["id"]).toMatch(/^thing-[0-9a-f]{17}$/);
});

test("a fact may refer to other attributes, known or made up before", () => {
  const { id, arn } = made();
  expect(arn).toBe(`arn:aws-cn:x:cn-north-1:123456789012:n/${String(id)}`);
});

test("an ARN without a fact is in the partition and account of the provider", () => {
  expect(made()["role_arn"]).toMatch(/^arn:aws-cn:thing:cn-north-1:123456789012:simulated\//);
});

test("what is configured stays", () => {
  expect(made()["name"]).toBe("n");
});

test("a computed list of objects has one element, since references go through the first", () => {
  expect(made()["status"]).toEqual([{ ip: expect.stringMatching(/^10\./) as unknown, ports: [] }]);
});

test("a list that a user could have set is empty", () => {
  expect(made()["names"]).toEqual([]);
});

test("a fact with an unknown placeholder is refused by name", () => {
  const wrong = new Facts([row("id", "{hexx:3}")]);
  expect(() =>
    invent({ type: "aws_thing", block, facts: wrong, world, cloud, seed: "s" }, planned()),
  ).toThrow("facts of aws_thing: '{hexx:3}' is no placeholder that is known");
});

test("a fact may copy another attribute whole, whatever its type", () => {
  const copying = new Facts([{ ...row("object", "{attr:manifest}"), type: "kubernetes_manifest" }]);
  const manifest = {
    attributes: { manifest: { type: "dynamic" }, object: { type: "dynamic" } },
    blocks: {},
  } as const;
  const value = { kind: "Pod", metadata: { name: "p" } };
  const made = invent(
    { type: "kubernetes_manifest", block: manifest, facts: copying, world, cloud, seed: "s" },
    { manifest: value, object: new Unknown() },
  );
  expect(made["object"]).toEqual(value);
});

describe("a fact that looks into another resource", () => {
  const lookup = { attribute: "names", type: "aws_home", take: "street.id" };
  const made = (fact: Partial<Fact>, home?: ObjectValue) => {
    const world = new World();
    if (home) world.put("aws_home", home);
    const looking = new Facts([{ ...row("role_arn", "made-up"), ...fact }]);
    const given = { ...planned(), names: ["home-1"] };
    return invent({ type: "aws_thing", block, facts: looking, world, cloud, seed: "s" }, given)["role_arn"];
  };

  test("takes the value from there, whatever lists lie on the way", () => {
    expect(made({ from: lookup }, { id: "home-1", street: [{ id: "street-1" }] })).toBe("street-1");
  });

  test("takes it as it is, and not as a template", () => {
    expect(made({ from: lookup }, { id: "home-1", street: [{ id: "{no-placeholder}" }] })).toBe(
      "{no-placeholder}",
    );
  });

  test("takes what stands in the resource itself where no other is named", () => {
    expect(made({ from: { attribute: "names" } })).toBe("home-1");
  });

  test("makes it up where that resource is not known", () => {
    expect(made({ from: lookup }, { id: "home-2", street: [{ id: "street-2" }] })).toBe("made-up");
  });

  test("holds only where the other says so, and is null everywhere else", () => {
    const is = { from: { ...lookup, is: "on" } };
    expect(made(is, { id: "home-1", street: [{ id: "on" }] })).toBe("made-up");
    expect(made(is, { id: "home-1", street: [{ id: "off" }] })).toBeNull();
    expect(made(is)).toBeNull();
  });
});
