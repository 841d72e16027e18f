import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Server as GrpcServer } from "@grpc/grpc-js";
import {
  findBinding,
  loadSchema,
  UnservableProviderError,
  UnservableTypeError,
  type Binding,
} from "../bindings";
import { Facts } from "../facts/facts";
import type { Failure } from "../provider/failure";
import { SimulatedProvider } from "../provider/provider";
import { Tally } from "../provider/tally";
import type { ProviderSchema } from "../schema";
import { World } from "../world";
import { parseInvocation, withAbsoluteOutputs } from "./arguments";
import { simulatedStatePath, type BackendConfig } from "./backend";
import { readConfiguration, type Configuration } from "./configuration";
import type { Answer, Question } from "./control";
import { shadow } from "./shadow";
import { recall, stateKeys } from "./state";

export interface SessionOptions {
  /** The project's root: where `cdktf.json` is. Bindings are looked up from here. */
  readonly project: string;
  /** Where simulated states are kept between runs: `.keelson` in the project. */
  readonly home: string;
  /** Where derived schemas are kept between projects. */
  readonly cacheDir: string;
  /** A private folder for this run's sockets. */
  readonly runDir: string;
  readonly failures: readonly Failure[];
  readonly latencyMs: number;
  /** Called when a schema has to be derived, which takes seconds. */
  readonly onParse: (binding: Binding) => void;
}

/** Commands that neither read a configuration nor talk to a provider. */
const HARMLESS = new Set(["version", "fmt", "login", "logout"]);
/** Commands for which every type in the configuration has to be known. */
const NEEDS_TYPES = new Set(["plan", "apply", "destroy", "refresh", "validate", "import"]);
const OVERRIDE = "zz_keelson_simulated_override.tf.json";

/** One run of the simulator: its providers, and what the `terraform` in front of the real one is told. */
export class Session {
  readonly tally = new Tally();
  /** The process ids of the Terraform processes that were let through. */
  readonly pids: number[] = [];

  private readonly facts = Facts.shipped();
  private readonly world: World;
  private readonly servers: GrpcServer[] = [];
  private readonly sockets = new Map<string, Promise<string>>();
  private readonly schemas = new Map<string, Promise<ProviderSchema>>();

  constructor(private readonly options: SessionOptions) {
    this.world = new World(this.facts, (bucket) => stateKeys(options.home, bucket));
    recall(this.world, options.home);
  }

  /** Derives the schemas of these providers, so that nobody waits for them later. One without a binding is left out. */
  async warmUp(sources: readonly string[]): Promise<void> {
    for (const source of sources) {
      try {
        await this.schema(findBinding(source, this.options.project));
      } catch (error) {
        if (!(error instanceof UnservableProviderError)) throw error;
      }
    }
  }

  private schema(binding: Binding): Promise<ProviderSchema> {
    const known = this.schemas.get(binding.source);
    if (known) return known;
    const { cacheDir, onParse } = this.options;
    const loading = loadSchema(binding, { cacheDir, onParse });
    this.schemas.set(binding.source, loading);
    return loading;
  }

  /** Decides what a Terraform command line becomes. */
  async answer({ pid, binary, cwd, args }: Question): Promise<Answer> {
    const { command, chdir = ".", args: rest } = parseInvocation(args);
    if (command === undefined || HARMLESS.has(command)) return { script: script({}, cwd, binary, args) };
    if (command === "providers" && ["lock", "mirror"].includes(rest[rest.indexOf("providers") + 1] ?? "")) {
      // cdktf asks for this after init; there is nothing that could be locked, and the registry must not be asked.
      return { message: "", exitCode: 0 };
    }

    const directory = path.resolve(cwd, chdir);
    const configuration = readConfiguration(directory);
    const bindings = this.bindingsOf(configuration);
    if (NEEDS_TYPES.has(command)) await this.requireTypes(configuration, bindings);

    const workdir = shadow(this.options.project, directory, path.join(this.options.home, "shadow"));
    writeFileSync(
      path.join(workdir, OVERRIDE),
      JSON.stringify(this.override(configuration, directory), undefined, 2),
    );
    this.pids.push(pid);
    // A back end that was renamed since the last run has its own simulated state: there is nothing to migrate.
    const reconfigured =
      command === "init" && !rest.includes("-migrate-state") ? [...rest, "-reconfigure"] : rest;
    const environment = {
      TF_REATTACH_PROVIDERS: JSON.stringify(await this.reattach(bindings)),
      TF_DATA_DIR: "",
      CHECKPOINT_DISABLE: "1",
    };
    return { script: script(environment, workdir, binary, withAbsoluteOutputs(reconfigured, directory)) };
  }

  async close(): Promise<void> {
    for (const server of this.servers) server.forceShutdown();
    await Promise.allSettled(this.sockets.values());
  }

  private bindingsOf({ providers }: Configuration): Binding[] {
    return providers.map(({ source }) => findBinding(source, this.options.project));
  }

  /** @throws Error that names each type which no binding knows. */
  private async requireTypes(
    { resources, dataSources }: Configuration,
    bindings: readonly Binding[],
  ): Promise<void> {
    const missing: string[] = [];
    for (const binding of bindings) {
      const schema = await this.schema(binding);
      const own = (uses: Configuration["resources"]) =>
        new Set(uses.filter(({ source }) => tail(source) === tail(binding.source)).map(({ type }) => type));
      for (const type of own(resources)) {
        if (!schema.resources[type]) missing.push(new UnservableTypeError(binding, "resource", type).message);
      }
      for (const type of own(dataSources)) {
        if (!schema.dataSources[type])
          missing.push(new UnservableTypeError(binding, "data source", type).message);
      }
    }
    if (missing.length > 0) throw new Error(missing.join("\nsimulated: "));
  }

  /** Overrides that keep state and remote states in files of the simulation. */
  private override({ backend, remoteStates }: Configuration, directory: string) {
    const { home, project } = this.options;
    const local = ({ type, config }: BackendConfig) => {
      const absolute =
        type === "local" && typeof config["path"] === "string"
          ? { ...config, path: path.relative(project, path.resolve(directory, config["path"])) }
          : config;
      const file = path.join(home, simulatedStatePath({ type, config: absolute }));
      mkdirSync(path.dirname(file), { recursive: true });
      return { path: file, workspace_dir: `${file}.workspaces` };
    };
    const own = backend ?? { type: "local", config: { path: path.join(directory, "terraform.tfstate") } };
    const names = Object.entries(remoteStates);
    return {
      "//": "Simulated: written by 'keelson simulate', never for a real deploy.",
      terraform: { backend: { local: local(own) } },
      ...(names.length > 0 && {
        data: {
          terraform_remote_state: Object.fromEntries(
            names.map(([name, remote]) => [name, { backend: "local", config: local(remote) }]),
          ),
        },
      }),
    };
  }

  private async reattach(bindings: readonly Binding[]) {
    const entries = await Promise.all(
      bindings.map(async (binding) => {
        const address = {
          Protocol: "grpc",
          ProtocolVersion: 5,
          Pid: process.pid,
          Test: true,
          Addr: { Network: "unix", String: await this.socketOf(binding) },
        };
        // Terraform and OpenTofu complete a source without a host differently.
        return ["registry.terraform.io", "registry.opentofu.org"].map((host) => [
          `${host}/${binding.source}`,
          address,
        ]);
      }),
    );
    return Object.fromEntries(entries.flat()) as Record<string, unknown>;
  }

  private socketOf(binding: Binding): Promise<string> {
    const known = this.sockets.get(binding.source);
    if (known) return known;
    const socket = path.join(this.options.runDir, `${this.sockets.size}.sock`);
    const { facts, world, tally } = this;
    const { failures, latencyMs } = this.options;
    const provider = new SimulatedProvider({
      binding,
      schema: () => this.schema(binding),
      facts,
      world,
      tally,
      failures,
      latencyMs,
    });
    const listening = provider.listen(socket).then((server) => {
      this.servers.push(server);
      return socket;
    });
    this.sockets.set(binding.source, listening);
    return listening;
  }
}

/** The provider's own name, whatever namespace and host its source spells out. */
function tail(source: string): string {
  return source.split("/").at(-1) ?? source;
}

/** Shell that becomes the real Terraform: with its process id, its terminal and its signals. */
function script(
  environment: Record<string, string>,
  cwd: string,
  binary: string,
  args: readonly string[],
): string {
  const settings = Object.entries(environment).map(([name, value]) => `export ${name}=${quote(value)}`);
  return [...settings, `cd ${quote(cwd)}`, `exec ${[binary, ...args].map(quote).join(" ")}`].join("\n");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
