import fc from "fast-check";
import { retirementOf } from "../../lib/azure";
import { instanceType } from "../../lib/azure/instance-type";
import { problems } from "./support/control-plane";

const image = (sku: string, architecture: "amd64" | "arm64" = "amd64") => ({
  id: `Canonical:ubuntu-24_04-lts:${sku}:24.04.202510010`,
  architecture,
});
const [gen1, gen2, arm] = [image("server-gen1"), image("server"), image("server-arm64", "arm64")];
const found = (own: Parameters<typeof problems>[0]) =>
  problems(own).map((line) => line.replace(/^test\/control-plane: '(\w+)' must /, "$1: "));

test.each([
  ["Standard_D2_v2", { processors: 2, hasPremiumDisks: false, hasZones: true, generations: [1] }],
  ["Standard_D3_v2", { processors: 4, hasPremiumDisks: false, hasZones: true, generations: [1] }],
  ["Standard_D13_v2", { processors: 8, hasPremiumDisks: false, generations: [1] }],
  ["Standard_DS3_v2", { family: "DS", processors: 4, hasPremiumDisks: true, generations: [1, 2] }],
  ["Standard_D4s_v5", { family: "D", processors: 4, hasPremiumDisks: true, generations: [1, 2] }],
  ["Standard_D4ds_v6", { processors: 4, hasPremiumDisks: true, generations: [2] }],
  ["Standard_D2ps_v5", { architecture: "arm64", hasPremiumDisks: true, generations: [2] }],
  ["Standard_E4-2ds_v5", { processors: 2, hasPremiumDisks: true }],
  ["Standard_NC24ads_A100_v4", { family: "NC", processors: 24, hasPremiumDisks: true }],
  ["Standard_B2s", { processors: 2, hasZones: true }],
  ["Standard_D2", { hasZones: false, generations: [1] }],
  ["Standard_DS2", { hasZones: false }],
  ["Standard_A2", { hasZones: false }],
])("%s is known by its name", (name, expected) => {
  expect(instanceType(name)).toMatchObject(expected);
});

test.each(["", "D2s_v5", "m7i.large", "Standard_", "Standard_d2s_v5", "Standard_D2s_v5 "])(
  "%j is no size",
  (name) => {
    expect(instanceType(name)).toBeUndefined();
    expect(found({ instanceType: name })).toEqual([
      `instanceType: be a size such as "Standard_D2s_v5", got ${JSON.stringify(name)}`,
    ]);
  },
);

test("whatever is asked, an answer comes", () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      instanceType(name);
      instanceType(`Standard_${name}`);
      retirementOf(name);
    }),
  );
});

test.each([
  [gen1, "Standard_D3_v2"],
  [gen1, "Standard_D4s_v5"],
  [gen2, "Standard_D4s_v5"],
  [gen2, "Standard_D4s_v6"],
  [arm, "Standard_D2ps_v5"],
  [gen2, undefined],
  [arm, undefined],
])("%j starts on %s", (given, size) => {
  expect(problems({ image: given, instanceType: size })).toEqual([]);
});

test.each([
  [
    gen2,
    "Standard_D3_v2",
    'start the image, which is of generation 2; Standard_D3_v2 starts only generation 1, got "Standard_D3_v2"; take an image whose sku ends in "-gen1"',
  ],
  [
    gen1,
    "Standard_D4s_v6",
    'start the image, which is of generation 1; Standard_D4s_v6 starts only generation 2, got "Standard_D4s_v6"; take an image whose sku is "server"',
  ],
  [
    gen2,
    "Standard_D2ps_v5",
    'run the image, which is for amd64; Standard_D2ps_v5 is arm64, got "Standard_D2ps_v5"; change the size or the image',
  ],
  [
    gen1,
    "Standard_D1_v2",
    'have two processors and 4 GiB, or etcd and the API server do not fit, got "Standard_D1_v2"',
  ],
  [
    gen2,
    "Standard_B2ts_v2",
    'have two processors and 4 GiB, or etcd and the API server do not fit, got "Standard_B2ts_v2"',
  ],
  [gen1, "Standard_D3", 'be a size that can stand in a zone, got "Standard_D3"; take one of a later version'],
])("%j does not suit %s", (given, size, line) => {
  expect(found({ image: given, instanceType: size })).toEqual([`instanceType: ${line}`]);
});

test.each([
  "Canonical:ubuntu-24_04-lts:server:latest",
  "Canonical:ubuntu-24_04-lts:server",
  "ami-0a1b2c3d4e5f60718",
  "",
  "/subscriptions/1/resourceGroups/i/providers/Microsoft.Compute/galleries/g/images/master",
])("%j is no image of one version", (id) => {
  expect(found({ image: { id, architecture: "amd64" } })).toEqual([
    `image: have an image's id with its version, such as "Canonical:ubuntu-24_04-lts:server:24.04.202510010", got ${JSON.stringify(id)}`,
  ]);
});

test("of an image of one's own nothing is assumed", () => {
  const id = "/subscriptions/1/resourceGroups/i/providers/Microsoft.Compute/images/master";
  for (const instanceType of ["Standard_D3_v2", "Standard_D4s_v6"]) {
    expect(problems({ image: { id, architecture: "amd64" }, instanceType })).toEqual([]);
  }
});

test("of Dv2 and DSv2 it is said that they go away, with their successors, and of nothing else", () => {
  expect(retirementOf("Standard_D2_v2")).toContain("2028-05-01");
  expect(retirementOf("Standard_DS4_v2")).toContain("take Standard_D8s_v5");
  expect(retirementOf("Standard_D15_v2")).toContain("take a size of Dsv5");
  expect(["Standard_D2s_v5", "Standard_A2_v2", "Standard_D2"].map((size) => retirementOf(size))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
