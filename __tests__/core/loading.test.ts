import { runNode } from "../support/run";

/** The packages that a process has loaded after it has imported a module of ours. */
function loadedBy(module: string): string[] {
  const { stdout, stderr, code } = runNode([
    "--import",
    "tsx",
    "--eval",
    `require(${JSON.stringify(module)}); console.log(JSON.stringify(Object.keys(require.cache)))`,
  ]);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as string[];
}

test("lib/core loads no provider", () => {
  const loaded = loadedBy("./lib/core/index.ts");
  expect(loaded.filter((file) => file.includes("/lib/core/"))).not.toEqual([]);
  expect(loaded.filter((file) => /@cdktf\/provider-|@grpc|lib\/cli/.test(file))).toEqual([]);
});

test.each([
  ["./lib/aws/index.ts", "aws"],
  ["./lib/azure/index.ts", "azurerm"],
  ["./lib/addons/index.ts", "kubernetes"],
  ["./stacks/aws-estate.ts", "aws"],
  ["./stacks/azure-estate.ts", "azurerm"],
])("%s loads no other cloud, no gRPC and no barrel", (module, provider) => {
  const loaded = loadedBy(module);
  expect(
    loaded.filter((file) => new RegExp(`provider-${provider}/lib/[\\w-]+/index\\.js$`).test(file)),
  ).not.toEqual([]);
  expect(
    loaded.filter((file) =>
      new RegExp(
        `@cdktf/provider-(?!${provider}/)|@grpc|lib/cli|provider-${provider}/lib/(lazy-)?index\\.js$`,
      ).test(file),
    ),
  ).toEqual([]);
});

/** The packages of providers that a process has loaded after it has run a piece of code. */
function providersAfter(code: string): string {
  const list = `console.log([...new Set(Object.keys(require.cache).flatMap((file) => /@cdktf.provider-[a-z]+/.exec(file) ?? []))].join())`;
  const { stdout, stderr } = runNode(["--import", "tsx", "--eval", `${code}; ${list}`]);
  expect(stderr).toBe("");
  return stdout.trim();
}

test("the stacks load a cloud's half with the first environment of it, and none before", () => {
  expect(providersAfter(`require("./stacks")`)).toBe("");
  expect(providersAfter(`require("./stacks/cloud-estate").estateOf("aws")`)).toBe("@cdktf/provider-aws");
});

test("an estate loads the Kubernetes provider, an optional peer, with the first platform, and none before", () => {
  const added = (platform: string) =>
    providersAfter(`
      const { addStacks, validate } = require("./stacks");
      const { prodUsEast1 } = require("./stacks/environments/prod-us-east-1");
      const environment = { ...prodUsEast1, platform: ${platform} };
      validate([environment], { simulated: true });
      addStacks(new (require("cdktf").App)(), environment)`);
  expect(added("undefined")).toBe("@cdktf/provider-aws");
  expect(added("prodUsEast1.platform").split(",").sort()).toEqual([
    "@cdktf/provider-aws",
    "@cdktf/provider-kubernetes",
  ]);
});
