import { randomUUID } from "node:crypto";
import { symlinkSync, mkdirSync } from "node:fs";
import * as path from "node:path";
import { type EtcdMinor, Etcd, makeEtcdPki, tool } from "./etcd";
import { FakeMetadataService } from "./metadata-service";
import { S3Server } from "./s3-server";
import { freePort, Shell, type ShellEnded } from "./shell";

const LIBRARIES = [
  "answers.sh",
  "log.sh",
  "aws/api.sh",
  "aws/store.sh",
  "epoch.sh",
  "snapshot.sh",
  "restore.sh",
  "pin.sh",
];

/** A bucket on a real S3 server, and the machines that use it one after the other. */
export class Estate {
  private readonly masters: Master[] = [];

  private constructor(
    readonly server: S3Server,
    private readonly metadata: FakeMetadataService,
    readonly bucket: string,
    readonly pki: string,
    private readonly minor: EtcdMinor,
    private readonly home: Shell,
  ) {}

  static async start(minor: EtcdMinor): Promise<Estate> {
    const server = await S3Server.start();
    const metadata = await FakeMetadataService.start();
    metadata.credentials = server.session([{ Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:::*" }]);
    const home = new Shell([], {});
    const pki = path.join(home.directory, "pki");
    makeEtcdPki(pki);
    const estate = new Estate(server, metadata, `cluster-${randomUUID()}`, pki, minor, home);
    const made = await estate.master("builder").run(`
      s3_request PUT '' '' && [ "$REPLY_CODE" = 200 ]
      printf '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>' >v
      s3_put '' 'versioning=' v`);
    if (made.status !== 0) throw new Error(`no bucket: ${made.stderr}`);
    return estate;
  }

  /** A machine of its own, with an empty disk. */
  master(instance: string): Master {
    const master = new Master(instance, this.minor, this.pki, {
      IMDS: this.metadata.url,
      AWS_REGION: "us-east-1",
      STORE_URL: `${this.server.url}/${this.bucket}`,
    });
    this.masters.push(master);
    return master;
  }

  async stop(): Promise<void> {
    for (const master of this.masters) await master.dispose();
    this.home.dispose();
    await this.metadata.stop();
    await this.server.stop();
  }
}

/** One machine: the libraries of the boot scripts, and an etcd that a stand-in for kubelet starts. */
export class Master {
  private readonly shell: Shell;
  private etcd: Etcd | undefined;
  private peer = 0;

  constructor(
    readonly instance: string,
    private readonly minor: EtcdMinor,
    private readonly pki: string,
    env: Readonly<Record<string, string>>,
  ) {
    this.shell = new Shell(LIBRARIES, {
      ...env,
      PKI: pki,
      ETCD_NAME: "master",
      CLUSTER_ID: "c1",
      CLOCK_SCALE: "0.01",
    });
    mkdirSync(path.join(this.shell.directory, "bin"));
    for (const name of ["etcdctl", "etcdutl"]) {
      symlinkSync(tool(`${name}-${minor}`), path.join(this.shell.directory, "bin", name));
    }
  }

  get directory(): string {
    return this.shell.directory;
  }

  run(script: string): Promise<ShellEnded> {
    return this.shell.run(script, {
      PATH: `${path.join(this.directory, "bin")}:${process.env["PATH"] ?? ""}`,
      ETCD_PEER_URL: `https://127.0.0.1:${this.peer || 2380}`,
      ...(this.etcd && { ETCD_ENDPOINT: this.etcd.endpoint }),
    });
  }

  async startEtcd(): Promise<Etcd> {
    this.peer ||= await freePort();
    const data = path.join(this.directory, "var/lib/etcd");
    this.etcd = await Etcd.start(this.minor, { data, pki: this.pki, peer: this.peer });
    return this.etcd;
  }

  /** Takes and uploads a snapshot, and prints its name. */
  async backup(epoch: number): Promise<string> {
    const { status, stdout, stderr } = await this.run(`
      revision=$(snapshot_take ${epoch} "$CLUSTER_ID" snapshot.db)
      snapshot_upload ${epoch} "$revision" snapshot.db >&2
      snapshot_name ${epoch} "$revision"`);
    if (status !== 0) throw new Error(`backup ended with ${status}: ${stderr}`);
    return stdout.trim();
  }

  /** Chooses a snapshot and restores it under `epoch`; prints its name. */
  async restore(epoch: number, pinned = ""): Promise<ShellEnded> {
    this.peer ||= await freePort();
    return this.run(`
      name=$(restore_choose "$CLUSTER_ID" restore.db "${pinned}")
      restore_database restore.db ${epoch}
      echo "$name"`);
  }

  async dispose(): Promise<void> {
    await this.etcd?.stop();
    this.shell.dispose();
  }
}
