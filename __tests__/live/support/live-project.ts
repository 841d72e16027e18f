import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import * as path from "node:path";
import { Project } from "../../support/project";
import type { Terraform } from "../../support/synth";
import type { ApiServer } from "./api-server";
import { TOOLS } from "./tools";

/** What Terraform is about to do with one resource, and with which of its attributes. */
export interface Change {
  readonly address: string;
  readonly actions: readonly string[];
  /** The paths of values that come, go or become others, as far as that is known before. */
  readonly paths: readonly string[];
}

interface Plan {
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly mode: string;
    readonly change: {
      readonly actions: readonly string[];
      readonly before: unknown;
      readonly after: unknown;
    };
  }[];
}

/** Synthesized stacks in a folder of their own, and Terraform run on them with simulated clouds. */
export class LiveProject {
  private readonly project = new Project();
  private readonly options: readonly string[];
  private readonly env: Readonly<Record<string, string>>;
  /** What Terraform has printed, its plans among it. */
  printed = "";

  /** @param api that the real Kubernetes provider talks to; without one that provider is simulated too */
  constructor(
    stacks: Readonly<Record<string, Terraform>>,
    private readonly api?: ApiServer,
  ) {
    for (const [id, stack] of Object.entries(stacks)) this.write(id, stack);
    this.options = api ? ["--real", "kubernetes"] : [];
    this.env = api ? { TF_CLI_CONFIG_FILE: this.mirror() } : {};
  }

  write(id: string, stack: Terraform): void {
    this.project.write(`cdktf.out/stacks/${id}/cdk.tf.json`, `${JSON.stringify(stack, undefined, 1)}\n`);
    if (this.api === undefined || stack.provider?.["kubernetes"] === undefined) return;
    this.project.write(`cdktf.out/stacks/${id}/live_override.tf.json`, {
      terraform: { required_providers: { kubernetes: { source: "kubernetes", version: VERSION } } },
      provider: { kubernetes: [this.access(this.api)] },
    });
  }

  async plan(id: string, ...flags: readonly string[]): Promise<Change[]> {
    const file = this.project.path(`${id}.plan`);
    await this.run(id, `terraform plan -input=false -out=${file} ${flags.join(" ")} >&2`);
    const { resource_changes = [] } = JSON.parse(await this.run(id, `terraform show -json ${file}`)) as Plan;
    return resource_changes
      .filter(({ mode, change }) => mode === "managed" && change.actions[0] !== "no-op")
      .map(({ address, change: { actions, before, after } }) => ({
        ...{ address, actions },
        paths: differing(before, after),
      }))
      .sort((a, b) => (a.address < b.address ? -1 : 1));
  }

  /** Does what `plan` found last. */
  apply(id: string): Promise<string> {
    return this.run(id, `terraform apply -input=false -no-color ${this.project.path(`${id}.plan`)}`);
  }

  /** The state, as text. */
  get states(): string {
    const directory = this.project.path(".keelson/state");
    const files = readdirSync(directory, { recursive: true, withFileTypes: true });
    return files
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), "utf8"))
      .join("\n");
  }

  remove(): void {
    this.project.remove();
  }

  private async run(id: string, command: string): Promise<string> {
    const directory = this.project.path("cdktf.out/stacks", id);
    const init = "terraform init -input=false -no-color >init.log 2>&1 || { cat init.log >&2; exit 9; }";
    const { code, stdout, stderr } = await this.project.simulate(
      ["sh", "-c", `cd ${directory}; ${init}; ${command}`],
      this.options,
      this.env,
    );
    this.printed += stdout + stderr;
    if (code !== 0) throw new Error(`${command} in ${id}: exit code ${code}\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** Where Terraform finds the real provider, with no registry: under the version that it is. */
  private mirror(): string {
    for (const host of ["registry.terraform.io", "registry.opentofu.org"]) {
      const place = this.project.path("mirror", host, "hashicorp/kubernetes", VERSION, "linux_amd64");
      mkdirSync(place, { recursive: true });
      const link = path.join(place, `terraform-provider-kubernetes_v${VERSION}`);
      symlinkSync(path.join(TOOLS, "terraform-provider-kubernetes"), link);
    }
    this.project.write(
      "terraform.rc",
      `provider_installation {\n  filesystem_mirror { path = "${this.project.path("mirror")}" }\n}\n`,
    );
    return this.project.path("terraform.rc");
  }

  /** As a master publishes it: the CA, and an hour's certificate that an exec plugin prints. */
  private access(api: ApiServer): object {
    const { certificate, key } = api.certificate("platform", "keelson:platform");
    const credential = this.project.path("credential.json");
    this.project.write("credential.json", {
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status: { clientCertificateData: certificate, clientKeyData: key },
    });
    return {
      host: api.url,
      cluster_ca_certificate: api.ca,
      exec: [{ api_version: "client.authentication.k8s.io/v1", command: "cat", args: [credential] }],
    };
  }
}

/** The release that the provider's pinned commit comes after, by its own changelog. */
const VERSION = "3.2.1";

/**
 * The paths of leaves that differ. Terraform's older plugin kit, which the provider is made with, does not tell an empty string from
 * none: it plans the one and reads the other.
 */
function differing(before: unknown, after: unknown, at = ""): string[] {
  if (isTree(before) || isTree(after)) {
    const [a, b] = [isTree(before) ? before : {}, isTree(after) ? after : {}];
    return [...new Set([...Object.keys(a), ...Object.keys(b)])]
      .flatMap((key) => differing(a[key], b[key], at ? `${at}.${key}` : key))
      .sort();
  }
  return (before ?? "") === (after ?? "") ? [] : [at];
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
