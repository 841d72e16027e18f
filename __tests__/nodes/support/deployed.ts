import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { Project } from "../../support/project";
import { ROOT } from "../../support/run";

type Attributes = Record<string, unknown>;
interface State {
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly instances: readonly { readonly attributes: Attributes }[];
  }[];
}

/** The reference estate's stacks after a deploy in the simulator, as Terraform's state has them. */
export class Deployed {
  private readonly project = new Project();

  /** @param environments such as "prod-us-east-1", of either cloud: each with its stack of the store */
  static async start(...environments: readonly string[]): Promise<Deployed> {
    const deployed = new Deployed();
    deployed.project.write("cdktf.json", {
      language: "typescript",
      app: `node --import tsx ${ROOT}/main.ts`,
      sendCrashReports: "false",
    });
    const stacks = environments.flatMap((name) => [`${name}-store`, name]);
    const { code, stdout, stderr } = await deployed.project.simulate([
      ...["npx", "cdktf", "deploy", ...stacks, "--auto-approve"],
    ]);
    if (code !== 0) throw new Error(`the simulated deploy ended with ${code}: ${stdout}${stderr}`);
    return deployed;
  }

  /** The only resource of a type in a stack, such as "prod-us-east-1", whose name in the configuration matches. */
  resource(stack: string, type: string, name = /./): Attributes {
    const { resources } = JSON.parse(this.state(stack)) as State;
    const found = resources.filter((one) => one.type === type && name.test(one.name));
    const [only] = found.flatMap(({ instances }) => instances);
    if (only === undefined || found.length > 1) throw new Error(`${found.length} of ${type} ${String(name)}`);
    return only.attributes;
  }

  /** A file that Terraform uploads, by its path from the stack's directory. */
  file(stack: string, path: string): Buffer {
    return readFileSync(this.project.path("cdktf.out/stacks", stack, path));
  }

  /** Each back end keeps it in folders of its own. */
  private state(stack: string): string {
    const folder = this.project.path(".keelson/state");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
    const file = files.find((one) => path.basename(one) === `${stack}.tfstate.simulated.tfstate`);
    if (file === undefined) throw new Error(`${stack} has no state among ${files.join(", ")}`);
    return readFileSync(path.join(folder, file), "utf8");
  }

  stop(): void {
    this.project.remove();
  }
}
