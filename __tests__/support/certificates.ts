import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A certificate and its key, in PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority of a test's own, by openssl. */
export class Authority {
  private readonly directory = mkdtempSync(path.join(tmpdir(), "keelson-ca-"));
  private readonly own = this.make("ca", "/CN=test", ["-addext", "basicConstraints=critical,CA:TRUE"]);

  /** Its certificate, in PEM. */
  get cert(): string {
    return this.own.cert;
  }

  /** The file with its certificate. */
  get file(): string {
    return path.join(this.directory, "ca.crt");
  }

  /** @param names such as "IP:127.0.0.1", for a server */
  issue(name: string, names?: string): Pair {
    const signed = ["-CA", this.file, "-CAkey", path.join(this.directory, "ca.key")];
    return this.make(name, `/O=keelson:platform/CN=${name}`, [
      ...signed,
      ...(names ? ["-addext", `subjectAltName=${names}`] : []),
    ]);
  }

  /** The same for a name that has been issued to, with a certificate that ended a day ago. */
  end(name: string): Pair {
    const file = (kind: string) => path.join(this.directory, kind);
    const key = file(`${name}.key`);
    const request = execFileSync("openssl", ["req", "-new", "-key", key, "-subj", `/CN=${name}`]);
    const signed = ["-CA", this.file, "-CAkey", file("ca.key"), "-days", "-1"];
    const cert = execFileSync("openssl", ["x509", "-req", ...signed], {
      input: request,
      stdio: ["pipe", "pipe", "ignore"],
    });
    return { cert: cert.toString(), key: readFileSync(key, "utf8") };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  private make(name: string, subject: string, more: readonly string[]): Pair {
    const [crt, key] = ["crt", "key"].map((kind) => path.join(this.directory, `${name}.${kind}`)) as [
      string,
      string,
    ];
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    execFileSync(
      "openssl",
      ["req", "-x509", ...kind, "-subj", subject, "-out", crt, "-keyout", key, ...more],
      {
        stdio: "ignore",
      },
    );
    return { cert: readFileSync(crt, "utf8"), key: readFileSync(key, "utf8") };
  }
}
