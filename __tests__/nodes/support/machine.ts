import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { ROOT } from "../../support/run";
import { roleArchive } from "../../../lib/core/boot-bundle";
import { FaultProxy } from "./fault-proxy";
import { type MachineOptions, PORTS, type ServerName } from "./machine-options";
import { MachineProcess } from "./machine-process";
import { Namespaces, PATH } from "./namespaces";
import { type ShellEnded, TOOLS } from "./shell";

export { MACHINE_NEEDS, type MachineOptions, PORTS, type Server, type ServerName } from "./machine-options";

const STAND_INS = path.join(ROOT, "__tests__/nodes/stand-ins");
const script = (name: string) => readFileSync(path.join(__dirname, name), "utf8");
const lines = (text: string) => text.split("\n").map((line) => `    ${line}`);

/**
 * A machine in which the boot scripts run at their real paths, as root: a disk of its own over the host's files, a network
 * of its own with nothing in it but the servers of the test, and processes of its own, in Linux' namespaces. What a master
 * has beside them, systemd, kubelet and containerd, are stand-ins.
 */
export class Machine {
  /** One in front of each server, for the faults of this machine alone. */
  readonly proxies: Partial<Record<ServerName, FaultProxy>> = {};
  /** All that its commands have said on stderr. */
  journal = "";
  private static cables = 0;
  // Short, since a socket's path has to be.
  private readonly lab = mkdtempSync(path.join(tmpdir(), "km-"));
  private readonly running = new Set<MachineProcess>();
  private disk!: Namespaces;
  private system!: Namespaces;

  private constructor(private readonly options: MachineOptions) {}

  static async start(options: MachineOptions): Promise<Machine> {
    const machine = new Machine(options);
    try {
      await machine.insertDisk();
      await machine.boot();
      const environment = Object.entries(options.environment ?? {});
      machine.write(
        "/etc/keelson/environment",
        environment.map(([name, value]) => `${name}='${value}'\n`).join(""),
      );
      machine.installScripts();
    } catch (error) {
      await machine.destroy();
      throw error;
    }
    return machine;
  }

  get instance(): string {
    return this.options.instance;
  }

  get hostname(): string {
    return this.options.hostname;
  }

  get address(): string {
    return this.options.address;
  }

  /** The one in front of the store. */
  get proxy(): FaultProxy {
    const proxy = this.proxies.store;
    if (proxy === undefined) throw new Error(`${this.instance} has no store`);
    return proxy;
  }

  /** Unpacks its role's and its cloud's bundle, and links /opt/keelson/current to it, as install.sh does. */
  installScripts(): void {
    const { role = "control-plane", cloud = "aws" } = this.options;
    const bundle = roleArchive(role, cloud);
    const directory = "/opt/keelson/bundle";
    this.must(
      bundle,
      'mkdir -p "$1" && tar -C "$1" --no-same-owner -x && ln -sfn "$1" "${1%/*}/current"',
      directory,
    );
  }

  /** Runs bash, with the environment that systemd gives to our units and `env` on top. */
  async run(command: string, env: Readonly<Record<string, string>> = {}): Promise<ShellEnded> {
    return this.spawn(command, env).ended;
  }

  /** Like `run`, without waiting for the end. */
  spawn(command: string, env: Readonly<Record<string, string>> = {}): MachineProcess {
    const unit = 'set -a; [ ! -e "$1" ] || . "$1"; shift; exec env -- "$@"';
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const [file = "", ...args] = this.system.enter(
      ...["setsid", "bash", "--norc", "-c", unit, "unit", "/etc/keelson/environment", ...variables],
      ...["bash", "--norc", "-euo", "pipefail", "-c", command],
    );
    const child = spawn(file, args, {
      // Go's programs live for a moment: several machines share the host's processors, so they spend memory and not time.
      env: { PATH, HOME: "/root", LANG: "C.UTF-8", GOGC: "400" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const started = new MachineProcess(child);
    child.stderr.on("data", (text: string) => (this.journal += text));
    this.running.add(started);
    void started.ended.finally(() => this.running.delete(started));
    return started;
  }

  /** Ends all processes at once, as a power cut does, and starts again: the disk stays, /run and /tmp do not. */
  async reboot(): Promise<void> {
    await this.halt();
    await this.boot();
  }

  /** Ends all processes; nothing runs until `reboot`. */
  async halt(): Promise<void> {
    await this.system.end();
    await Promise.allSettled([...this.running].map((process) => process.ended));
  }

  /** Takes the machine and its disk away. */
  async destroy(): Promise<void> {
    if (this.system) await this.halt();
    await this.disk?.end();
    for (const proxy of Object.values(this.proxies)) await proxy.stop();
    rmSync(this.lab, { recursive: true, force: true });
  }

  /** Cuts it off from servers: all, unless some are named. */
  cutOff(...names: readonly ServerName[]): void {
    for (const name of names.length > 0 ? names : (Object.keys(this.proxies) as ServerName[])) {
      this.proxies[name]?.cutOff();
    }
  }

  /** Undoes `cutOff` and every fault. */
  reconnect(): void {
    for (const proxy of Object.values(this.proxies)) proxy.fault = "pass";
  }

  /** Lays a cable to another machine: each reaches the other's address, whether it is up or not. */
  connect(other: Machine): void {
    const cable = `cable${Machine.cables++}`;
    const ends = [this, other].map(({ disk }) => String(disk.pid));
    const add = `link add ${cable} netns ${ends[0]} type veth peer name ${cable} netns ${ends[1]}`;
    execFileSync("ip", add.split(" "));
    for (const [here, { address }] of [[this, other] as const, [other, this] as const]) {
      const up = `ip link set ${cable} up && ip route add ${address} dev ${cable}`;
      const [file = "", ...args] = here.disk.enter("sh", "-c", up);
      execFileSync(file, args);
    }
  }

  write(file: string, text: string | Buffer): void {
    this.must(text, 'mkdir -p "${1%/*}" && cat >"$1"', file);
  }

  read(file: string): string {
    return readFileSync(this.system.root + file, "utf8");
  }

  /** Empty where there is no such file, which may go away at any time. */
  readIfThere(file: string): string {
    try {
      return this.read(file);
    } catch {
      return "";
    }
  }

  exists(file: string): boolean {
    return existsSync(this.system.root + file);
  }

  /** Asks ten times a second. @param what stands in the error when the time is over */
  async waitFor(predicate: () => boolean | Promise<boolean>, seconds: number, what: string): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    while (!(await predicate())) {
      if (Date.now() > deadline) {
        const logs = this.system.areHeld ? this.inside("", "tail -n 5 /var/log/stand-in/*.log").stdout : "";
        const seen = [`${this.instance}, after ${seconds} s: ${what}`, ...lines(this.journal.slice(-2000))];
        throw new Error([...seen, ...lines(logs)].join("\n"));
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  private async insertDisk(): Promise<void> {
    const { minor, servers, address, hostname, diskMiB } = this.options;
    for (const [name, { url, tls }] of Object.entries(servers)) {
      const socket = path.join(this.lab, `${name}.sock`);
      this.proxies[name as ServerName] = await FaultProxy.start(url, tls, socket);
    }
    for (const name of ["disk", "root"]) mkdirSync(path.join(this.lab, name));
    this.disk = await Namespaces.start(
      ["unshare", "--mount", "--net", "--uts", "--pid", "--fork", "--kill-child"],
      script("machine-disk.sh"),
      {
        MORE_TOOLS: this.options.controllers ? "kube-controller-manager" : "",
        ...{ LAB: this.lab, TOOLS, MINOR: minor, STAND_INS, ADDRESS: address, NODE: hostname },
        DISK: diskMiB === undefined ? "90%" : `${diskMiB}m`,
        PORTS: Object.keys(servers)
          .map((name) => `${PORTS[name as ServerName]}=${name}`)
          .join(" "),
      },
    );
  }

  private async boot(): Promise<void> {
    const unshare = ["unshare", "--mount", "--pid", "--fork", "--kill-child"];
    this.system = await Namespaces.start(this.disk.enter(...unshare), script("machine-boot.sh"));
  }

  private inside(input: string | Buffer, command: string, ...args: readonly string[]) {
    const [file = "", ...rest] = this.system.enter("bash", "--norc", "-c", command, "inside", ...args);
    return spawnSync(file, rest, { input, encoding: "utf8", env: { PATH }, maxBuffer: 64 << 20 });
  }

  private must(input: string | Buffer, command: string, ...args: readonly string[]): string {
    const { status, stdout, stderr } = this.inside(input, command, ...args);
    if (status !== 0) throw new Error(`${this.instance}: ${command}, ${args.join(" ")}: ${stderr}`);
    return stdout;
  }
}
