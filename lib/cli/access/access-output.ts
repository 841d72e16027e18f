import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { readJson } from "../json-file";
import { projectRoot } from "../project";
import { AccessError } from "./access-error";

/** No reference: what Terraform has to be asked for first is of no use here. */
const text = z.string().regex(/^[^$]+$/);
const common = {
  ca: text,
  credential: text,
  endpoint: text.startsWith("https://"),
  publicEndpoint: text.startsWith("https://").optional(),
};
const ACCESS = z.discriminatedUnion("cloud", [
  z.object({ ...common, cloud: z.literal("aws"), region: text }),
  z.object({ ...common, cloud: z.literal("azure"), vault: text.startsWith("https://") }),
]);

/** The output `access` of a cluster's stack. */
export type Access = z.infer<typeof ACCESS>;

/**
 * What the synthesized stack of an environment says of the way into its cluster. Nothing is asked but files.
 *
 * @param directory in the project, or below it
 * @throws AccessError where the project, what it becomes, or the environment in it is not there
 */
export function accessOf(environment: string, directory: string): Access {
  const stacks = stacksOf(directory);
  const outputs = new Map(
    readdirSync(stacks)
      .filter((stack) => existsSync(configuration(stacks, stack)))
      .map((stack) => [stack, outputOf(configuration(stacks, stack))] as const)
      .filter(([, output]) => output !== undefined),
  );
  const found = outputs.get(environment);
  if (found === undefined) {
    const names = [...outputs.keys()].sort().join(", ");
    throw new AccessError(
      names === ""
        ? `no stack in ${stacks} has an output 'access': run 'cdktf synth' with this version of keelson`
        : `there is no environment "${environment}" in ${stacks}, but ${names}`,
    );
  }
  const { data, success } = ACCESS.safeParse(found);
  if (!success) {
    throw new AccessError(
      `${configuration(stacks, environment)} has an output 'access' of another shape: run 'cdktf synth' with this version of keelson`,
    );
  }
  return data;
}

function stacksOf(directory: string): string {
  const root = projectRoot(directory);
  const settings = path.join(root, "cdktf.json");
  if (!existsSync(settings)) {
    throw new AccessError(
      `there is no cdktf.json in ${directory} or above it: go to the project, or name it with --project`,
    );
  }
  const { output = "cdktf.out" } = readJson(settings) as { readonly output?: string };
  const stacks = path.join(root, output, "stacks");
  if (!existsSync(stacks)) {
    throw new AccessError(`nothing is synthesized in ${path.dirname(stacks)}: run 'cdktf synth' in ${root}`);
  }
  return stacks;
}

function configuration(stacks: string, stack: string): string {
  return path.join(stacks, stack, "cdk.tf.json");
}

function outputOf(file: string): unknown {
  const { output } = readJson(file) as {
    readonly output?: Readonly<Record<string, { readonly value?: unknown }>>;
  };
  return output?.["access"]?.value;
}
