import { Facts, type Fact } from "../../../lib/cli/simulator/facts/facts";
import type { ObjectValue } from "../../../lib/cli/simulator/protocol/value";
import { changeRefusal, refusal } from "../../../lib/cli/simulator/refusal";
import { World } from "../../../lib/cli/simulator/world";

const facts = new Facts([
  {
    type: "aws_subnet",
    attribute: "vpc_id",
    fact: "blocks-destroy",
    value: "aws_vpc",
    error: "DependencyViolation: The vpc '{id}' has dependencies.",
    source: "AWS",
  },
  {
    type: "aws_instance",
    attribute: "disable_api_termination",
    fact: "refuses-destroy",
    value: true,
    error: "OperationNotPermitted",
    source: "AWS",
  },
  {
    type: "aws_instance",
    attribute: "nic.groups",
    fact: "blocks-destroy",
    value: "aws_security_group",
    error: "DependencyViolation",
    source: "AWS",
  },
  {
    type: "aws_s3_bucket",
    attribute: "force_destroy",
    fact: "refuses-destroy-unless-empty",
    error: "BucketNotEmpty",
    source: "AWS",
  },
]);

const refused = (world: World, type: string, resource: ObjectValue) =>
  refusal({ facts, world }, type, resource);

test("a VPC with a subnet in it cannot be deleted, and the answer names both", () => {
  const world = new World();
  world.put("aws_subnet", { id: "subnet-1", vpc_id: "vpc-1" });
  const answer = refused(world, "aws_vpc", { id: "vpc-1" });
  expect(answer).toContain("DependencyViolation: The vpc 'vpc-1' has dependencies.");
  expect(answer).toContain("aws_subnet subnet-1");
});

test("it can be deleted once the subnet is gone", () => {
  const world = new World();
  world.put("aws_subnet", { id: "subnet-1", vpc_id: "vpc-1" });
  world.remove("aws_subnet", { id: "subnet-1", vpc_id: "vpc-1" });
  expect(refused(world, "aws_vpc", { id: "vpc-1" })).toBeUndefined();
});

test("a subnet of another VPC is in nobody's way", () => {
  const world = new World();
  world.put("aws_subnet", { id: "subnet-1", vpc_id: "vpc-2" });
  expect(refused(world, "aws_vpc", { id: "vpc-1" })).toBeUndefined();
});

test("a reference inside lists of blocks counts", () => {
  const world = new World();
  world.put("aws_instance", { id: "i-1", nic: [{ groups: ["sg-0", "sg-1"] }] });
  expect(refused(world, "aws_security_group", { id: "sg-1" })).toContain("aws_instance i-1");
});

test("a protected instance is refused until its protection is off", () => {
  const world = new World();
  expect(refused(world, "aws_instance", { id: "i-1", disable_api_termination: true })).toContain(
    "OperationNotPermitted",
  );
  expect(refused(world, "aws_instance", { id: "i-1", disable_api_termination: false })).toBeUndefined();
});

test("a bucket with an object in it is refused, unless it is forced", () => {
  const world = new World();
  world.put("aws_s3_object", { id: "b/k", bucket: "b", key: "k" });
  expect(refused(world, "aws_s3_bucket", { id: "b", force_destroy: false })).toContain("It holds k.");
  expect(refused(world, "aws_s3_bucket", { id: "b", force_destroy: true })).toBeUndefined();
});

test("a bucket that holds a stack's state is not empty", () => {
  const world = new World((bucket) => (bucket === "b" ? ["prod.tfstate"] : []));
  expect(refused(world, "aws_s3_bucket", { id: "b" })).toContain("prod.tfstate");
});

describe("what a row says of itself", () => {
  const answer = (row: Partial<Fact>, world: World, resource: ObjectValue) =>
    refusal(
      {
        facts: new Facts([
          { type: "b", attribute: "a", fact: "blocks-destroy", value: "t", source: "AWS", ...row },
        ]),
        world,
      },
      "t",
      resource,
    );
  const holding = (blocker: ObjectValue) => {
    const world = new World();
    world.put("b", { id: "b-1", ...blocker });
    return world;
  };

  test("a protection that the provider gets around itself refuses nothing", () => {
    const row: Partial<Fact> = {
      type: "t",
      attribute: "locked",
      fact: "refuses-destroy",
      value: true,
      unless: "force",
    };
    expect(answer(row, new World(), { id: "1", locked: true, force: true })).toBeUndefined();
    expect(answer(row, new World(), { id: "1", locked: true, force: false })).toBeDefined();
  });

  test("what the provider clears away itself refuses nothing", () => {
    const world = holding({ a: "1" });
    expect(answer({ unless: "force" }, world, { id: "1", force: true })).toBeUndefined();
    expect(answer({ unless: "force" }, world, { id: "1", force: null })).toBeDefined();
  });

  test("a resource that is as the exception says is in nobody's way", () => {
    const row = { except: { size: 0 } };
    expect(answer(row, holding({ a: "1", size: 0n }), { id: "1" })).toBeUndefined();
    expect(answer(row, holding({ a: "1", size: 1 }), { id: "1" })).toBeDefined();
  });

  test("an exception holds only with all of its attributes, and may speak of what is to be deleted", () => {
    const row = { except: { kind: ["NS", "SOA"], name: ["", "{attr:name}"] } };
    const zone = { id: "1", name: "example.com" };
    expect(answer(row, holding({ a: "1", kind: "SOA", name: "example.com" }), zone)).toBeUndefined();
    expect(answer(row, holding({ a: "1", kind: "NS", name: "sub.example.com" }), zone)).toBeDefined();
    expect(answer(row, holding({ a: "1", kind: "A", name: "example.com" }), zone)).toBeDefined();
  });

  test("a reference by another attribute than the id counts", () => {
    expect(answer({ by: "name" }, holding({ a: "one" }), { id: "1", name: "one" })).toBeDefined();
    expect(answer({ by: "name" }, holding({ a: "1" }), { id: "1", name: "one" })).toBeUndefined();
  });

  test("a reference by way of another resource counts", () => {
    const world = holding({ a: "way-1" });
    world.put("way", { id: "way-1", nic: [{ groups: ["1"] }] });
    world.put("way", { id: "way-2", nic: [{ groups: ["2"] }] });
    expect(answer({ through: "way.nic.groups" }, world, { id: "1" })).toContain("by way of 'way.nic.groups'");
    expect(answer({ through: "way.nic.groups" }, world, { id: "2" })).toBeUndefined();
  });
});

describe("a change in place", () => {
  const inUse = new Facts([
    { type: "b", attribute: "a", fact: "blocks-destroy", value: "t", source: "Azure" },
    {
      type: "t",
      attribute: "range",
      fact: "refuses-change-in-use",
      error: "InUse {attr:name}",
      source: "Azure",
    },
  ]);
  const change = (world: World, range: string) =>
    changeRefusal(
      { facts: inUse, world },
      "t",
      { id: "1", name: "n", range: "x" },
      { id: "1", name: "n", range },
    );

  test("is refused while something refers to it", () => {
    const world = new World();
    expect(change(world, "y")).toBeUndefined();
    world.put("b", { id: "b-1", a: "1" });
    expect(change(world, "y")).toContain("InUse n");
    expect(change(world, "x")).toBeUndefined();
  });
});

describe("a refusal", () => {
  test("is waited for to end while something else is under way, and told when nothing is", async () => {
    const world = new World();
    world.put("aws_subnet", { id: "subnet-1", vpc_id: "vpc-1" });
    const ask = () => refused(world, "aws_vpc", { id: "vpc-1" });
    const settled = () => world.doing(() => world.settled(ask));
    const removed = world.doing(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      world.remove("aws_subnet", { id: "subnet-1" });
    });
    expect(await settled()).toBeUndefined();
    await removed;
    world.put("aws_subnet", { id: "subnet-2", vpc_id: "vpc-1" });
    expect(await settled()).toContain("aws_subnet subnet-2");
  });
});
