import path from "node:path";
import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServiceClientConstructor,
  type ServiceDefinition,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import type { DynamicValue } from "./value";

export interface Diagnostic {
  readonly severity: "ERROR" | "WARNING";
  readonly summary: string;
  readonly detail: string;
}

/** The requests that core sends, with the fields that the simulator reads; all of them optional on the wire. */
export interface Request {
  readonly type_name?: string;
  readonly id?: string;
  readonly config?: DynamicValue;
  readonly current_state?: DynamicValue;
  readonly prior_state?: DynamicValue;
  readonly planned_state?: DynamicValue;
  readonly proposed_new_state?: DynamicValue;
  readonly raw_state?: { readonly json?: Uint8Array };
}

export type Response = object | Buffer;

/**
 * Answers one request. `connection` is the same object for all requests of one provider instance: that is how two
 * aliases of a provider, which share a server, are told apart.
 */
export type Handler = (request: Request, connection: object) => Response | Promise<Response>;

const PROTO = path.join(__dirname, "tfplugin5.proto");

function definition(): ServiceDefinition {
  const loaded = loadPackageDefinition(
    loadSync(PROTO, { keepCase: true, longs: Number, enums: String, defaults: false }),
  ) as unknown as { tfplugin5: { Provider: ServiceClientConstructor } };
  const service = { ...loaded.tfplugin5.Provider.service };
  // A whole provider's schema is megabytes: it is encoded once and handed over as bytes.
  for (const [name, method] of Object.entries(service)) {
    const serialize = method.responseSerialize;
    service[name] = {
      ...method,
      responseSerialize: (value) => (Buffer.isBuffer(value) ? value : serialize(value)),
    };
  }
  return service;
}

/** Encodes an answer to `GetSchema`. */
export function encodeSchema(message: object): Buffer {
  const method = definition()["GetSchema"];
  if (!method) throw new Error("tfplugin5.proto declares no GetSchema");
  return method.responseSerialize(message);
}

/** Serves the plugin protocol on the Unix socket `socket`, in plain text: only its owner can reach it. */
export async function serve(socket: string, handlers: Readonly<Record<string, Handler>>): Promise<Server> {
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  const unary =
    (handler: Handler) => (call: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>) => {
      Promise.resolve()
        .then(() => handler(call.request, connectionOf(call)))
        .then((response) => {
          done(null, response);
        })
        .catch((error: unknown) => {
          const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
          done({ code: status.INTERNAL, details: `simulated provider: ${details}` });
        });
    };
  server.addService(
    definition(),
    Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [name, unary(handler)])),
  );
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
  return server;
}

/** The HTTP/2 session under a call. grpc-js has no public name for it; without one all calls count as one. */
function connectionOf(call: object): object {
  const inner = call as { call?: { stream?: { session?: object } } };
  return inner.call?.stream?.session ?? serve;
}
