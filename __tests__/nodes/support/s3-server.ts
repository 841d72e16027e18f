import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { AwsCredentials } from "./metadata-service";
import { inRun, shared } from "./shared-server";
import { freePort, stop, TOOLS, untilReady } from "./shell";

const ROOT_KEY = "keelson-tests";
const ROOT_SECRET = "keelson-tests-root-secret";

/** MinIO on the PATH, or where scripts/dev/setup.sh builds it. */
export const S3_SERVER = [...(process.env["PATH"] ?? "").split(path.delimiter), TOOLS]
  .map((directory) => path.join(directory, "minio"))
  .find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** MinIO on the loopback: versions, delete markers, conditional writes and roles' session credentials are its own. */
export class S3Server {
  private constructor(
    private readonly child: ChildProcess | undefined,
    private readonly directory: string,
    readonly url: string,
  ) {}

  /** All tests of a run have the same one, with buckets of their own names. */
  static async start(): Promise<S3Server> {
    if (inRun()) {
      const { url, directory } = await shared("minio", (parent) => S3Server.launch(parent));
      return new S3Server(undefined, directory, url);
    }
    const { child, directory, url } = await S3Server.launch(tmpdir());
    return new S3Server(child, directory, url);
  }

  private static async launch(parent: string) {
    if (S3_SERVER === undefined) {
      throw new Error("no MinIO: run scripts/dev/setup.sh nodes");
    }
    const directory = mkdtempSync(path.join(parent, "keelson-s3-"));
    const address = `127.0.0.1:${await freePort()}`;
    const child = spawn(S3_SERVER, ["server", "--quiet", "--address", address, directory], {
      env: {
        HOME: directory,
        MINIO_ROOT_USER: ROOT_KEY,
        MINIO_ROOT_PASSWORD: ROOT_SECRET,
        MINIO_BROWSER: "off",
        // So that a bucket is found by the name that it has on AWS, too.
        MINIO_DOMAIN: "s3.us-east-1.amazonaws.com",
      },
      stdio: "ignore",
    });
    const server = new S3Server(child, directory, `http://${address}`);
    // It says that it is ready before it knows its users.
    const anything = { Effect: "Allow", Action: ["s3:*"], Resource: ["arn:aws:s3:::*"] };
    await untilReady(child, async () => server.session([anything]).Token !== "");
    return { child, directory, url: server.url };
  }

  /** A role's session, from the server's own STS. `statements` are an IAM policy's. */
  session(statements: readonly object[]): AwsCredentials {
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: statements });
    const { stdout } = spawnSync(
      "curl",
      [
        ...["--silent", "--config", "-", "--aws-sigv4", "aws:amz:us-east-1:sts", this.url],
        ...["--data", "Action=AssumeRole&Version=2011-06-15&DurationSeconds=3600"],
        ...["--data-urlencode", `Policy=${policy}`],
      ],
      { input: `user = "${ROOT_KEY}:${ROOT_SECRET}"\n`, encoding: "utf8" },
    );
    const text = (name: string): string => {
      const value = new RegExp(`<${name}>([^<]+)<`).exec(stdout)?.[1];
      if (value === undefined) {
        throw new Error(`no ${name} in the answer of the server's STS: ${stdout}`);
      }
      return value;
    };
    return {
      AccessKeyId: text("AccessKeyId"),
      SecretAccessKey: text("SecretAccessKey"),
      Token: text("SessionToken"),
    };
  }

  /** Makes a bucket that keeps versions; one that is there stays. */
  createBucket(bucket: string): void {
    this.root("PUT", bucket);
    this.root(
      "PUT",
      `${bucket}?versioning=`,
      "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
    );
  }

  put(bucket: string, key: string, content: Buffer): void {
    this.root("PUT", `${bucket}/${key}`, content);
  }

  /** A request of the server's own administrator. A bucket that is there already is no mistake. */
  private root(method: string, target: string, body: string | Buffer = ""): void {
    const file = `${this.directory}.body`;
    writeFileSync(file, body);
    const config = {
      ...{ user: `${ROOT_KEY}:${ROOT_SECRET}`, "aws-sigv4": "aws:amz:us-east-1:s3" },
      ...{ header: "x-amz-content-sha256: UNSIGNED-PAYLOAD", request: method },
      ...{ "data-binary": `@${file}`, url: `${this.url}/${target}`, "write-out": "\\n%{http_code}" },
    };
    const { stdout } = spawnSync("curl", ["--disable", "--silent", "--show-error", "--config", "-"], {
      input: Object.entries(config)
        .map(([name, value]) => `${name} = "${value}"\n`)
        .join(""),
      encoding: "utf8",
    });
    rmSync(file);
    if (!/\n200$|BucketAlreadyOwnedByYou/.test(stdout)) throw new Error(`${method} ${target}: ${stdout}`);
  }

  /** One that others have, too, is left to the end of the run. */
  async stop(): Promise<void> {
    if (this.child === undefined) return;
    await stop(this.child);
    rmSync(this.directory, { recursive: true, force: true });
  }
}
