import type { Server } from "@grpc/grpc-js";
import type { Binding } from "../bindings";
import { defaultTagsOf } from "../default-tags";
import { ephemeralTypesOf, open } from "../ephemeral";
import type { Facts } from "../facts/facts";
import { conform, imported } from "../import";
import { invent } from "../invent";
import { overlay } from "../overlay";
import { plan } from "../plan";
import { schemaMessage } from "../protocol/schema-message";
import { encodeSchema, serve, type Diagnostic, type Handler, type Request } from "../protocol/service";
import {
  canonical,
  decode,
  encode,
  isObject,
  same,
  Unknown,
  type DynamicValue,
  type ObjectValue,
} from "../protocol/value";
import { changeRefusal, refusal } from "../refusal";
import { counted } from "../renewal";
import type { Block, ProviderSchema } from "../schema";
import type { World } from "../world";
import { Configurations } from "./configurations";
import type { Failure, Step } from "./failure";
import type { Tally } from "./tally";

export interface ProviderOptions {
  readonly binding: Binding;
  /** The schema; asked for once, when Terraform first wants it. */
  readonly schema: () => Promise<ProviderSchema>;
  readonly facts: Facts;
  readonly world: World;
  readonly tally: Tally;
  /** The types that Terraform is told of; more of them with another version. */
  readonly types: { readonly version: number; has(type: string): boolean };
  readonly failures: readonly Failure[];
  /** How long each create, update and destroy takes, in milliseconds. */
  readonly latencyMs: number;
}

/** One simulated provider: it answers what Terraform core asks of `binding`'s provider. */
export class SimulatedProvider {
  private loaded?: Promise<ProviderSchema>;
  private encoded?: { readonly version: number; readonly bytes: Buffer };
  private readonly configurations = new Configurations();

  constructor(private readonly options: ProviderOptions) {}

  listen(socket: string): Promise<Server> {
    return serve(socket, {
      GetSchema: async () => this.encode(await this.load()),
      PrepareProviderConfig: ({ config }) => ({ prepared_config: config }),
      Configure: ({ config }, connection) => {
        this.configurations.put(connection, config);
        return {};
      },
      ValidateResourceTypeConfig: () => ({}),
      ValidateDataSourceConfig: () => ({}),
      UpgradeResourceState: (request) => this.upgrade(request),
      ReadResource: (request) => this.read(request),
      PlanResourceChange: (request, connection) => this.plan(request, connection),
      ApplyResourceChange: (request, connection) =>
        this.options.world.doing(() => this.apply(request, connection)),
      ImportResourceState: (request, connection) => this.import(request, connection),
      ReadDataSource: (request, connection) => this.data(request, connection),
      ValidateEphemeralResourceConfig: () => ({}),
      OpenEphemeralResource: (request, connection) => this.open(request, connection),
      RenewEphemeralResource: () => ({}),
      CloseEphemeralResource: () => ({}),
      Stop: () => ({}),
    } satisfies Record<string, Handler>);
  }

  private load() {
    return (this.loaded ??= this.options.schema().then((derived) => overlay(derived, this.options.facts)));
  }

  private encode(schema: ProviderSchema): Buffer {
    const { types, binding } = this.options;
    if (this.encoded?.version !== types.version) {
      const ephemerals = ephemeralTypesOf(binding.source);
      const bytes = encodeSchema(schemaMessage(schema, ephemerals, (type) => types.has(type)));
      this.encoded = { version: types.version, bytes };
    }
    return this.encoded.bytes;
  }

  private async resource(type: string): Promise<Block> {
    return this.known((await this.load()).resources[type], "resource type", type);
  }

  private known(block: Block | undefined, kind: string, type: string): Block {
    const { packageName, packageVersion } = this.options.binding;
    if (!block) throw new Error(`${kind} '${type}' is not in ${packageName} ${packageVersion}`);
    return block;
  }

  private async upgrade({ type_name: type = "", raw_state: raw }: Request) {
    const state: unknown = JSON.parse(Buffer.from(raw?.json ?? []).toString("utf8") || "null");
    const block = await this.resource(type);
    const conformed = state === null ? null : conform(block, state as ObjectValue);
    return { upgraded_state: { json: Buffer.from(JSON.stringify(conformed)) } };
  }

  private read({ type_name: type = "", current_state: state }: Request) {
    const failed = this.failure("read", type);
    return { new_state: state, ...(failed && { diagnostics: [failed] }) };
  }

  private async plan(request: Request, connection: object) {
    const name = request.type_name ?? "";
    const failed = this.failure("plan", name);
    if (failed) return { diagnostics: [failed] };
    const type = {
      name,
      block: await this.resource(name),
      facts: this.options.facts,
      defaultTags: defaultTagsOf(this.configurations.of(connection)),
    };
    const { planned, requiresReplace, mayReplace } = plan(type, {
      prior: objectOf(request.prior_state),
      proposed: objectOf(request.proposed_new_state),
      config: objectOf(request.config),
    });
    return {
      planned_state: encode(planned),
      requires_replace: requiresReplace.map((steps) => ({
        steps: steps.map((step) =>
          typeof step === "string" ? { attribute_name: step } : { element_key_int: step },
        ),
      })),
      diagnostics: mayReplace.map(({ path, reason }) => ({
        severity: "WARNING",
        summary: `simulated: a change of '${path}' may replace this ${name}`,
        detail: reason ?? `No fact says what a change of '${path}' does, so an update in place is shown.`,
      })),
    };
  }

  private async apply(request: Request, connection: object) {
    const type = request.type_name ?? "";
    const { world, tally, latencyMs } = this.options;
    const prior = objectOf(request.prior_state);
    const planned = objectOf(request.planned_state);
    await new Promise((resolve) => setTimeout(resolve, latencyMs));

    const failed = this.failure(planned ? "apply" : "destroy", type);
    if (failed) return { new_state: request.prior_state, diagnostics: [failed] };
    if (!planned) {
      const refused = prior && (await world.settled(() => refusal(this.options, type, prior)));
      if (refused) {
        tally.refused++;
        return {
          new_state: request.prior_state,
          diagnostics: [error(`simulated: cannot delete this ${type}`, refused)],
        };
      }
      if (prior) world.remove(type, prior);
      tally.destroyed++;
      return { new_state: encode(null) };
    }

    const refused = prior && changeRefusal(this.options, type, prior, planned);
    if (refused) {
      tally.refused++;
      return {
        new_state: request.prior_state,
        diagnostics: [error(`simulated: cannot change this ${type}`, refused)],
      };
    }
    const block = await this.resource(type);
    const made = prior
      ? this.invent(
          type,
          block,
          counted({ name: type, facts: this.options.facts }, prior, planned),
          connection,
        )
      : this.create(type, block, planned, connection);
    if (prior) tally.updated++;
    else tally.created++;
    world.put(type, made);
    return { new_state: encode(made) };
  }

  /** Two resources with equal configuration are still two: the seed is varied until the id is a new one. */
  private create(type: string, block: Block, planned: ObjectValue, connection: object): ObjectValue {
    let made = this.invent(type, block, planned, connection);
    for (let twin = 1; typeof made["id"] === "string" && this.options.world.has(type, made["id"]); twin++) {
      const next = this.invent(type, block, planned, connection, twin);
      if (same(next["id"], made["id"])) return next;
      made = next;
    }
    return made;
  }

  private invent(
    type: string,
    block: Block,
    planned: ObjectValue,
    connection: object,
    twin = 0,
  ): ObjectValue {
    const { facts, world } = this.options;
    const seed = `${type}\n${canonical(planned)}\n${twin}`;
    const cloud = this.configurations.cloudOf(connection);
    return invent({ type, block, facts, world, cloud, seed }, planned);
  }

  private async import({ type_name: type = "", id = "" }: Request, connection: object) {
    const block = await this.resource(type);
    const state = this.invent(type, block, imported(block, type, this.options.facts, id), connection);
    this.options.tally.imported++;
    return {
      imported_resources: [{ type_name: type, state: encode(state) }],
      diagnostics: [
        {
          severity: "WARNING",
          summary: `simulated: nothing is known of the ${type} that is imported`,
          detail: "Only its id is taken over; a real import would read the other attributes from the cloud.",
        },
      ],
    };
  }

  private async data({ type_name: type = "", config }: Request, connection: object) {
    const failed = this.failure("data", type);
    if (failed) return { diagnostics: [failed] };
    const block = this.known((await this.load()).dataSources[type], "data source", type);
    const asked = objectOf(config) ?? {};
    for (const [name, attribute] of Object.entries(block.attributes)) {
      if (attribute.computed && (asked[name] ?? null) === null) asked[name] = new Unknown();
    }
    return { state: encode(this.invent(`data.${type}`, block, asked, connection)) };
  }

  private open({ type_name: type = "", config }: Request, connection: object) {
    const failed = this.failure("open", type);
    if (failed) return { diagnostics: [failed] };
    const { binding, facts, world } = this.options;
    const block = this.known(ephemeralTypesOf(binding.source)[type], "ephemeral resource", type);
    const asked = objectOf(config) ?? {};
    const cloud = this.configurations.cloudOf(connection);
    const seed = `ephemeral.${type}\n${canonical(asked)}`;
    return { result: encode(open({ type: `ephemeral.${type}`, block, facts, world, cloud, seed }, asked)) };
  }

  private failure(step: Step, type: string): Diagnostic | undefined {
    const failure = this.options.failures.find((one) => one.step === step && one.type === type);
    if (!failure) return undefined;
    failure.used = true;
    this.options.tally.failed++;
    return error(`simulated: ${step} of this ${type} failed`, failure.message);
  }
}

function error(summary: string, detail: string): Diagnostic {
  return { severity: "ERROR", summary, detail };
}

function objectOf(dynamic: DynamicValue | undefined): ObjectValue | null {
  const value = decode(dynamic);
  return isObject(value) ? value : null;
}
