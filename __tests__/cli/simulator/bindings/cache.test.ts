import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findBinding, loadSchema, type Binding } from "../../../../lib/cli/simulator/bindings";
import { cacheFile } from "../../../../lib/cli/simulator/bindings/cache";
import { cdktfGet, temporaryDirectory, type TerraformBlock } from "./toolkit";

const parser = join(__dirname, "../../../../lib/cli/simulator/bindings");
const box: TerraformBlock = { attributes: { size: { type: "number", required: true } } };

async function toy(resources: Record<string, TerraformBlock> = { toy_box: box }) {
  const project = temporaryDirectory();
  await cdktfGet(project, { resources });
  return { project, binding: findBinding("acme/toy", project), cacheDir: join(project, "cache") };
}

/** Loads, and tells whether it had to parse. */
async function load(binding: Binding, cacheDir: string) {
  const parsed: Binding[] = [];
  const schema = await loadSchema(binding, { cacheDir, onParse: (each) => parsed.push(each) });
  return { schema, parsed };
}

test("a binding is parsed once", async () => {
  const { binding, cacheDir } = await toy();
  const first = await load(binding, cacheDir);
  const second = await load(binding, cacheDir);
  expect(first.parsed).toEqual([binding]);
  expect(second.parsed).toEqual([]);
  expect(second.schema).toEqual(first.schema);
  expect(readdirSync(cacheDir)).toEqual([
    expect.stringMatching(/^gen-providers-toy-1\.2\.3-[0-9a-f]{16}\.json$/),
  ]);
});

test("a generated binding that changes under the same version is parsed again", async () => {
  const { project, binding, cacheDir } = await toy();
  await load(binding, cacheDir);
  await cdktfGet(project, { resources: { toy_box: box, toy_lid: box } });
  const { schema } = await load(binding, cacheDir);
  expect(Object.keys(schema.resources)).toEqual(["toy_box", "toy_lid"]);
});

test("a changed parser, binding or version has a cache file of its own", () => {
  const binding: Binding = {
    source: "hashicorp/aws",
    packageName: "@cdktf/provider-aws",
    packageVersion: "21.22.1",
    providerVersion: "6.25.0",
    directory: "lib",
  };
  const changed = temporaryDirectory();
  cpSync(parser, changed, { recursive: true });
  const same = cacheFile("c", binding, changed);
  writeFileSync(join(changed, "types.ts"), `${readFileSync(join(changed, "types.ts"), "utf8")}\n`);
  const files = [
    cacheFile("c", binding),
    cacheFile("c", binding, changed),
    cacheFile("c", { ...binding, packageVersion: "21.22.2" }),
    cacheFile("c", { ...binding, packageName: "@cdktn/provider-aws" }),
  ];
  expect(same).toBe(files[0]);
  expect(new Set(files).size).toBe(files.length);
});

test.each([
  ["cut off", (content: string) => content.slice(0, -20)],
  ["empty", () => ""],
  ["another program's", () => '{"some":"thing"}'],
  ["altered", (content: string) => content.replace('"number"', '"string"')],
])("a cache file that is %s is parsed anew and rewritten", async (_, spoil) => {
  const { binding, cacheDir } = await toy();
  const first = await load(binding, cacheDir);
  const file = cacheFile(cacheDir, binding);
  const whole = readFileSync(file, "utf8");
  const spoilt = spoil(whole);
  expect(spoilt).not.toBe(whole);
  writeFileSync(file, spoilt);
  const second = await load(binding, cacheDir);
  expect(second.parsed).toHaveLength(1);
  expect(second.schema).toEqual(first.schema);
  expect(readFileSync(file, "utf8")).toBe(whole);
});

test("loading at the same time leaves one whole file and nothing temporary", async () => {
  const { binding, cacheDir } = await toy();
  const results = await Promise.all(Array.from({ length: 8 }, () => load(binding, cacheDir)));
  expect(new Set(results.map(({ schema }) => JSON.stringify(schema))).size).toBe(1);
  expect(readdirSync(cacheDir)).toHaveLength(1);
  expect((await load(binding, cacheDir)).parsed).toEqual([]);
});

test("a cache that cannot be written is said, leaves nothing behind, and the schema serves all the same", async () => {
  const { binding, cacheDir } = await toy();
  mkdirSync(cacheFile(cacheDir, binding), { recursive: true });
  const complaints: string[] = [];
  const options = { cacheDir, onUnwritable: ({ message }: Error) => complaints.push(message) };
  expect((await loadSchema(binding, options)).source).toBe("acme/toy");
  expect(complaints).toEqual([expect.stringContaining(cacheFile(cacheDir, binding))]);
  expect(readdirSync(cacheDir)).toHaveLength(1);
});

test("a binding that is not understood leaves nothing in the cache", async () => {
  const { binding, cacheDir } = await toy();
  const file = join(binding.directory, "box", "index.ts");
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace("getNumberAttribute('size')", "getOddAttribute('size')"),
  );
  await expect(load(binding, cacheDir)).rejects.toThrow(
    ".gen/providers/toy 1.2.3, box/index.ts: class Box, attribute 'size': no type is known for",
  );
  expect(() => readdirSync(cacheDir)).toThrow("ENOENT");
});
