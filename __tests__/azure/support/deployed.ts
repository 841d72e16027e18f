import { readFileSync } from "node:fs";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { changesIn } from "../../support/changes";
import { Project } from "../../support/project";
import type { Attributes } from "../../support/synth";
import { cluster, store } from "./estate";
import { provide } from "./synth";

interface Shown {
  readonly values: {
    readonly root_module: {
      readonly resources: readonly { readonly type: string; readonly values: Attributes }[];
    };
  };
}

/** A store and a cluster, each a stack, in a folder that the real Terraform deploys from, against simulated providers. */
export class Deployed {
  readonly project = new Project();
  private readonly initialised = new Set<string>();

  /**
   * Synthesizes them as `cdktf deploy` does.
   *
   * @param prod what the cluster's stack is
   */
  synthesize(prod: (stack: TerraformStack) => unknown = cluster()): void {
    const app = new App({ outdir: this.project.path("cdktf.out") });
    for (const [id, build] of Object.entries({ store, prod })) {
      const stack = new TerraformStack(app, id);
      provide(stack);
      new LocalBackend(stack, { path: this.project.path(`${id}.tfstate`) });
      build(stack);
    }
    app.synth();
  }

  /** Runs Terraform's commands on a stack, one after the other. */
  terraform(id: string, ...commands: readonly string[]) {
    const init = this.initialised.has(id) ? [] : ["terraform init -no-color >init.log"];
    this.initialised.add(id);
    return this.project.simulate([
      "sh",
      "-c",
      [
        `cd cdktf.out/stacks/${id}`,
        ...init,
        ...commands.map((command) => `terraform ${command.replace(/^\S+/, "$& -no-color")}`),
      ].join(" && "),
    ]);
  }

  /** What a deploy of a stack would do: see `changesIn`. */
  async changes(id: string): Promise<Readonly<Record<string, string>>> {
    const { code, stdout, stderr } = await this.terraform(id, "plan -out=plan >plan.log", "show -json plan");
    if (code !== 0) throw new Error(stdout + stderr);
    return changesIn(document(stdout));
  }

  /** The only resource of a type in a stack that was applied, or the only one of that name. */
  async resource(id: string, type: string, name?: string): Promise<Attributes> {
    const { stdout } = await this.terraform(id, "show -json");
    const found = (JSON.parse(document(stdout)) as Shown).values.root_module.resources.filter(
      (one) => one.type === type && (name === undefined || one.values["name"] === name),
    );
    const [only] = found;
    if (only === undefined || found.length > 1) throw new Error(`${found.length} of ${type}`);
    return only.values;
  }

  /** A file that Terraform uploads, by its path from the stack's directory. */
  file(id: string, path: string): Buffer {
    return readFileSync(this.project.path("cdktf.out/stacks", id, path));
  }

  remove(): void {
    this.project.remove();
  }
}

/** What `terraform show -json` prints, between what the simulator says. */
function document(stdout: string): string {
  return stdout.slice(stdout.indexOf('{"format_version'), stdout.lastIndexOf("}") + 1);
}
