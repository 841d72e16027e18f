import path from "node:path";
import type { Server as GrpcServer } from "@grpc/grpc-js";
import {
  findBinding,
  loadSchema,
  UnservableProviderError,
  UnservableTypeError,
  type Binding,
} from "../bindings";
import { ephemeralTypesOf, schemaWithoutBinding, withoutBinding } from "../ephemeral";
import type { Facts } from "../facts/facts";
import type { Failure } from "../provider/failure";
import { SimulatedProvider } from "../provider/provider";
import type { Tally } from "../provider/tally";
import type { ProviderSchema } from "../schema";
import type { World } from "../world";
import type { Configuration } from "./configuration";
import type { ServedTypes } from "./served-types";

export interface ProvidersOptions {
  /** The project's root: bindings are looked up from here. */
  readonly project: string;
  /** Where derived schemas are kept between projects. */
  readonly cacheDir: string;
  /** A private folder for this run's sockets. */
  readonly runDir: string;
  /** The names of the providers that are not simulated, such as `kubernetes`. */
  readonly real: readonly string[];
  /** Failures to be had on purpose. */
  readonly failures: readonly Failure[];
  /** How long each create, update and destroy takes, in milliseconds. */
  readonly latencyMs: number;
  /** Tells the user one line. */
  readonly say: (text: string) => void;
}

/** The simulated providers of one run, each started when Terraform may first want it. */
export class Providers {
  private readonly servers: GrpcServer[] = [];
  private readonly sockets = new Map<string, Promise<string>>();
  private readonly schemas = new Map<string, Promise<ProviderSchema>>();
  /** The providers that the project has bindings of: attached to each Terraform, since modules may use them. */
  private readonly warm: Binding[] = [];

  constructor(
    private readonly options: ProvidersOptions,
    private readonly shared: {
      readonly facts: Facts;
      readonly world: World;
      readonly tally: Tally;
      readonly types: ServedTypes;
    },
  ) {}

  /** Derives the schemas of these providers, so that nobody waits for them later. One without a binding is left out. */
  async warmUp(sources: readonly string[]): Promise<void> {
    for (const source of sources.filter((one) => this.simulates(one))) {
      const binding = this.find(source);
      if (!(binding instanceof UnservableProviderError)) this.warm.push(binding);
    }
    for (const binding of this.warm) await this.schema(binding);
  }

  private schema(binding: Binding): Promise<ProviderSchema> {
    const known = this.schemas.get(binding.source);
    if (known) return known;
    const { cacheDir, say } = this.options;
    const { packageName, packageVersion } = binding;
    const own = schemaWithoutBinding(binding);
    if (own) return Promise.resolve(own);
    const loading = loadSchema(binding, {
      cacheDir,
      onParse: () => {
        say(`deriving the provider's schema from ${packageName} ${packageVersion}, once: some seconds ...`);
      },
      onUnwritable: ({ message }) => {
        say(`it could not be kept for the next time: ${message}`);
      },
    });
    this.schemas.set(binding.source, loading);
    return loading;
  }

  private simulates(source: string): boolean {
    return !this.options.real.includes(tail(source));
  }

  private find(source: string): Binding | UnservableProviderError {
    try {
      return findBinding(source, this.options.project);
    } catch (error) {
      if (error instanceof UnservableProviderError) return error;
      throw error;
    }
  }

  /** @throws Error that names each provider which no binding serves. */
  bindingsOf(configurations: readonly Configuration[]): Binding[] {
    const sources = new Set(configurations.flatMap(({ providers }) => providers.map(({ source }) => source)));
    const needsBinding = new Set(
      configurations
        .flatMap(({ resources, dataSources }) => [...resources, ...dataSources])
        .map(({ source }) => tail(source)),
    );
    const found = [...sources]
      .filter((source) => this.simulates(source))
      .map((source) => {
        const binding = this.find(source);
        const spared = binding instanceof UnservableProviderError && !needsBinding.has(tail(source));
        return (spared ? withoutBinding(source) : undefined) ?? binding;
      });
    const missing = found.filter((one) => one instanceof UnservableProviderError);
    if (missing.length > 0) throw new Error(missing.map(({ message }) => message).join("\nsimulated: "));
    return found.filter((one): one is Binding => !(one instanceof UnservableProviderError));
  }

  /** @throws Error that names each type which no binding knows. */
  async requireTypes(
    { resources, dataSources, ephemerals }: Configuration,
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
      const known = ephemeralTypesOf(binding.source);
      for (const type of own(ephemerals)) {
        if (!known[type]) missing.push(unknownEphemeral(type, Object.keys(known)));
      }
    }
    if (missing.length > 0) throw new Error(missing.join("\nsimulated: "));
  }

  /** What `TF_REATTACH_PROVIDERS` has to hold for Terraform to reach the simulated providers. */
  async reattach(bindings: readonly Binding[]) {
    const entries = await Promise.all(
      [...bindings, ...this.warm].map(async (binding) => {
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
    const { failures, latencyMs } = this.options;
    const provider = new SimulatedProvider({
      binding,
      schema: () => this.schema(binding),
      ...this.shared,
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
  async close(): Promise<void> {
    for (const server of this.servers) server.forceShutdown();
    await Promise.allSettled(this.sockets.values());
  }
}

function unknownEphemeral(type: string, known: readonly string[]): string {
  const others = known.length > 0 ? known.join(", ") : "none of its provider";
  return `ephemeral '${type}' cannot be simulated: bindings have no ephemeral resources, and known are ${others}`;
}

/** The provider's own name, whatever namespace and host its source spells out. */
function tail(source: string): string {
  return source.split("/").at(-1) ?? source;
}
