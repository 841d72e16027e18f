import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { readJson } from "../json-file";
import { projectRoot } from "../project";
import { AccessError, reasonOf } from "./access-error";

/** No reference: what Terraform has to be asked for first is of no use here. */
const text = z.string().regex(/^[^$]+$/);
const address = text.startsWith("https://").refine((given) => URL.canParse(given));
const common = { ca: text, credential: text, endpoint: address, publicEndpoint: address.optional() };
const ACCESS = z.discriminatedUnion("cloud", [
  z.object({ ...common, cloud: z.literal("aws"), region: text }),
  z.object({ ...common, cloud: z.literal("azure"), vault: address }),
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
  const stacks = stacksOf(path.resolve(directory));
  const found = readdirSync(stacks).includes(environment) ? outputOf(stacks, environment) : undefined;
  if (found === undefined) {
    const names = readdirSync(stacks).filter((stack) => outputOf(stacks, stack) !== undefined);
    throw new AccessError(
      names.length === 0
        ? `no stack in ${stacks} has an output 'access': run 'cdktf synth' with this version of keelson`
        : `there is no environment "${environment}" in ${stacks}, but ${names.sort().join(", ")}`,
    );
  }
  const { data, success } = ACCESS.safeParse(found);
  if (!success) {
    throw new AccessError(
      `the output 'access' of ${path.join(stacks, environment)} has another shape: run 'cdktf synth' with this version of keelson`,
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
  const { output = "cdktf.out" } = readObject(settings);
  if (typeof output !== "string") throw new AccessError(`'output' in ${settings} is no path`);
  const stacks = path.resolve(root, output, "stacks");
  if (!statSync(stacks, { throwIfNoEntry: false })?.isDirectory()) {
    throw new AccessError(`nothing is synthesized in ${path.dirname(stacks)}: run 'cdktf synth' in ${root}`);
  }
  return stacks;
}

/** Undefined for a stack that has no such output, and for what is no stack. */
function outputOf(stacks: string, stack: string): unknown {
  const file = path.join(stacks, stack, "cdk.tf.json");
  if (!existsSync(file)) return undefined;
  const { output } = readObject(file) as {
    readonly output?: Readonly<Record<string, { readonly value?: unknown } | null>> | null;
  };
  return output?.["access"]?.value;
}

/** @throws AccessError where it is no object in JSON: it may be half written */
function readObject(file: string): Readonly<Record<string, unknown>> {
  let read: unknown;
  try {
    read = readJson(file);
  } catch (error) {
    throw new AccessError(`${reasonOf(error)}; is 'cdktf synth' running, or was it cut short?`);
  }
  if (typeof read !== "object" || read === null) throw new AccessError(`${file} is no object in JSON`);
  return read as Readonly<Record<string, unknown>>;
}
