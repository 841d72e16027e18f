import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";

/** A synthesized stack, as far as it is looked into here. */
interface Stack {
  readonly terraform: { readonly required_providers: Readonly<Record<string, object>> };
  readonly provider: Readonly<Record<string, readonly object[]>>;
  readonly resource: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

type Blocks = Record<string, Record<string, object>>;

/** Writes what a cdktf app would: that is all that a preview asks of one. */
const APP = `
const { cpSync, mkdirSync, writeFileSync } = require("node:fs");
const out = process.env.CDKTF_OUTDIR;
mkdirSync(out + "/stacks/large", { recursive: true });
cpSync("large.json", out + "/stacks/large/cdk.tf.json");
cpSync("assets", out + "/stacks/large/assets", { recursive: true });
const large = { name: "large", workingDirectory: "stacks/large", dependencies: [], annotations: [] };
writeFileSync(out + "/manifest.json", JSON.stringify({ version: "0.21.0", stacks: { large } }));
`;

/**
 * A git repository with one stack of `count` resources: the clusters of the estate in one, resource by resource, and
 * over again until there are enough. The working tree changes a tag of every tenth, and the range of the first network,
 * which replaces much of what stands in it.
 *
 * @param synthesized the folder with the estate's stacks
 * @returns how many resources of how many types there are
 */
export function makeLargeProject(
  directory: string,
  {
    synthesized,
    modules,
    count,
  }: { readonly synthesized: string; readonly modules: string; readonly count: number },
): { resources: number; types: number } {
  const stacks = readdirSync(path.join(synthesized, "stacks")).map(
    (name) =>
      JSON.parse(readFileSync(path.join(synthesized, "stacks", name, "cdk.tf.json"), "utf8")) as Stack,
  );
  const clusters = stacks.filter((stack) => stack.data?.["terraform_remote_state"] === undefined);
  const providers = Object.assign({}, ...clusters.map(({ provider }) => provider)) as Stack["provider"];
  const required = Object.assign(
    {},
    ...clusters.map(({ terraform }) => terraform.required_providers),
  ) as object;
  const [resource, data]: [Blocks, Blocks] = [{}, {}];
  const size = () => Object.values(resource).reduce((sum, named) => sum + Object.keys(named).length, 0);
  for (let copy = 0; size() < count; copy++) {
    const source = clusters[copy % clusters.length];
    if (!source) throw new Error(`there is no stack in ${synthesized}`);
    const renamed = rename(source, `_${copy}`);
    for (const [type, named] of Object.entries(renamed.data ?? {})) Object.assign((data[type] ??= {}), named);
    for (const [type, named] of Object.entries(renamed.resource))
      Object.assign((resource[type] ??= {}), named);
  }
  const stack = (blocks: Blocks) =>
    JSON.stringify({
      terraform: {
        required_providers: required,
        backend: { s3: { bucket: "state", key: "large", region: "us-east-1" } },
      },
      ...{ provider: providers, resource: blocks, data },
    });

  mkdirSync(directory, { recursive: true });
  const write = (name: string, text: string) => {
    writeFileSync(path.join(directory, name), text);
  };
  write("cdktf.json", JSON.stringify({ app: "node app.js", language: "typescript" }));
  write("app.js", APP);
  write(".gitignore", "node_modules\n.keelson\n");
  write("large.json", stack(resource));
  for (const name of readdirSync(path.join(synthesized, "stacks"))) {
    const assets = path.join(synthesized, "stacks", name, "assets");
    if (existsSync(assets)) cpSync(assets, path.join(directory, "assets"), { recursive: true });
  }
  symlinkSync(modules, path.join(directory, "node_modules"));
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=bench", "-c", "user.email=bench@localhost", ...args], {
      cwd: directory,
    });
  git("init", "--quiet");
  git("add", "-A");
  git("commit", "--quiet", "-m", "base");
  write("large.json", stack(edited(resource)));
  return { resources: size(), types: Object.keys(resource).length };
}

/** The stack with another name for each of its resources and data sources, wherever it stands. */
function rename(stack: Stack, suffix: string): Stack {
  const { resource, data = {} } = stack;
  const names = [resource, data].flatMap((blocks) =>
    Object.entries(blocks).flatMap(([type, named]) => Object.keys(named).map((name) => `${type}.${name}`)),
  );
  const known = new Set(names);
  const text = JSON.stringify({ resource, data }).replace(/\b[a-z]+_\w+\.[\w-]+/g, (reference) =>
    known.has(reference) ? `${reference}${suffix}` : reference,
  );
  const renamed = JSON.parse(text) as Pick<Stack, "resource" | "data">;
  const withSuffix = (blocks: Stack["resource"]) =>
    Object.fromEntries(
      Object.entries(blocks).map(([type, named]) => [
        type,
        Object.fromEntries(Object.entries(named).map(([name, body]) => [`${name}${suffix}`, body])),
      ]),
    );
  return { ...stack, resource: withSuffix(renamed.resource), data: withSuffix(renamed.data ?? {}) };
}

function edited(blocks: Blocks): Blocks {
  let [seen, networks] = [0, 0];
  return Object.fromEntries(
    Object.entries(blocks).map(([type, named]) => [
      type,
      Object.fromEntries(
        Object.entries(named).map(([name, body]) => {
          const tagged = "tags" in body && seen++ % 10 === 0;
          const moved = type === "aws_vpc" && networks++ === 0;
          const tags = { tags: { ...(body as { tags?: object }).tags, Bench: "edited" } };
          return [name, { ...body, ...(tagged && tags), ...(moved && { cidr_block: "10.250.0.0/16" }) }];
        }),
      ),
    ]),
  );
}
