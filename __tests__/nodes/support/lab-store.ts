import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync } from "node:fs";
import * as path from "node:path";
import { Azurite, bearerToken, standInForVersions } from "./azurite";
import { FaultProxy } from "./fault-proxy";
import { allow, BLOB, ROLE, S3, type Side } from "./lab-store-side";
import type { Server } from "./machine-options";
import { type AwsCredentials, FakeMetadataService } from "./metadata-service";
import { S3Server } from "./s3-server";
import { Shell } from "./shell";

export type StoreKind = "S3" | "Blob";

/** A real server with one bucket after the other, and what an administrator does to it. */
export class LabStore {
  private bucket = 0;
  /** Others' buckets lie on the same server. */
  private readonly name = `cluster-${randomUUID().slice(0, 8)}`;
  private readonly shell: Shell;

  private constructor(
    private readonly side: Side,
    /** Where the machines' proxies lead. */
    readonly server: Server,
    /** The master's, on AWS. */
    readonly role: AwsCredentials,
    private readonly base: string,
    private readonly administrator: FakeMetadataService,
    private readonly certificate: string | undefined,
    private readonly stopAll: () => Promise<void>,
    private readonly s3?: S3Server,
  ) {
    const half = ["api", "store"].map((name) => `${side.cloud}/${name}.sh`);
    this.shell = new Shell(["log.sh", "answers.sh", "value.sh", "json.sh", ...half], {
      ...{ CLOUD: side.cloud, IMDS: administrator.url, ...side.environment },
      ...(certificate && { CURL_CA_BUNDLE: certificate }),
    });
  }

  static async start(kind: StoreKind): Promise<LabStore> {
    const administrator = await FakeMetadataService.start();
    const store = await (kind === "S3" ? LabStore.s3(administrator) : LabStore.blob(administrator));
    await store.renew();
    return store;
  }

  /** Makes the master's role the one of a machine that asks `metadata`. */
  lend(metadata: FakeMetadataService): void {
    metadata.credentials = this.role;
    if (this.cloud === "azure") metadata.bearerToken = bearerToken();
  }

  /** A session of a role with these statements, on S3. */
  session(statements: readonly object[]): AwsCredentials {
    if (this.s3 === undefined) throw new Error("this store is not on S3");
    return this.s3.session(statements);
  }

  get cloud(): "aws" | "azure" {
    return this.side.cloud;
  }

  /** The bucket's path on the server, such as /cluster-0a1b2c3d-1. */
  get path(): string {
    return `${new URL(this.base).pathname}/${this.name}-${this.bucket}`.replace("//", "/");
  }

  /** Goes on with another bucket, which is empty. */
  async renew(): Promise<void> {
    this.bucket++;
    await this.admin("create_store");
  }

  /**
   * Runs bash with the libraries of the boot scripts, as an administrator of the store and on the host, with
   * `create_store`, `remove_store`, `remove KEY` and `store_overwrite KEY FILE` beside them.
   *
   * @returns what it has printed
   */
  async admin(script: string): Promise<string> {
    const STORE_URL = new URL(this.path, this.server.url).href;
    const { status, stdout, stderr } = await this.shell.run(`${this.side.functions}\n${script}`, {
      STORE_URL,
    });
    if (status !== 0) throw new Error(`the store's administrator got ${status}: ${stderr}`);
    return stdout;
  }

  /** The keys that there are. */
  keys(): readonly string[] {
    const listing = this.curl(`url = "${this.url}${this.side.list}"\n`);
    if (/<IsTruncated>true|<NextMarker>[^<]/.test(listing)) throw new Error("too many objects for the lab");
    return [...listing.matchAll(this.side.key)].map(([, key = ""]) => key);
  }

  /** Puts all objects into a directory, a file each; versions and tags are left behind. */
  save(directory: string): void {
    mkdirSync(directory, { recursive: true });
    const parts = this.keys().map(
      (key) => `url = "${this.url}/${key}"\noutput = "${path.join(directory, key)}"\n`,
    );
    if (parts.length > 0) this.curl(`create-dirs\n${parts.join("")}`);
  }

  /** Goes on with another bucket that has what `save` put into a directory. */
  async load(directory: string): Promise<void> {
    await this.renew();
    const parts = readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => `url = "${this.url}/${path.relative(directory, file)}"\nupload-file = "${file}"\n`);
    if (parts.length > 0) this.curl(`${this.side.upload}${parts.join("")}`);
  }

  async stop(): Promise<void> {
    this.shell.dispose();
    await this.administrator.stop();
    await this.stopAll();
  }

  private get url(): string {
    return new URL(this.path, this.base).href;
  }

  /** All requests by one process, so that a bucket of dozens of objects is copied in no time. */
  private curl(config: string): string {
    const { status, stdout, stderr } = spawnSync("curl", ["--disable", "--config", "-"], {
      input: `silent\nshow-error\nfail\ngloboff\n${this.side.curl}${config}`,
      encoding: "utf8",
      maxBuffer: 64 << 20,
      env: { PATH: process.env["PATH"], ...(this.certificate && { CURL_CA_BUNDLE: this.certificate }) },
    });
    if (status !== 0) throw new Error(`the store's administrator got curl's ${status}: ${stderr}`);
    return stdout;
  }

  private static async s3(administrator: FakeMetadataService): Promise<LabStore> {
    const server = await S3Server.start();
    const all = server.session([allow(["*"])]);
    administrator.credentials = all;
    const curl = [
      `user = "${all.AccessKeyId}:${all.SecretAccessKey}"\naws-sigv4 = "aws:amz:us-east-1:s3"\n`,
      `header = "x-amz-security-token: ${all.Token}"\n`,
    ].join("");
    const role = server.session([ROLE]);
    const stop = () => server.stop();
    return new LabStore({ ...S3, curl }, server, role, server.url, administrator, undefined, stop, server);
  }

  private static async blob(administrator: FakeMetadataService): Promise<LabStore> {
    const server = await Azurite.start();
    const versions = await FaultProxy.start(server.url, server.tls);
    versions.rewrite = standInForVersions();
    administrator.bearerToken = bearerToken();
    const curl = [
      `header = "Authorization: Bearer ${administrator.bearerToken}"\n`,
      'header = "x-ms-version: 2023-11-03"\n',
    ].join("");
    const role = { AccessKeyId: "", SecretAccessKey: "", Token: "" };
    const stop = async () => {
      await versions.stop();
      await server.stop();
    };
    const seen = { url: versions.url, tls: server.tls };
    const account = `${server.url}/devstoreaccount1`;
    return new LabStore({ ...BLOB, curl }, seen, role, account, administrator, server.certificate, stop);
  }
}
