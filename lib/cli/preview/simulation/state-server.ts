import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

/**
 * Keeps states for Terraform's `http` back end, on this machine only, in files. Its `local` one writes and compares the
 * whole state after each resource, which for 500 of them is most of an apply's time; over HTTP it does so in the end.
 *
 * @see https://developer.hashicorp.com/terraform/language/backend/http
 */
export class StateServer {
  private server?: Server;
  private readonly files = new Map<string, string>();
  /** Other users of the machine can reach the port. */
  private readonly secret = randomBytes(16).toString("hex");

  async listen(): Promise<void> {
    const server = createServer((request, response) => {
      void this.answer(request, response);
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", resolve);
    });
    this.server = server;
  }

  /** The address under which Terraform finds the state in `file`. */
  addressOf(file: string): string {
    const { port } = this.server?.address() as AddressInfo;
    const name = `/${this.secret}/${encodeURIComponent(path.basename(file))}/${this.files.size}`;
    const known = [...this.files].find(([, one]) => one === file)?.[0] ?? name;
    this.files.set(known, file);
    return `http://127.0.0.1:${port}${known}`;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const file = this.files.get(request.url ?? "");
    if (file === undefined) response.writeHead(403).end();
    else if (request.method === "GET") {
      if (existsSync(file)) response.writeHead(200).end(readFileSync(file));
      else response.writeHead(404).end();
    } else if (request.method === "POST") {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, Buffer.concat(parts));
      response.writeHead(200).end();
    } else if (request.method === "DELETE") {
      rmSync(file, { force: true });
      response.writeHead(200).end();
    } else response.writeHead(405).end();
  }

  async close(): Promise<void> {
    const { server } = this;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
