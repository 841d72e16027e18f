import { Fn } from "cdktf";
import { type Architecture, isMachineImage, type MachineImage, suitsMaster, suitsNode } from "../../lib/aws";

const image = (architecture: Architecture): MachineImage => ({ id: "ami-0a1b2c3d4e5f60718", architecture });
const wanted = (type: string, architecture: Architecture) =>
  suitsMaster(image(architecture))(type).map(({ mustHold, fix }) => [mustHold, fix]);

const TOO_SMALL = "must have two processors and 4 GiB, or etcd and the API server do not fit";
const CHANGE = "change the type or the image";

test.each(["ami-0a1b2c3d4e5f60718", "ami-00000000000000000", "ami-1a2b3c4d"])("%s is an image", (id) => {
  expect(isMachineImage({ ...image("amd64"), id })).toEqual([]);
});

test.each([
  "",
  "ami-",
  "ami-0a1b2c3",
  "ami-0a1b2c3d4e5f6071",
  "ami-0A1B2C3D4E5F60718",
  "ami-0a1b2c3d4e5f607189",
  "i-0a1b2c3d4e5f60718",
  "ubuntu",
])("%j is no image", (id) => {
  expect(isMachineImage({ ...image("amd64"), id })).toEqual([
    { mustHold: "must have an image's id, such as ami-0a1b2c3d4e5f60718", got: id },
  ]);
});

test("an image that only Terraform knows is refused: it would be another one tomorrow", () => {
  expect(isMachineImage({ ...image("amd64"), id: Fn.lower("AMI-1A2B3C4D") })).toHaveLength(1);
});

// https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
test.each<[Architecture, string]>([
  ["amd64", "t2.medium"],
  ["amd64", "t3.medium"],
  ["amd64", "t3a.large"],
  ["arm64", "t4g.medium"],
  ["amd64", "m7i.large"],
  ["amd64", "m7i-flex.large"],
  ["amd64", "m6idn.2xlarge"],
  ["amd64", "c5.large"],
  ["amd64", "c4.xlarge"],
  ["amd64", "r7iz.metal-16xl"],
  ["amd64", "u7i-12tb.224xlarge"],
  ["amd64", "g4dn.xlarge"],
  ["amd64", "g6.xlarge"],
  ["arm64", "g5g.xlarge"],
  ["arm64", "a1.large"],
  ["arm64", "m7g.large"],
  ["arm64", "m7gd.metal"],
  ["arm64", "c7gn.large"],
  ["arm64", "im4gn.large"],
  ["arm64", "is4gen.large"],
  ["arm64", "x2gd.large"],
  ["arm64", "hpc7g.4xlarge"],
])("a master for %s fits on %s, and on no image of the other kind does it run", (architecture, type) => {
  const other = architecture === "amd64" ? "arm64" : "amd64";
  expect(wanted(type, architecture)).toEqual([]);
  expect(wanted(type, other)).toEqual([
    [`must run the image, which is for ${other}; ${type.split(".")[0]} is ${architecture}`, CHANGE],
  ]);
});

test.each<[Architecture, string, string]>([
  ["amd64", "t3.nano", "t3.medium"],
  ["amd64", "t3.micro", "t3.medium"],
  ["arm64", "t4g.small", "t4g.medium"],
  ["arm64", "a1.medium", "a1.large"],
  ["arm64", "m7g.medium", "m7g.large"],
  ["arm64", "is4gen.medium", "is4gen.large"],
  ["amd64", "m3.medium", "m3.large"],
  ["amd64", "c4.large", "c4.xlarge"],
])("no master fits on %s's %s, and %s is the next that it does", (architecture, type, next) => {
  expect(wanted(type, architecture)).toEqual([[TOO_SMALL, `take ${next}`]]);
  expect(wanted(next, architecture)).toEqual([]);
});

test("a type that is wrong twice is refused for both, and no larger one is named that does not run the image either", () => {
  expect(wanted("m7g.medium", "amd64")).toEqual([
    [TOO_SMALL, undefined],
    ["must run the image, which is for amd64; m7g is arm64", CHANGE],
  ]);
});

test.each([
  "",
  "m7g",
  "m7g.",
  ".large",
  "large.m7g",
  "m7g.large.",
  "m7g large",
  "M7G.large",
  "db.t4g.medium",
  "Standard_D2_v3",
])("%j is no instance type", (type) => {
  expect(suitsMaster(image("arm64"))(type)).toEqual([
    { mustHold: 'must be an instance type such as "m7g.large"', got: type },
  ]);
});

test("no machine of Apple's runs a master or a node", () => {
  const wrong = [{ mustHold: "must run Linux, and what Apple makes runs macOS only", got: "mac2.metal" }];
  expect(suitsMaster(image("arm64"))("mac2.metal")).toEqual(wrong);
  expect(suitsNode(image("arm64"))("mac2.metal")).toEqual(wrong);
});

test("a node fits on less than a master", () => {
  const tooSmall = (type: string) => suitsNode(image("arm64"))(type).length > 0;
  expect(["t4g.small", "m7g.medium", "m7g.large"].filter(tooSmall)).toEqual([]);
  expect(["t4g.micro", "t4g.nano"].filter(tooSmall)).toEqual(["t4g.micro", "t4g.nano"]);
  expect(suitsNode(image("arm64"))("t4g.micro")).toEqual([
    {
      mustHold: "must have 2 GiB, which kubeadm wants of a node",
      got: "t4g.micro",
      fix: "take t4g.small",
    },
  ]);
});
