import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import * as https from "node:https";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { ROOT } from "../../support/run";
import type { FaultProxy, Tls } from "./fault-proxy";
import { inRun, shared } from "./shared-server";
import { freePort, stop, untilReady } from "./shell";

const AZURITE = path.join(ROOT, "node_modules/azurite/dist/src/blob/main.js");

/** Azurite on the loopback, with TLS, since it takes bearer tokens over nothing else. */
export class Azurite {
  private constructor(
    private readonly child: ChildProcess | undefined,
    private readonly directory: string,
    readonly url: string,
  ) {}

  /**
   * All tests of a run have the same one, with containers of their own names, but for whoever names an account.
   *
   * @param account the name of its only storage account
   */
  static async start(account?: string): Promise<Azurite> {
    if (inRun() && account === undefined) {
      const { url, directory } = await shared("azurite", (parent) => Azurite.launch(parent));
      return new Azurite(undefined, directory, url);
    }
    const { child, directory, url } = await Azurite.launch(tmpdir(), account);
    return new Azurite(child, directory, url);
  }

  private static async launch(parent: string, account = "devstoreaccount1") {
    const directory = mkdtempSync(path.join(parent, "keelson-azurite-"));
    const cert = path.join(directory, "cert.pem");
    const key = path.join(directory, "key.pem");
    const made = spawnSync("openssl", [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
      ...["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
    ]);
    if (made.status !== 0) {
      throw new Error(`openssl made no certificate: ${String(made.stderr)}`);
    }
    const port = await freePort();
    const child = spawn(
      process.execPath,
      [
        ...[AZURITE, "--silent", "--disableTelemetry", "--oauth", "basic", "--cert", cert, "--key", key],
        ...["--location", directory, "--blobHost", "127.0.0.1", "--blobPort", String(port)],
      ],
      {
        cwd: directory,
        // The account has to have a key, though nobody uses it.
        env: {
          ...{ PATH: process.env["PATH"], HOME: directory },
          AZURITE_ACCOUNTS: `${account}:${randomBytes(64).toString("base64")}`,
        },
        stdio: "ignore",
      },
    );
    const url = `https://127.0.0.1:${port}`;
    await untilReady(child, () => answers(url, readFileSync(cert, "utf8")));
    return { child, directory, url };
  }

  get tls(): Tls {
    const read = (name: string) => readFileSync(path.join(this.directory, name), "utf8");
    return { cert: read("cert.pem"), key: read("key.pem") };
  }

  /** The file that a client has to trust. */
  get certificate(): string {
    return path.join(this.directory, "cert.pem");
  }

  /** One that others have, too, is left to the end of the run. */
  async stop(): Promise<void> {
    if (this.child === undefined) return;
    await stop(this.child);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/**
 * A token as Azurite wants it: it looks at audience, issuer and lifetime, and at no signature.
 *
 * @param seconds its lifetime from now; negative for one that is over
 */
export function bearerToken(seconds = 3600): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    aud: "https://storage.azure.com/",
    iss: "https://sts.windows.net/11111111-1111-1111-1111-111111111111/",
    nbf: now - 7200,
    iat: now - 7200,
    exp: now + seconds,
  };
  return `${part({ alg: "none", typ: "JWT" })}.${part(claims)}.unsigned-by-azurite-tests`;
}

/**
 * Stands in for the versions that Azurite does not keep: a rewrite for a proxy in front of it, which remembers the blobs
 * that were deleted and puts them into listings with `include=versions`, in the form of Blob's documentation.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/list-blobs
 */
export function standInForVersions(): FaultProxy["rewrite"] {
  const deleted = new Set<string>();
  return ({ method, url: target = "" }) => {
    const url = new URL(target, "https://azurite");
    if (method === "DELETE") {
      deleted.add(decodeURIComponent(url.pathname));
    }
    if (!url.searchParams.get("include")?.split(",").includes("versions")) {
      return undefined;
    }
    const container = `${url.pathname.replace(/\/$/, "")}/`;
    const entries = [...deleted]
      .filter((path) => path.startsWith(container))
      .map((path) => path.slice(container.length))
      .filter((name) => name.startsWith(url.searchParams.get("prefix") ?? ""))
      .map((name) => `<Blob><Name>${name}</Name><VersionId>2026-01-01T00:00:00.0000000Z</VersionId></Blob>`)
      .join("");
    return (body) => {
      const text = body.toString().replace(/<Blobs ?\/>/, "<Blobs></Blobs>");
      return Buffer.from(text.replace("</Blobs>", `${entries}</Blobs>`));
    };
  };
}

function answers(url: string, ca: string): Promise<boolean> {
  return new Promise((resolve) => {
    https
      .get(url, { ca }, (response) => {
        response.resume();
        resolve(true);
      })
      .on("error", () => resolve(false));
  });
}
