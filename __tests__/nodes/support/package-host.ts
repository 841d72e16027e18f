import { createReadStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";

/**
 * Stands in for the hosts that a machine installs from: gives the files of a directory, such as an apt repository that a
 * test puts there, and for each name below /images/ something to take for an image.
 */
export class PackageHost {
  readonly directory = mkdtempSync(path.join(tmpdir(), "keelson-packages-"));
  /** The paths that were asked for. */
  readonly asked: string[] = [];

  private constructor(private readonly server: Server) {
    server.on("request", ({ url = "" }, response) => {
      const { pathname } = new URL(url, "http://packages");
      this.asked.push(pathname);
      const file = path.join(this.directory, decodeURIComponent(pathname));
      const found = statSync(file, { throwIfNoEntry: false });
      if (found?.isFile()) {
        response.writeHead(200, { "Content-Length": found.size });
        createReadStream(file).pipe(response);
      } else if (pathname.startsWith("/images/")) {
        response.end(`the lab's ${pathname.slice("/images/".length)}\n`);
      } else {
        response.writeHead(404).end();
      }
    });
  }

  static async start(): Promise<PackageHost> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new PackageHost(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    rmSync(this.directory, { recursive: true, force: true });
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}
