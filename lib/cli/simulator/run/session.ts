import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Facts } from "../facts/facts";
import { Tally } from "../provider/tally";
import { World } from "../world";
import { parseInvocation, withAbsoluteOutputs, withoutBackendConfig, withoutColor } from "./arguments";
import { simulatedStatePath, type BackendConfig } from "./backend";
import { readConfiguration, type Configuration } from "./configuration";
import type { Answer, Question } from "./control";
import { readModules } from "./modules";
import { Providers, type ProvidersOptions } from "./providers";
import { ServedTypes } from "./served-types";
import { shadow } from "./shadow";
import { quote } from "./shell";
import { recall, stateKeys, typesInStates } from "./state";

export interface SessionOptions extends ProvidersOptions {
  /** Where simulated states are kept between runs: `.keelson` in the project. */
  readonly home: string;
  /** Whether Terraform's output should be without colours. */
  readonly plain: boolean;
  /** The back end that keeps the state in a file, as it stands in a configuration; Terraform's `local` by default. */
  readonly keeper?: (file: string) => Readonly<Record<string, object>>;
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

  readonly providers: Providers;
  private readonly types = new ServedTypes();
  private readonly world: World;

  constructor(private readonly options: SessionOptions) {
    const facts = Facts.shipped();
    this.world = new World((bucket) => stateKeys(options.home, bucket));
    this.recall();
    this.providers = new Providers(options, {
      ...{ facts, world: this.world },
      ...{ tally: this.tally, types: this.types },
    });
  }

  /** Reads the simulated states: what they hold exists. Again, when somebody else has written one. */
  recall(): void {
    recall(this.world, this.options.home, this.options.say);
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
    if (!existsSync(directory)) throw new Error(`there is no folder ${directory}`);
    const configuration = readConfiguration(directory);
    const workdir = shadow(this.options.project, directory, path.join(this.options.home, "shadow"));
    const modules = readModules(directory, configuration, workdir);
    const bindings = this.providers.bindingsOf([configuration, ...modules]);
    if (NEEDS_TYPES.has(command)) await this.providers.requireTypes(configuration, bindings);

    this.types.add({
      command,
      directory,
      args: rest.slice(rest.indexOf(command) + 1),
      configurations: [configuration, ...modules],
      inStates: typesInStates(this.options.home),
    });

    const { args: own, settings } = withoutBackendConfig(rest);
    const completed = withSettings(
      configuration,
      initSettings(workdir, command === "init" ? settings : undefined),
    );
    const override = JSON.stringify(this.override(completed, directory), undefined, 2);
    writeFileSync(path.join(workdir, OVERRIDE), override);
    this.pids.push(pid);
    const environment = {
      TF_REATTACH_PROVIDERS: JSON.stringify(await this.providers.reattach(bindings)),
      TF_DATA_DIR: "",
      CHECKPOINT_DISABLE: "1",
    };
    const outputs = withAbsoluteOutputs(own, directory);
    const final = this.options.plain ? withoutColor(outputs, command) : outputs;
    // A back end that was renamed since the last run has its own simulated state: there is nothing to migrate.
    const reconfigures = command === "init" && !final.includes("-migrate-state");
    return {
      script: script(environment, workdir, binary, [...final, ...(reconfigures ? ["-reconfigure"] : [])]),
    };
  }

  /** Where the simulated states are that the configuration in `directory` keeps, and reads from others. */
  statesOf(directory: string): { readonly own: string; readonly remote: readonly string[] } {
    const configuration = readConfiguration(directory);
    return {
      own: this.stateFile(ownBackend(configuration, directory), directory),
      remote: Object.values(configuration.remoteStates).map((remote) => this.stateFile(remote, directory)),
    };
  }

  private stateFile({ type, config }: BackendConfig, directory: string): string {
    const { home, project } = this.options;
    const absolute =
      type === "local" && typeof config["path"] === "string"
        ? { ...config, path: path.relative(project, path.resolve(directory, config["path"])) }
        : config;
    return path.join(home, simulatedStatePath({ type, config: absolute }));
  }

  /** Overrides that keep state and remote states in files of the simulation. */
  private override(configuration: Configuration, directory: string) {
    const { keeper } = this.options;
    const local = (backend: BackendConfig) => {
      const file = this.stateFile(backend, directory);
      mkdirSync(path.dirname(file), { recursive: true });
      return { path: file, workspace_dir: `${file}.workspaces` };
    };
    const names = Object.entries(configuration.remoteStates);
    const own = ownBackend(configuration, directory);
    return {
      "//": "Simulated: written by 'keelson simulate', never for a real deploy.",
      terraform: { backend: keeper?.(this.stateFile(own, directory)) ?? { local: local(own) } },
      ...(names.length > 0 && {
        data: {
          terraform_remote_state: Object.fromEntries(
            names.map(([name, remote]) => [name, { backend: "local", config: local(remote) }]),
          ),
        },
      }),
    };
  }
}

function ownBackend({ backend }: Configuration, directory: string): BackendConfig {
  return backend ?? { type: "local", config: { path: path.join(directory, "terraform.tfstate") } };
}

/** The settings that the last `terraform init` in `workdir` was given; those of this one are kept for the next. */
function initSettings(workdir: string, given: Record<string, string> | undefined): Record<string, string> {
  const file = path.join(workdir, ".keelson-backend-config.json");
  if (given) writeFileSync(file, JSON.stringify(given));
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, string>) : {};
}

/** The configuration with its back end completed by what was given to `terraform init`. */
function withSettings(
  configuration: Configuration,
  settings: Readonly<Record<string, string>>,
): Configuration {
  const { backend } = configuration;
  return backend
    ? { ...configuration, backend: { ...backend, config: { ...backend.config, ...settings } } }
    : configuration;
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
