import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import type { BootRole } from "../../../lib/core";
import { type EtcdMinor, tool } from "./etcd";
import { FakeAws } from "./fake-aws";
import { FakeAzure } from "./fake-azure";
import { LabCloud } from "./lab-cloud";
import { LabStore, type StoreKind } from "./lab-store";
import { Machine } from "./machine";
import { PORTS } from "./machine-options";
import type { FakeMetadataService } from "./metadata-service";
import { PackageHost } from "./package-host";
import { synthesizedEnvironment } from "./synthesized";

export interface LabMachineOptions {
  /** Whether kube-controller-manager runs on it. @default false */
  readonly controllers?: boolean;
  /** @default as large as need be */
  readonly diskMiB?: number;
  /** On top of a master's own. */
  readonly environment?: Readonly<Record<string, string>>;
}

const CERTIFICATE = "/etc/keelson/store.pem";
/** The version in the name of a tool's file, such as etcd-3.6.16. */
const versionOf = (name: string) => /-([\d.]+)$/.exec(path.basename(realpathSync(tool(name))))?.[1] ?? "";
/** Where a lab saves the store, and all else. */
const kept = (directory: string) =>
  [path.join(directory, "objects"), path.join(directory, "lab.json")] as const;

/** What one cluster has around it: a store, the cloud, package hosts; and the machines that are its masters. */
export class Lab {
  private readonly machines = new Map<Machine, FakeMetadataService>();
  private addresses = 0;

  private constructor(
    readonly store: LabStore,
    readonly cloud: LabCloud,
    readonly packages: PackageHost,
    private readonly minor: EtcdMinor,
  ) {}

  static async start({ store, minor }: { store: StoreKind; minor: EtcdMinor }): Promise<Lab> {
    const started = await LabStore.start(store);
    return new Lab(started, await LabCloud.start(started), await PackageHost.start(), minor);
  }

  /** The cloud's API, where it is AWS. */
  get aws(): FakeAws {
    if (this.cloud.api instanceof FakeAws) return this.cloud.api;
    throw new Error("this lab is on Azure");
  }

  /** The cloud's API, where it is Azure. */
  get azure(): FakeAzure {
    if (this.cloud.api instanceof FakeAzure) return this.cloud.api;
    throw new Error("this lab is on AWS");
  }

  /** Launches a machine: it has an empty disk, nothing runs on it, and the cloud waits for its launch hook. */
  machine(name: string, options: LabMachineOptions = {}): Promise<Machine> {
    return this.launch("control-plane", this.environment, name, options);
  }

  /** Launches a machine of a pool, which reaches a master by the API's name. */
  async node(name: string, master: Machine, options: LabMachineOptions = {}): Promise<Machine> {
    const node = await this.launch("node", this.nodeEnvironment, name, options);
    node.connect(master);
    node.write("/etc/hosts", `127.0.0.1 localhost\n${master.address} ${this.apiName}\n`);
    return node;
  }

  private async launch(
    role: BootRole,
    own: Readonly<Record<string, string>>,
    name: string,
    { diskMiB, controllers = false, environment }: LabMachineOptions,
  ): Promise<Machine> {
    const address = `10.0.1.${10 + this.addresses++}`;
    const { instance, hostname, metadata } = await this.cloud.launch(role, name, address);
    const { server, cloud } = this.store;
    const machine = await Machine.start({
      ...{ role, cloud, controllers, minor: this.minor, instance, address, hostname },
      environment: { ...own, ...environment },
      servers: { store: server, cloud: this.cloud.api, metadata, packages: this.packages },
      ...(diskMiB !== undefined && { diskMiB }),
    });
    this.machines.set(machine, metadata);
    if (server.tls) machine.write(CERTIFICATE, server.tls.cert);
    return machine;
  }

  /** What a machine's own metadata service says, and may be made to say. */
  metadataOf(machine: Machine): FakeMetadataService {
    const metadata = this.machines.get(machine);
    if (metadata === undefined) throw new Error(`${machine.instance} is not in this lab`);
    return metadata;
  }

  /** The machine is gone at once, with its disk, and the cloud says so. */
  async lose(machine: Machine): Promise<void> {
    await this.release(machine);
    this.cloud.end(machine.instance);
  }

  /** Loses all machines but one, for what runs on them to be at work no more. */
  async loseAllBut(kept: Machine): Promise<void> {
    for (const machine of [...this.machines.keys()]) if (machine !== kept) await this.lose(machine);
  }

  /** Runs bash on the host with the store's libraries, as its administrator; gives what it has printed. */
  admin(script: string): Promise<string> {
    return this.store.admin(script);
  }

  /** Puts the store's objects into a directory, and the cloud's secrets and keys with them. */
  save(directory: string): void {
    const [objects, rest] = kept(directory);
    this.store.save(objects);
    const { addresses } = this;
    writeFileSync(rest, JSON.stringify({ addresses, cloud: this.cloud.save() }), { mode: 0o600 });
  }

  /**
   * Goes on with a new bucket and with secrets and keys as this lab, or another one, has saved them; for the machines that
   * are made from now on. None of them has the address of one that is gone.
   */
  async load(directory: string): Promise<void> {
    const [objects, rest] = kept(directory);
    const { addresses, cloud } = JSON.parse(readFileSync(rest, "utf8")) as {
      addresses: number;
      cloud: string;
    };
    await this.store.load(objects);
    this.cloud.load(cloud);
    this.addresses = Math.max(this.addresses, addresses);
  }

  async stop(): Promise<void> {
    for (const machine of this.machines.keys()) await this.release(machine);
    await this.packages.stop();
    await this.cloud.stop();
    await this.store.stop();
  }

  private async release(machine: Machine): Promise<void> {
    await machine.destroy();
    await this.machines.get(machine)?.stop();
    this.machines.delete(machine);
  }

  /** The name of its API inside the network. */
  get apiName(): string {
    return this.synthesized["API_NAME"] ?? "";
  }

  /** As the stack's user data has it, but for where the lab's servers are, the versions of its tools, and the cluster's name, which its pools go by. */
  private get environment(): Record<string, string> {
    return { ...this.synthesized, ...this.everybodys, ...this.cloud.environment };
  }

  private get synthesized(): Readonly<Record<string, string>> {
    return synthesizedEnvironment(this.store.cloud);
  }

  /** As the contract of the role has it, without what is a master's alone. */
  private get nodeEnvironment(): Record<string, string> {
    const { KUBERNETES_VERSION = "", PACKAGES_URL = "" } = this.everybodys;
    const own = Object.entries(this.cloud.environment);
    const cloud = Object.fromEntries(own.filter(([name]) => name !== "WITNESS" && name !== "SEALING_KEY"));
    return {
      ...this.everybodys,
      ...{ POOL: "lab/general", KUBELET_VERSION: KUBERNETES_VERSION, KUBELET_PACKAGES_URL: PACKAGES_URL },
      ...cloud,
    };
  }

  private get everybodys(): Record<string, string> {
    const { cloud, path: bucket, server } = this.store;
    const scheme = new URL(server.url).protocol;
    const packages = `http://127.0.0.1:${PORTS.packages}`;
    return {
      ...{ CLOUD: cloud, CLUSTER: "lab" },
      ...{ STORE_URL: `${scheme}//127.0.0.1:${PORTS.store}${bucket}` },
      ...{ IMDS: `http://127.0.0.1:${PORTS.metadata}` },
      ...{ PACKAGES_URL: packages, CONTAINERD_PACKAGES_URL: packages },
      ...{ KUBERNETES_VERSION: versionOf("kubeadm"), ETCD_VERSION: versionOf(`etcd-${this.minor}`) },
      ...(server.tls && { CURL_CA_BUNDLE: CERTIFICATE }),
    };
  }
}
