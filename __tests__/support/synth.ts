import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack, Testing } from "cdktf";

export type Attributes = Record<string, unknown>;
type Blocks = Record<string, Record<string, Attributes>>;

/** What a stack becomes, without cdktf's own notes. */
export interface Terraform {
  readonly resource?: Blocks;
  readonly data?: Blocks;
  readonly output?: Record<string, Attributes>;
  readonly provider?: Record<string, Attributes[]>;
  readonly terraform: Attributes;
}

/** Synthesizes a stack "test" that has the AWS provider and what is built in it. */
export function synth(build: (stack: TerraformStack) => void): Terraform {
  const stack = new TerraformStack(Testing.app(), "test");
  new AwsProvider(stack, "aws", { region: "us-east-1" });
  build(stack);
  return parse(Testing.synth(stack, true));
}

/** Synthesizes whole stacks the way `cdktf deploy` does, by their ids. */
export function synthApp(build: (app: App) => void): Record<string, Terraform> {
  const outdir = mkdtempSync(path.join(tmpdir(), "keelson-synth-"));
  try {
    const app = new App({ outdir });
    build(app);
    app.synth();
    return readStacks(outdir);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The stacks that an app wrote. */
export function readStacks(outdir: string): Record<string, Terraform> {
  const stacks = path.join(outdir, "stacks");
  return Object.fromEntries(
    readdirSync(stacks).map((id) => [id, parse(readFileSync(path.join(stacks, id, "cdk.tf.json"), "utf8"))]),
  );
}

/** The addresses of all that Terraform creates or reads, in order. */
export function addresses({ resource = {}, data = {} }: Terraform): string[] {
  return [...addressesOf(resource), ...addressesOf(data).map((address) => `data.${address}`)].sort();
}

/** The resources of one type, by the readable part of their address. */
export function resources({ resource = {} }: Terraform, type: string): Record<string, Attributes> {
  return Object.fromEntries(
    Object.entries(resource[type] ?? {}).map(([id, attributes]) => [
      id.replace(/_[0-9A-F]{8}$/, ""),
      attributes,
    ]),
  );
}

/** The only resource of a type. */
export function only(terraform: Terraform, type: string): Attributes {
  const [one, ...others] = Object.values(terraform.resource?.[type] ?? {});
  if (one === undefined || others.length > 0) {
    throw new Error(`expected one ${type}, found ${others.length + (one === undefined ? 0 : 1)}`);
  }
  return one;
}

function addressesOf(blocks: Blocks): string[] {
  return Object.entries(blocks).flatMap(([type, byId]) => Object.keys(byId).map((id) => `${type}.${id}`));
}

function parse(json: string): Terraform {
  return JSON.parse(json, (key, value: unknown) => (key === "//" ? undefined : value)) as Terraform;
}
