import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { cacheDirectory, configuredBindings } from "../../project";
import { Session } from "../../simulator/run/session";
import type { TerraformBinary } from "../../terraform-binary";
import type { Children, Ended } from "../children";
import type { StateServer } from "./state-server";

export interface SideOptions {
  /** The project's root: bindings are looked up from here. */
  readonly project: string;
  /** A private folder for states, shadows and sockets; its path is short. */
  readonly directory: string;
  readonly terraform: TerraformBinary;
  readonly states: StateServer;
  readonly env: NodeJS.ProcessEnv;
  readonly children: Children;
  readonly say: (text: string) => void;
}

/** The base or the head: a simulated cloud of its own, and the real Terraform that works in it. */
export class Side {
  private readonly session: Session;

  constructor(private readonly options: SideOptions) {
    const { project, directory, states, env, say } = options;
    mkdirSync(directory, { recursive: true });
    this.session = new Session({
      project,
      home: directory,
      runDir: directory,
      cacheDir: cacheDirectory(env),
      real: [],
      failures: [],
      latencyMs: 0,
      plain: true,
      keeper: (file) => ({ http: { address: states.addressOf(file) } }),
      say,
    });
  }

  /** Derives the schemas of the project's providers. */
  warmUp(): Promise<void> {
    return this.session.providers.warmUp(configuredBindings(this.options.project));
  }

  /** Runs Terraform in a stack's folder. */
  async run(stack: string, args: readonly string[]): Promise<Ended> {
    const { terraform, env, children } = this.options;
    const question = { pid: process.pid, binary: terraform.path, cwd: stack, args };
    const answer = await this.session.answer(question);
    if ("message" in answer) return { code: answer.exitCode, stdout: "", stderr: answer.message };
    const settings = { TF_IN_AUTOMATION: "1", TF_CLI_ARGS: "", TF_LOG: "", TF_WORKSPACE: "" };
    return children.run("/bin/sh", ["-c", answer.script], {
      env: { ...withoutHttpBackend(env), ...settings },
    });
  }

  /** Where the simulated states are that a stack keeps, and reads from others. */
  statesOf(stack: string): { readonly own: string; readonly remote: readonly string[] } {
    return this.session.statesOf(stack);
  }

  /** Takes over the states that stacks have on the other side: pairs of a folder here and a state there. */
  adopt(states: readonly (readonly [stack: string, from: string])[]): void {
    for (const [stack, from] of states.filter(([, file]) => existsSync(file))) {
      const { own } = this.statesOf(stack);
      mkdirSync(path.dirname(own), { recursive: true });
      copyFileSync(from, own);
    }
    this.session.recall();
  }

  close(): Promise<void> {
    return this.session.providers.close();
  }
}

/** The environment without what is meant for the project's own `http` back end: addresses, methods, credentials. */
function withoutHttpBackend(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("TF_HTTP_")));
}
