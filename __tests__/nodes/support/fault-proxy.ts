import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { createSecureContext } from "node:tls";

/**
 * What happens to a request on its way:
 * - `"pass"`: nothing
 * - a number: that status with an empty body
 * - `"cut-download"`: the connection ends in the middle of the answer's body
 * - `"cut-upload"`: it ends when half of the request's body has been passed on
 * - `"no-length"`: the answer's length is taken away, and its body ends early with the connection
 * - `"hang"`: no answer
 * - `"cut"`: the connection ends without an answer
 */
export type Fault = "pass" | number | "cut-download" | "cut-upload" | "no-length" | "hang" | "cut";

export interface Tls {
  readonly cert: string;
  readonly key: string;
}

/** A proxy that makes faults which the real server behind it cannot be brought to. */
export class FaultProxy {
  fault: Fault = "pass";
  /**
   * Changes the bodies of answers, where a server cannot do what the cloud's does. It is asked at each request, and gives
   * the change for the answer to it, or nothing where the answer goes through as it is.
   */
  rewrite: (request: http.IncomingMessage) => ((body: Buffer) => Buffer) | undefined = () => undefined;
  private readonly server: http.Server;
  /**
   * A connection that is kept may be closed by the server just when it is taken again, a fault that nobody asked for: so this
   * keeps none, but what TLS remembers of the one before.
   */
  private readonly agent: http.Agent;

  private constructor(
    private readonly target: URL,
    private readonly tls: Tls | undefined,
  ) {
    this.agent = tls
      ? new https.Agent({ secureContext: createSecureContext({ ca: tls.cert }) })
      : new http.Agent();
    this.server = tls ? https.createServer(tls) : http.createServer();
    // A client may send a body only after "100 Continue", which Node answers by itself where nobody listens.
    this.server.on("request", (request, response) => this.forward(request, response));
  }

  /** @param socket the path of a unix socket to listen on, in place of a free port of the loopback */
  static async start(target: string, tls?: Tls, socket?: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(new URL(target), tls);
    await new Promise<void>((resolve, reject) => {
      proxy.server.on("error", reject);
      if (socket === undefined) proxy.server.listen(0, "127.0.0.1", resolve);
      else proxy.server.listen(socket, resolve);
    });
    return proxy;
  }

  get url(): string {
    return `${this.target.protocol}//127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on no request gets through, and those under way end. */
  cutOff(): void {
    this.fault = "cut";
    this.dropAll();
  }

  /** Ends every connection, those of a request that hangs too. */
  dropAll(): void {
    this.server.closeAllConnections();
  }

  stop(): Promise<void> {
    this.dropAll();
    this.agent.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private forward(request: http.IncomingMessage, response: http.ServerResponse): void {
    const fault = this.fault;
    if (fault === "hang") {
      return;
    }
    if (fault === "cut") {
      request.socket.destroy();
      return;
    }
    if (typeof fault === "number") {
      response.writeHead(fault, { "Content-Length": 0 }).end();
      return;
    }
    const { hostname, port } = this.target;
    const upstream = (this.tls ? https : http).request(
      {
        hostname,
        port,
        method: request.method,
        path: request.url,
        // A server that is told "close" and answers before it has read a body takes the answer back with the connection.
        headers: { ...request.headers, connection: "keep-alive" },
        agent: this.agent,
        // Its certificate is for its own address, by whatever name a machine has asked for it.
        servername: "",
      },
      (answer) => {
        answered = true;
        void received(request).then(() => this.answer(request, answer, response, fault));
      },
    );
    let answered = false;
    upstream.on("error", (error: NodeJS.ErrnoException) => {
      if (answered) return;
      // A fault that nobody asked for would look like one of the scripts'.
      if (fault === "pass" && !request.socket.destroyed) {
        process.stderr.write(`proxy: ${request.method} ${request.url}: ${error.code ?? error.message}\n`);
      }
      response.destroy();
    });
    const half = Number(request.headers["content-length"] ?? 0) / 2;
    let passed = 0;
    request.on("data", (chunk: Buffer) => {
      passed += chunk.length;
      if (answered) return;
      if (fault === "cut-upload" && passed >= half) {
        upstream.write(chunk.subarray(0, chunk.length >> 1), () => {
          upstream.destroy();
          request.socket.destroy();
        });
        request.removeAllListeners("data");
        return;
      }
      if (!upstream.write(chunk)) {
        request.pause();
        upstream.once("drain", () => request.resume());
      }
    });
    request.on("end", () => upstream.end());
  }

  private async answer(
    request: http.IncomingMessage,
    answer: http.IncomingMessage,
    response: http.ServerResponse,
    fault: Fault,
  ): Promise<void> {
    const rewrite = this.rewrite(request);
    if (fault === "pass" && rewrite === undefined) {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of answer) {
      chunks.push(chunk as Buffer);
    }
    const body = Buffer.concat(chunks);
    const headers = { ...answer.headers };
    delete headers["transfer-encoding"];
    if (fault === "pass") {
      const text = rewrite?.(body) ?? body;
      response.writeHead(answer.statusCode ?? 502, { ...headers, "content-length": text.length }).end(text);
      return;
    }
    const start = body.subarray(0, body.length >> 1);
    if (fault === "no-length") {
      request.socket.end(
        `HTTP/1.1 200 OK\r\nETag: ${answer.headers.etag}\r\nConnection: close\r\n\r\n${start.toString("latin1")}`,
      );
      return;
    }
    response.writeHead(answer.statusCode ?? 502, { ...headers, "content-length": body.length });
    response.write(start, () => request.socket.destroy());
  }
}

/**
 * The end of a request. A server may answer before it has read all of it, and closes the connection then: whoever still
 * sends, as `socat` before this proxy does, would lose the answer.
 */
function received(request: http.IncomingMessage): Promise<void> {
  request.resume();
  return new Promise((resolve) => {
    if (request.readableEnded || request.destroyed) resolve();
    request.once("end", resolve).once("close", resolve);
  });
}
