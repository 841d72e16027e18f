import {
  createServer,
  type IncomingMessage,
  request as forward,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import type { FakeAzure } from "../nodes/support/fake-azure";
import type { Pair } from "./certificates";

/**
 * The way to a fake of a key vault under the name of a real one: a proxy that leads every host to the fake, with the certificate of
 * a test. Like a vault it says to those who bring no token where to get one.
 */
export class VaultFront {
  /** The hosts that were asked for, in order. */
  readonly hosts: string[] = [];
  /** What is answered in place of the vault, such as half of what it says. */
  instead: string | undefined;
  private readonly inner = createServer((request, response) => {
    this.pass(request, response);
  });
  private readonly proxy: Server;

  private constructor(
    private readonly azure: FakeAzure,
    pair: Pair,
  ) {
    const secureContext = createSecureContext(pair);
    this.proxy = createServer().on("connect", ({ url = "" }: IncomingMessage, socket) => {
      this.hosts.push(url);
      socket.write("HTTP/1.1 200 Connected\r\n\r\n");
      this.inner.emit("connection", new TLSSocket(socket as never, { isServer: true, secureContext }));
    });
  }

  static async start(azure: FakeAzure, pair: Pair): Promise<VaultFront> {
    const front = new VaultFront(azure, pair);
    await new Promise<void>((resolve) => front.proxy.listen(0, "127.0.0.1", resolve));
    return front;
  }

  /** What HTTPS_PROXY has to be. */
  get url(): string {
    return `http://127.0.0.1:${(this.proxy.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.proxy.close();
    this.proxy.closeAllConnections();
  }

  /** @see https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses */
  private pass(request: IncomingMessage, response: ServerResponse): void {
    const { method, url = "/", headers } = request;
    if (headers.authorization === undefined) {
      const where =
        'authorization="https://login.microsoftonline.com/tenant", resource="https://vault.azure.net"';
      response.writeHead(401, { "WWW-Authenticate": `Bearer ${where}` }).end();
      return;
    }
    if (this.instead !== undefined) {
      response.writeHead(200, { "Content-Type": "application/json" }).end(this.instead);
      return;
    }
    request.pipe(
      forward(new URL(url, this.azure.url), { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      }),
    );
  }
}
