import type { BootRole, Cloud } from "../../../lib/core";
import { has } from "../../support/tools";
import { type EtcdMinor, hasEtcd } from "./etcd";
import type { Tls } from "./fault-proxy";

/** What the lab needs, in the form that `testWith` takes. */
export const MACHINE_NEEDS: Readonly<Record<string, boolean>> = {
  "Linux and root": process.platform === "linux" && process.getuid?.() === 0,
  "socat and unshare": has("socat") && has("unshare"),
  "etcd 3.6 and 3.7 and kubeadm": hasEtcd,
};

/** The servers that a machine reaches, each on a port of its own loopback. */
export const PORTS = { store: 9000, cloud: 9001, metadata: 9002, packages: 9003 } as const;
export type ServerName = keyof typeof PORTS;

export interface Server {
  readonly url: string;
  /** Where it speaks https: the certificate that the proxy in front of it shows too. */
  readonly tls?: Tls;
}

export interface MachineOptions {
  /** Whose scripts it has. @default "control-plane" */
  readonly role?: BootRole;
  /** Whose half of them. @default "aws" */
  readonly cloud?: Cloud;
  /** Whether kube-controller-manager runs on a master, which takes a good second of processor time. @default false */
  readonly controllers?: boolean;
  readonly minor: EtcdMinor;
  readonly instance: string;
  readonly address: string;
  readonly hostname: string;
  readonly servers: Readonly<Partial<Record<ServerName, Server>>>;
  /** /etc/keelson/environment, which all commands get. */
  readonly environment?: Readonly<Record<string, string>>;
  /** @default as large as need be */
  readonly diskMiB?: number;
}
