import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  findBinding,
  UnservableProviderError,
  UnservableTypeError,
} from "../../../../lib/cli/simulator/bindings";
import { cdktfGet, temporaryDirectory } from "./toolkit";

/** Puts a package into `node_modules` that holds what `cdktf get` generates for a provider. */
async function install(projectDir: string, packageName: string, address: string, version: string) {
  const root = join(projectDir, "node_modules", packageName);
  const generated = temporaryDirectory();
  await cdktfGet(generated, { address }, "generated");
  cpSync(join(generated, ".gen", "providers", "generated"), join(root, "lib"), { recursive: true });
  // What real packages might do to keep their files to themselves.
  const manifest = { name: packageName, version, exports: { "./nothing": "./nothing.js" } };
  writeFileSync(join(root, "package.json"), JSON.stringify(manifest));
  return root;
}

test.each([
  "aws",
  "hashicorp/aws",
  "registry.terraform.io/hashicorp/aws",
  "Registry.Terraform.io/HashiCorp/AWS",
])("the installed aws binding is found for '%s'", (source) => {
  expect(findBinding(source, __dirname)).toEqual({
    source: "hashicorp/aws",
    packageName: "@cdktf/provider-aws",
    packageVersion: "21.22.1",
    providerVersion: "6.25.0",
    directory: join(dirname(require.resolve("@cdktf/provider-aws/package.json")), "lib"),
  });
});

test("a package above the project is found, whatever its exports are, and @cdktf comes before @cdktn", async () => {
  const estate = temporaryDirectory();
  const project = join(estate, "projects", "one");
  mkdirSync(project, { recursive: true });
  await install(estate, "@cdktn/provider-toy", "registry.terraform.io/acme/toy", "2.0.0");
  expect(findBinding("acme/toy", project)).toMatchObject({
    packageName: "@cdktn/provider-toy",
    packageVersion: "2.0.0",
    providerVersion: "1.2.3",
  });
  await install(estate, "@cdktf/provider-toy", "registry.terraform.io/acme/toy", "1.0.0");
  expect(findBinding("acme/toy", project)).toMatchObject({ packageName: "@cdktf/provider-toy" });
});

test("a binding for a provider of the same name in another namespace or registry is passed over", async () => {
  const project = temporaryDirectory();
  const root = await install(project, "@cdktf/provider-toy", "registry.terraform.io/other/toy", "1.0.0");
  await cdktfGet(project, { address: "example.com/acme/toy" }, "toy");
  await cdktfGet(project, {}, "my-toy");
  expect(findBinding("acme/toy", project)).toMatchObject({
    source: "acme/toy",
    packageName: ".gen/providers/my-toy",
    packageVersion: "1.2.3",
  });
  expect(findBinding("other/toy", project).directory).toBe(join(root, "lib"));
  expect(findBinding("example.com/acme/toy", project).packageName).toBe(".gen/providers/toy");
});

test("a generated binding above the project is found", async () => {
  const estate = temporaryDirectory();
  const project = join(estate, "deeper");
  mkdirSync(project);
  await cdktfGet(estate, {});
  expect(findBinding("acme/toy", project).directory).toBe(join(estate, ".gen", "providers", "toy"));
});

test("a provider without a binding is refused with every place that was looked in and the fix", async () => {
  const project = temporaryDirectory();
  const root = await install(project, "@cdktf/provider-toy", "registry.terraform.io/other/toy", "1.0.0");
  const attempt = () => findBinding("acme/toy", project);
  expect(attempt).toThrow(UnservableProviderError);
  expect(attempt).toThrow("provider 'acme/toy' cannot be simulated");
  expect(attempt).toThrow(`${root}: is for registry.terraform.io/other/toy`);
  expect(attempt).toThrow(`${join(project, "node_modules/@cdktn/provider-toy")}: not there`);
  expect(attempt).toThrow(`${join(project, ".gen/providers/toy")}: not there`);
  expect(attempt).toThrow("Fix: npm install @cdktf/provider-toy;");
  expect(attempt).toThrow('add "acme/toy" to terraformProviders');
});

test.each(["", "a/b/c/d", "hashicorp/"])("'%s' is refused as a provider's source", (source) => {
  expect(() => findBinding(source, __dirname)).toThrow(
    "expected NAME, NAMESPACE/NAME or HOST/NAMESPACE/NAME",
  );
});

test("the error for a missing type names the type, the binding and where it was looked for", () => {
  const binding = findBinding("aws", __dirname);
  expect(new UnservableTypeError(binding, "resource", "aws_vcp").message).toContain(
    `resource 'aws_vcp' cannot be simulated: it is not in @cdktf/provider-aws 21.22.1 (looked in ${binding.directory})`,
  );
});
