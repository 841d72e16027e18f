import { readFileSync } from "node:fs";
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

  /** @param environments such as "prod-us-east-1": each with its stack of the store */
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

  /** The only resource of a type in an environment's stack whose name in the configuration matches. */
  resource(environment: string, type: string, name = /./): Attributes {
    const file = `s3/keelson-${environment}-state-000000000000/${environment}.tfstate.simulated.tfstate`;
    const { resources } = JSON.parse(this.project.read(`.keelson/state/${file}`)) as State;
    const found = resources.filter((one) => one.type === type && name.test(one.name));
    const [only] = found.flatMap(({ instances }) => instances);
    if (only === undefined || found.length > 1) throw new Error(`${found.length} of ${type} ${String(name)}`);
    return only.attributes;
  }

  /** A file that Terraform uploads, by its path from the stack's directory. */
  file(environment: string, path: string): Buffer {
    return readFileSync(this.project.path("cdktf.out/stacks", environment, path));
  }

  stop(): void {
    this.project.remove();
  }
}
