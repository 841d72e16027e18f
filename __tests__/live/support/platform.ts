import { addStacks, type Environment } from "../../../stacks";
import { platformStackId } from "../../../stacks/environments/environment";
import { synthApp, type Terraform } from "../../support/synth";
import type { ApiServer } from "./api-server";
import { LiveProject } from "./live-project";

/** What the cluster's master lays down for those who deploy the platform. */
const PLATFORM_RIGHTS = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: "keelson:platform" },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
  subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "keelson:platform" }],
};

/** The platform stack of an environment, in a project where the cluster is there already. */
export class LivePlatform {
  private readonly project: LiveProject;
  private readonly id: string;

  private constructor(
    private readonly environment: Environment,
    api: ApiServer | undefined,
  ) {
    this.id = platformStackId(environment);
    this.project = new LiveProject({}, api);
  }

  /** @param api that the real Kubernetes provider talks to; without one that provider is simulated too */
  static async create(environment: Environment, api?: ApiServer): Promise<LivePlatform> {
    api?.apply(PLATFORM_RIGHTS);
    const platform = new LivePlatform(environment, api);
    const { backend } = platform.synth(environment.name).terraform;
    const endpoint = { value: api?.url ?? "https://127.0.0.1:6443" };
    // In place of the cluster's own stack, with its name and its state: what the platform reads of it.
    platform.project.write(environment.name, {
      terraform: { backend },
      output: { endpoint, public_endpoint: endpoint },
    });
    platform.set({});
    await platform.project.plan(environment.name);
    await platform.project.apply(environment.name);
    return platform;
  }

  /** Makes the stack that of the environment with these settings of its platform. */
  set(settings: Partial<Environment["platform"]>): void {
    this.project.write(this.id, this.synth(this.id, settings));
  }

  plan(...flags: readonly string[]) {
    return this.project.plan(this.id, ...flags);
  }

  /** Does what was planned last. */
  apply(): Promise<string> {
    return this.project.apply(this.id);
  }

  get states(): string {
    return this.project.states;
  }

  /** What Terraform has printed, its plans among it. */
  get printed(): string {
    return this.project.printed;
  }

  remove(): void {
    this.project.remove();
  }

  private synth(id: string, settings: Partial<Environment["platform"]> = {}): Terraform {
    const { platform } = this.environment;
    if (platform === undefined) throw new Error(`${this.environment.name} has no platform`);
    const environment = { ...this.environment, platform: { ...platform, ...settings } };
    const stack = synthApp((app) => {
      addStacks(app, environment);
    })[id];
    if (stack === undefined) throw new Error(`there is no stack ${id}`);
    return stack;
  }
}
