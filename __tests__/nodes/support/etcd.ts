import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import * as path from "node:path";
import { freePort, stop, TOOLS, untilReady } from "./shell";

export const ETCD_MINORS = ["3.6", "3.7"] as const;
export type EtcdMinor = (typeof ETCD_MINORS)[number];

export const tool = (name: string) => path.join(TOOLS, name);
export const hasEtcd =
  ETCD_MINORS.every((minor) => existsSync(tool(`etcd-${minor}`))) && existsSync(tool("kubeadm"));

/** The certificates of an etcd, made by kubeadm's own phases. */
export function makeEtcdPki(directory: string): void {
  for (const phase of ["etcd-ca", "etcd-server", "etcd-peer", "etcd-healthcheck-client"]) {
    execFileSync(tool("kubeadm"), ["init", "phase", "certs", phase, "--cert-dir", directory], {
      stdio: "ignore",
    });
  }
}

/** A real etcd on the loopback, with TLS and client certificates as on a master. */
export class Etcd {
  private constructor(
    private readonly child: ChildProcess,
    readonly endpoint: string,
    private readonly minor: EtcdMinor,
    private readonly pki: string,
  ) {}

  static async start(
    minor: EtcdMinor,
    { data, pki, peer }: { data: string; pki: string; peer: number },
  ): Promise<Etcd> {
    const endpoint = `https://127.0.0.1:${await freePort()}`;
    const peerUrl = `https://127.0.0.1:${peer}`;
    const file = (name: string) => path.join(pki, "etcd", name);
    const child = spawn(
      tool(`etcd-${minor}`),
      [
        ...["--name", "master", "--data-dir", data, "--log-level", "error"],
        ...["--listen-client-urls", endpoint, "--advertise-client-urls", endpoint],
        ...[
          "--listen-peer-urls",
          peerUrl,
          "--initial-advertise-peer-urls",
          peerUrl,
          "--initial-cluster",
          `master=${peerUrl}`,
        ],
        ...[
          "--cert-file",
          file("server.crt"),
          "--key-file",
          file("server.key"),
          "--trusted-ca-file",
          file("ca.crt"),
        ],
        ...["--client-cert-auth", "--peer-client-cert-auth", "--peer-cert-file", file("peer.crt")],
        ...["--peer-key-file", file("peer.key"), "--peer-trusted-ca-file", file("ca.crt")],
      ],
      { stdio: "ignore" },
    );
    const etcd = new Etcd(child, endpoint, minor, pki);
    await untilReady(child, () => Promise.resolve(etcd.ctl("endpoint", "health") !== ""));
    return etcd;
  }

  ctl(...args: string[]): string {
    return execFileSync(tool(`etcdctl-${this.minor}`), [...this.flags, ...args], {
      encoding: "utf8",
      stdio: "pipe",
    });
  }

  /** Like `ctl`, in the background: a watch. */
  watch(...args: string[]): ChildProcess {
    return spawn(tool(`etcdctl-${this.minor}`), [...this.flags, "watch", ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  get revision(): number {
    return Number(/"revision":(\d+)/.exec(this.ctl("endpoint", "status", "-w", "json"))?.[1]);
  }

  stop(): Promise<void> {
    return stop(this.child);
  }

  private get flags(): string[] {
    const file = (name: string) => path.join(this.pki, "etcd", name);
    return [
      ...["--endpoints", this.endpoint, "--cacert", file("ca.crt")],
      ...["--cert", file("healthcheck-client.crt"), "--key", file("healthcheck-client.key")],
    ];
  }
}
