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

test("the stacks load a cloud's half with the first environment of it, and none before", () => {
  const providers = (code: string) => {
    const { stdout, stderr } = runNode(["--import", "tsx", "--eval", code]);
    expect(stderr).toBe("");
    return stdout.trim();
  };
  const list = `console.log([...new Set(Object.keys(require.cache).flatMap((file) => /@cdktf.provider-[a-z]+/.exec(file) ?? []))].join())`;
  expect(providers(`require("./stacks"); ${list}`)).toBe("");
  expect(providers(`require("./stacks/cloud-estate").estateOf("aws"); ${list}`)).toBe("@cdktf/provider-aws");
});
