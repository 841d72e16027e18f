import { readFileSync } from "node:fs";
import path from "node:path";
import type { TerraformBinary } from "../../terraform-binary";
import { parsePlan, type Json, type TerraformPlan } from "../model/terraform-plan";
import type { Children } from "../children";
import type { Synthesis, SynthesizedStack } from "../source/synthesis";
import { diagnosticsIn, type Diagnostic } from "./diagnostics";
import { relocate, sameBytes } from "./difference";
import { dependencies, ordered, withDependents, withNeeds } from "./order";
import { removeProvisioners } from "./provisioners";
import { Side } from "./side";
import { StateServer } from "./state-server";
import { addressesIn, answersIn } from "./state";

/** One side of the comparison, as it was synthesized. */
export interface Source {
  readonly project: string;
  readonly stacks: Synthesis;
}

/** What the simulation found of one stack. */
export interface SimulatedStack {
  readonly name: string;
  readonly status: "changed" | "unchanged" | "added" | "removed";
  /** What Terraform plans for the head on the base; undefined where nothing was planned. */
  readonly plan?: TerraformPlan;
  /** The synthesized configurations. */
  readonly base?: unknown;
  readonly head?: unknown;
  /** What the state holds of a stack that is removed, or of what a failed base left. */
  readonly held: readonly string[];
  /** What data sources answered, on either side: made up, but for what of other stacks' states is written somewhere. */
  readonly answers: readonly Json[];
  /** The synthesized configurations of all stacks as text: what stands in none of them is made up. */
  readonly written: string;
  /** The synthesized configurations of all stacks: what is a secret in one of them may reach another one. */
  readonly configurations: readonly unknown[];
  /** Why the base could not be applied. */
  readonly baseErrors: readonly Diagnostic[];
  /** Why there is no plan. */
  readonly planErrors: readonly Diagnostic[];
  /** What the simulated cloud refuses when the plan is applied. */
  readonly applyErrors: readonly Diagnostic[];
}

export interface SimulationOptions {
  /** A private folder; its path is short. */
  readonly directory: string;
  readonly terraform: TerraformBinary;
  readonly env: NodeJS.ProcessEnv;
  readonly children: Children;
  /** The stacks to be previewed; all when empty. */
  readonly only: readonly string[];
  readonly say: (text: string) => void;
}

const COMMON = ["-input=false", "-lock=false", "-no-color"];

/** Applies the base to simulated clouds, and plans the head on them: stack by stack, in the order of a deploy. */
export async function simulateChange(
  base: Source,
  head: Source,
  options: SimulationOptions,
): Promise<SimulatedStack[]> {
  return new Simulation(base, head, options).run();
}

class Simulation {
  private readonly states = new StateServer();
  private readonly before: Side;
  private readonly after: Side;
  private readonly baseErrors = new Map<string, readonly Diagnostic[]>();
  private readonly changed = new Set<string>();
  /** What was synthesized into each folder. */
  private readonly configurations = new Map<string, unknown>();
  private text?: string;
  private every?: readonly unknown[];

  constructor(
    private readonly base: Source,
    private readonly head: Source,
    private readonly options: SimulationOptions,
  ) {
    const side = (project: string, name: string) =>
      new Side({ ...options, states: this.states, project, directory: path.join(options.directory, name) });
    this.before = side(base.project, "b");
    this.after = side(head.project, "h");
  }

  async run(): Promise<SimulatedStack[]> {
    for (const { directory } of this.base.stacks.values())
      relocate(directory, this.base.project, this.head.project);
    const names = [...new Set([...this.head.stacks.keys(), ...this.base.stacks.keys()])].sort();
    const { only, say } = this.options;
    const unknown = only.filter((name) => !names.includes(name));
    if (unknown.length > 0) {
      throw new Error(`there is no stack ${unknown.join(", ")}; there are ${names.join(", ")}`);
    }
    const wanted = names.filter((name) => only.length === 0 || only.includes(name));
    for (const name of names.filter((one) => this.isEdited(one))) this.changed.add(name);
    const changed = wanted.filter((name) => this.changed.has(name));
    if (changed.length === 0) return wanted.map((name) => this.untouched(name));
    for (const { directory } of [...this.base.stacks.values(), ...this.head.stacks.values()]) {
      this.configurations.set(directory, configuration(directory));
      removeProvisioners(directory);
    }

    const [inBase, inHead] = [
      dependencies(this.base.stacks.values(), (directory) => this.before.statesOf(directory)),
      dependencies(this.head.stacks.values(), (directory) => this.after.statesOf(directory)),
    ];
    const dependents = withDependents(inHead, changed);
    const needed = new Set([...withNeeds(inHead, dependents), ...withNeeds(inBase, dependents)]);
    try {
      await Promise.all([this.states.listen(), this.before.warmUp(), this.after.warmUp()]);
      for (const stack of ordered(inBase).filter(({ name }) => needed.has(name))) await this.applyBase(stack);
      this.handOver(needed);
      const found: SimulatedStack[] = [];
      /** The stacks whose outputs are not what they were. */
      const moved = new Set<string>();
      for (const stack of ordered(inHead)) {
        const reads = [...(inHead.get(stack.name)?.needs ?? [])].some((need) => moved.has(need));
        if (!changed.includes(stack.name) && !reads) {
          if (wanted.includes(stack.name)) found.push(this.untouched(stack.name));
          continue;
        }
        say(`${stack.name}: planning the head`);
        const result = await this.planHead(stack);
        if (hasNewOutputs(result)) moved.add(stack.name);
        // A stack that others feed is shown for what reaches it, though nobody asked for it by name.
        found.push(result);
      }
      const removed = changed.filter((name) => !this.head.stacks.has(name));
      return [...found, ...removed.map((name) => this.removed(name))];
    } finally {
      await Promise.all([this.before.close(), this.after.close(), this.states.close()]);
    }
  }

  private isEdited(name: string): boolean {
    const [base, head] = [this.base.stacks.get(name), this.head.stacks.get(name)];
    return !base || !head || !sameBytes(base.directory, head.directory);
  }

  private async applyBase({ name, directory }: SynthesizedStack): Promise<void> {
    this.options.say(`${name}: applying the base`);
    const errors = await this.terraform(this.before, directory, [
      ["init", ...COMMON],
      ["apply", "-json", "-auto-approve", ...COMMON],
    ]);
    if (errors.length > 0) this.baseErrors.set(name, errors);
  }

  private handOver(names: ReadonlySet<string>): void {
    const shared = [...names].flatMap((name) => {
      const [base, head] = [this.base.stacks.get(name), this.head.stacks.get(name)];
      return base && head ? [[head.directory, this.before.statesOf(base.directory).own] as const] : [];
    });
    this.after.adopt(shared);
  }

  private async planHead({ name, directory }: SynthesizedStack): Promise<SimulatedStack> {
    const base = this.base.stacks.get(name);
    const common = {
      name,
      status: !base
        ? ("added" as const)
        : this.changed.has(name)
          ? ("changed" as const)
          : ("unchanged" as const),
      head: this.configurations.get(directory),
      ...(base && { base: this.configurations.get(base.directory) }),
      ...{ held: [], answers: [], written: this.written(), configurations: this.all() },
      baseErrors: this.baseErrors.get(name) ?? [],
    };
    const file = path.join(this.options.directory, "plan");
    const planErrors = await this.terraform(this.after, directory, [
      ["init", ...COMMON],
      ["plan", "-json", "-refresh=false", `-out=${file}`, ...COMMON],
    ]);
    if (planErrors.length > 0) return { ...common, planErrors, applyErrors: [] };
    const [shown, applyErrors] = await Promise.all([
      this.after.run(directory, ["show", "-json", file]),
      this.terraform(this.after, directory, [["apply", "-json", "-auto-approve", ...COMMON, file]]),
    ]);
    if (shown.code !== 0) throw new Error(`terraform show failed: ${withoutExcerpts(shown.stderr)}`);
    const plan = parsePlan(withoutWarnings(shown.stdout), `the plan of ${name}`);
    const answers = [
      ...(base ? answersIn(this.before.statesOf(base.directory).own) : []),
      ...answersIn(this.after.statesOf(directory).own),
    ];
    return { ...common, plan, answers, planErrors: [], applyErrors };
  }

  /** Runs commands until one fails. @returns the errors of that one. */
  private async terraform(
    side: Side,
    directory: string,
    commands: readonly (readonly string[])[],
  ): Promise<Diagnostic[]> {
    for (const command of commands) {
      const { code, stdout, stderr } = await side.run(directory, command);
      if (code === 0) continue;
      const errors = diagnosticsIn(stdout).filter(({ severity }) => severity === "error");
      if (errors.length > 0) return errors;
      const detail = withoutExcerpts(`${stderr}\n${stdout}`);
      return [{ severity: "error", summary: `terraform ${command[0] ?? ""} failed`, detail }];
    }
    return [];
  }

  private untouched(name: string): SimulatedStack {
    return {
      name,
      status: "unchanged",
      held: [],
      answers: [],
      written: "",
      configurations: [],
      baseErrors: [],
      planErrors: [],
      applyErrors: [],
    };
  }

  private written(): string {
    return (this.text ??= JSON.stringify([...this.configurations.values()]));
  }

  private all(): readonly unknown[] {
    return (this.every ??= [...this.configurations.values()]);
  }

  private removed(name: string): SimulatedStack {
    const base = this.base.stacks.get(name);
    const state = base && this.before.statesOf(base.directory).own;
    const held = state === undefined ? [] : addressesIn(state);
    return {
      ...this.untouched(name),
      ...{ status: "removed", held, baseErrors: this.baseErrors.get(name) ?? [] },
      configurations: this.all(),
      ...(base && { base: this.configurations.get(base.directory) }),
    };
  }
}

/** The line of JSON: OpenTofu prints warnings about its own settings, such as a file that is missing, before it. */
function withoutWarnings(stdout: string): string {
  return stdout.split("\n").findLast((line) => line.startsWith("{")) ?? stdout;
}

/** Terraform's text without the lines of the configuration that it prints: a secret may stand in one. */
function withoutExcerpts(text: string): string {
  return text
    .split("\n")
    .filter((line) => !/^[\s│]*\d+:/.test(line))
    .join("\n")
    .trim();
}

function hasNewOutputs({ plan, planErrors }: SimulatedStack): boolean {
  if (planErrors.length > 0) return true;
  return Object.values(plan?.output_changes ?? {}).some(({ actions }) => actions[0] !== "no-op");
}

function configuration(directory: string): unknown {
  return JSON.parse(readFileSync(path.join(directory, "cdk.tf.json"), "utf8"));
}
