import { Facts } from "../../../lib/cli/simulator/facts/facts";
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

test("a VPC with a subnet in it cannot be deleted, and the answer names both", () => {
  const world = new World(facts);
  world.put("aws_subnet", { id: "subnet-1", vpc_id: "vpc-1" });
  const refusal = world.refusal("aws_vpc", { id: "vpc-1" });
  expect(refusal).toContain("DependencyViolation: The vpc 'vpc-1' has dependencies.");
  expect(refusal).toContain("aws_subnet subnet-1");
});

test("it can be deleted once the subnet is gone", () => {
  const world = new World(facts);
  world.put("aws_subnet", { id: "subnet-1", vpc_id: "vpc-1" });
  world.remove("aws_subnet", { id: "subnet-1", vpc_id: "vpc-1" });
  expect(world.refusal("aws_vpc", { id: "vpc-1" })).toBeUndefined();
});

test("a subnet of another VPC is in nobody's way", () => {
  const world = new World(facts);
  world.put("aws_subnet", { id: "subnet-1", vpc_id: "vpc-2" });
  expect(world.refusal("aws_vpc", { id: "vpc-1" })).toBeUndefined();
});

test("a reference inside lists of blocks counts", () => {
  const world = new World(facts);
  world.put("aws_instance", { id: "i-1", nic: [{ groups: ["sg-0", "sg-1"] }] });
  expect(world.refusal("aws_security_group", { id: "sg-1" })).toContain("aws_instance i-1");
});

test("a protected instance is refused until its protection is off", () => {
  const world = new World(facts);
  expect(world.refusal("aws_instance", { id: "i-1", disable_api_termination: true })).toContain(
    "OperationNotPermitted",
  );
  expect(world.refusal("aws_instance", { id: "i-1", disable_api_termination: false })).toBeUndefined();
});

test("a bucket with an object in it is refused, unless it is forced", () => {
  const world = new World(facts);
  world.put("aws_s3_object", { id: "b/k", bucket: "b", key: "k" });
  expect(world.refusal("aws_s3_bucket", { id: "b", force_destroy: false })).toContain("It holds k.");
  expect(world.refusal("aws_s3_bucket", { id: "b", force_destroy: true })).toBeUndefined();
});

test("a bucket that holds a stack's state is not empty", () => {
  const world = new World(facts, (bucket) => (bucket === "b" ? ["prod.tfstate"] : []));
  expect(world.refusal("aws_s3_bucket", { id: "b" })).toContain("prod.tfstate");
});

test("a protection that the provider gets around itself refuses nothing", () => {
  const world = new World(
    new Facts([
      {
        type: "aws_instance",
        attribute: "disable_api_termination",
        fact: "refuses-destroy",
        value: true,
        unless: "force_destroy",
        source: "AWS",
      },
    ]),
  );
  const instance = { id: "i-1", disable_api_termination: true };
  expect(world.refusal("aws_instance", { ...instance, force_destroy: true })).toBeUndefined();
  expect(world.refusal("aws_instance", { ...instance, force_destroy: false })).toBeDefined();
});
