import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Request {
  readonly method: string;
  readonly url: URL;
  /** As it was sent: what is signed. */
  readonly target: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

/** An error of a service, with the status and the code that the service gives it. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail = "",
  ) {
    super(code);
  }
}

/** Puts entries in the place of all that a map has. */
export function put<V>(map: Map<string, V>, entries: readonly (readonly [string, V])[]): void {
  map.clear();
  for (const [name, value] of entries) map.set(name, value);
}

/**
 * A status, no answer at all, or one that ends with the connection after half of its body: `"cut"` has said how long that
 * is, `"no-length"` has not.
 */
export type Outage = number | "hang" | "cut" | "no-length";

/** What a fake of a cloud's API has in common with the others: where it listens, what it denies, and that it may be down. */
export abstract class FakeServer {
  /** By the service's name. */
  readonly outages = new Map<string, Outage>();
  /** Each request that was let in, as "service action", in order. */
  readonly calls: string[] = [];
  /** How many requests have come in, let in or not. */
  received = 0;
  private readonly denied = new Set<string>();
  private readonly servers: Server[] = [];
  private port = 0;

  /** Listens on a free port of the loopback. */
  async open(): Promise<void> {
    const server = await this.listening((opened, done) => opened.listen(0, "127.0.0.1", done));
    this.port = (server.address() as AddressInfo).port;
  }

  /** Listens on a unix socket as well. */
  async listen(socketPath: string): Promise<void> {
    await this.listening((server, done) => server.listen(socketPath, done));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** @param what a service, or one of its actions */
  deny(what: string): void {
    this.denied.add(what);
  }

  /** All is well and permitted again. */
  heal(): void {
    this.denied.clear();
    this.outages.clear();
  }

  /** Ends every connection, those of a request that hangs too. */
  dropAll(): void {
    for (const server of this.servers) server.closeAllConnections();
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.servers.map((server) => {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        return closed;
      }),
    );
  }

  /** The service that a request is for: it may be down. */
  protected abstract service(request: Request): string;
  protected abstract answer(request: Request): Answer;

  protected isDenied(service: string, action: string): boolean {
    return this.denied.has(service) || this.denied.has(action);
  }

  private async listening(listen: (server: Server, done: () => void) => void): Promise<Server> {
    const server = createServer((request, response) => void this.serve(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      listen(server, resolve);
    });
    this.servers.push(server);
    return server;
  }

  private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    this.received++;
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const target = incoming.url ?? "/";
    const { method = "GET", headers } = incoming;
    const url = new URL(target, "http://fake");
    const request: Request = { method, url, target, headers, body: Buffer.concat(chunks) };
    const outage = this.outages.get(this.service(request));
    if (outage === "hang") return;
    if (typeof outage === "number") {
      response.writeHead(outage, { "Content-Length": 0 }).end();
      return;
    }
    const { status, body, type = "application/json" } = this.answer(request);
    const length = Buffer.byteLength(body);
    if (outage === "no-length") {
      incoming.socket.end(
        `HTTP/1.1 ${status} Fake\r\nConnection: close\r\n\r\n${body.slice(0, length >> 1)}`,
      );
      return;
    }
    response.writeHead(status, { "Content-Type": type, "Content-Length": length });
    if (outage === "cut") response.write(body.slice(0, length >> 1), () => incoming.socket.destroy());
    else response.end(body);
  }
}
