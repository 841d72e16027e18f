import { existsSync, readdirSync, realpathSync, rmSync } from "node:fs";
import path from "node:path";
import { isAlive } from "../processes";
import { projectRoot } from "../project";
import { makeRunDirectory } from "../run-directory";
import { Facts } from "../simulator/facts/facts";
import { withoutOuterSimulation } from "../surroundings";
import { findTerraform, type TerraformBinary } from "../terraform-binary";
import { Children, Interrupted } from "./children";
import { previewOfPlans, readDocument } from "./documents";
import { exitCode } from "./model/counts";
import type { Preview } from "./model/preview";
import { Secrets } from "./model/secrets";
import { describeSimulated } from "./model/stack";
import { hasOtherBackend } from "./model/synthesized";
import { outputs, type Output } from "./output";
import { simulateChange, type SimulatedStack } from "./simulation/simulation";
import { findBase, findHead, type Base } from "./source/base";
import { provideDependencies } from "./source/dependencies";
import { synthesize, SynthesisError, type Synthesis } from "./source/synthesis";
import { worktreeOf } from "./source/worktree";

export interface PreviewOptions {
  readonly base?: string;
  readonly guard?: boolean;
  readonly quiet?: boolean;
  readonly format?: readonly string[];
  readonly out?: readonly string[];
  /** Files with real plans, to be rendered instead of a simulation. */
  readonly plan?: readonly string[];
  /** A file with a preview in JSON, to be rendered instead. */
  readonly from?: string;
}

/**
 * Where both sides synthesize into, below their project: the same, since paths may get into what is synthesized, but
 * another one for a preview beside this one.
 */
const OUTDIR = `.keelson/preview-${process.pid}`;

/**
 * Previews what merging the working tree would do.
 *
 * @param stacks the stacks to be previewed; all when empty
 * @returns 0 where nothing changes, 2 where something does, 3 where `guard` is set and something is lost for good, 1
 *   where the head has no plan
 * @throws Error when there is nothing to compare with, Terraform is missing, or the head does not synthesize.
 */
export async function preview(stacks: readonly string[], options: PreviewOptions = {}): Promise<number> {
  const { guard = false, quiet = false } = options;
  const wanted: readonly Output[] = outputs(options);
  const children = new Children();
  const say = (text: string) => {
    if (!quiet) process.stderr.write(`preview: ${text}\n`);
  };
  let document;
  try {
    document = await children.during(() => documentOf(stacks, { ...options, children, say }), say);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    // Whoever started this sees that a signal ended it.
    process.kill(process.pid, error.signal);
    return 1;
  }
  for (const output of wanted) output.write(document);
  return exitCode(document, guard);
}

async function documentOf(
  stacks: readonly string[],
  options: PreviewOptions & Pick<Surroundings, "say" | "children">,
): Promise<Preview> {
  const { base: ref, plan, from, say, children } = options;
  const ways = [plan && "--plan", from && "--from", ref && "--base"].filter((way) => way !== undefined);
  if (ways.length > 1) throw new Error(`${ways.join(" and ")} cannot be had together`);
  if ((plan ?? from) !== undefined && stacks.length > 0) {
    throw new Error(`${stacks.join(", ")}: stacks can be chosen for a simulation only`);
  }
  if (plan) return previewOfPlans(plan);
  if (from !== undefined) return readDocument(from);

  const env = withoutOuterSimulation(process.env);
  const terraform = findTerraform(env);
  const project = realpathSync(projectRoot(process.cwd()));
  const base = await findBase(project, ref);
  return previewOf(project, base, { stacks, terraform, env, say, children });
}

interface Surroundings {
  readonly stacks: readonly string[];
  readonly terraform: TerraformBinary;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (text: string) => void;
  readonly children: Children;
}

async function previewOf(
  project: string,
  base: Base,
  { stacks, terraform, env, say, children }: Surroundings,
): Promise<Preview> {
  const head = await findHead(project);
  const directory = realpathSync(makeRunDirectory());
  const worktree = worktreeOf(base, path.join(directory, "base"));
  try {
    await worktree.checkOut();
    say(`synthesizing ${base.ref} (${base.commit.slice(0, 9)}) and the working tree`);
    const inBase = async (): Promise<Synthesis | SynthesisError> => {
      try {
        if (!existsSync(worktree.project)) throw new SynthesisError("the project's folder is not in it");
        await provideDependencies(project, worktree.project, { say, env, children });
        return await synthesize(worktree.project, OUTDIR, { env, children });
      } catch (error) {
        return error instanceof SynthesisError ? error : new SynthesisError(String(error));
      }
    };
    const [before, after] = await Promise.all([
      inBase().finally(() => {
        say("the base is synthesized");
      }),
      synthesize(project, OUTDIR, { env, children }).finally(() => {
        say("the working tree is synthesized");
      }),
    ]);
    const notes = before instanceof SynthesisError ? [noBase(base, before)] : [];
    sweep(project);
    const found = await simulateChange(
      { project: worktree.project, stacks: before instanceof SynthesisError ? new Map() : before },
      { project, stacks: after },
      { directory, terraform, env, children, only: stacks, say },
    );
    say("describing what was found");
    const facts = Facts.shipped();
    return {
      version: 1,
      simulated: true,
      base: { ref: base.ref, commit: base.commit },
      head,
      tool: `${terraform.name === "tofu" ? "OpenTofu" : "Terraform"} ${terraform.version}`,
      notes: [
        ...notes,
        ...found.filter(({ base: one, head: other }) => hasOtherBackend(one, other)).map(otherBackend),
      ],
      assumptions: ASSUMPTIONS,
      stacks: found.map((stack) => describeSimulated(stack, facts, found)),
    };
  } finally {
    await children.end();
    await worktree.remove();
    rmSync(directory, { recursive: true, force: true });
    rmSync(path.join(project, OUTDIR), { recursive: true, force: true });
  }
}

/** Takes away what previews that were killed have synthesized into the project. */
function sweep(project: string): void {
  const directory = path.join(project, path.dirname(OUTDIR));
  for (const name of readdirSync(directory)) {
    const pid = /^preview-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      rmSync(path.join(directory, name), { recursive: true, force: true });
  }
}

function otherBackend({ name }: SimulatedStack): string {
  return (
    `The back end of ${name} changes. What is told of it holds when its state is migrated first ` +
    "(terraform init -migrate-state); with an empty state all of it would be created once more."
  );
}

const ASSUMPTIONS = [
  "It assumes that the base is deployed as it is written, and that nothing has been changed beside it.",
  "Data sources answer the same on both sides. What else a provider refuses, quotas and permissions are not known.",
];

/** What an app's output says of why it failed: Node prints the line of the source before the error, which may hold a secret. */
function reasonIn(said: string): string {
  const lines = said.trim().split("\n");
  const error = lines.findIndex((line) => /^(\w+: )?\w*Error\b.*:/.test(line));
  return lines.slice(Math.max(error, 0), Math.max(error, 0) + 3).join(" ");
}

function noBase({ ref, commit }: Base, { message }: Error): string {
  const reason = new Secrets().mask(reasonIn(message).slice(0, 500));
  return `The base ${ref} (${commit.slice(0, 9)}) does not synthesize, so everything shows as new: ${reason}`;
}
