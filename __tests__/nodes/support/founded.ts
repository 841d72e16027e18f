import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { EtcdMinor } from "./etcd";
import { Lab } from "./lab";
import type { StoreKind } from "./lab-store";
import type { Machine } from "./machine";
import { backUp, kubectl, processes, serve, snapshots } from "./masters";

const WRITTEN = ["one", "two", "three"] as const;

/**
 * A cluster that was founded by a first boot of its own, whose only master is gone, and as many copies of its store as
 * tests want. It has a snapshot of the first boot and three more, each with one ConfigMap more: one, two, three.
 */
export class Founded {
  private readonly machines: Machine[] = [];
  private launched = 0;

  private constructor(
    readonly lab: Lab,
    private readonly directory: string,
    private readonly witness: string,
  ) {}

  static async start(store: StoreKind, minor: EtcdMinor = "3.6"): Promise<Founded> {
    const lab = await Lab.start({ store, minor });
    const first = await lab.machine("first");
    await serve(first);
    for (const name of WRITTEN) {
      await kubectl(first, `create configmap ${name}`);
      await backUp(lab, first);
    }
    await lab.lose(first);
    const directory = mkdtempSync(path.join(tmpdir(), "keelson-founded-"));
    lab.save(directory);
    return new Founded(lab, directory, lab.cloud.witness ?? "");
  }

  /** Everything as it was: a fresh copy of the store, the witness, a cloud that denies nothing, and no machine. */
  async again(): Promise<void> {
    for (const machine of this.machines.splice(0)) await this.lab.lose(machine);
    await this.lab.load(this.directory);
    this.lab.cloud.witness = this.witness;
    this.lab.cloud.api.heal();
  }

  /** Names of the snapshots, oldest first. */
  get snapshots(): readonly string[] {
    return snapshots(this.lab);
  }

  /** A new machine, which the cloud has launched because the one before is gone. */
  async machine(options: Parameters<Lab["machine"]>[1] = {}): Promise<Machine> {
    const machine = await this.lab.machine(`next-${++this.launched}`, options);
    this.machines.push(machine);
    return machine;
  }

  /** What must not have changed where a master waits. */
  get records(): readonly string[] {
    return [...this.lab.store.keys(), `witness: ${this.lab.cloud.witness}`];
  }

  async stop(): Promise<void> {
    await this.lab.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Neither process nor data nor a static pod of a cluster is on the machine. */
export async function isEmpty(machine: Machine): Promise<boolean> {
  return (
    (await processes(machine, "etcd")) === "" &&
    (await processes(machine, "kube-apiserver")) === "" &&
    !machine.exists("/var/lib/etcd/member") &&
    (await machine.run("ls /etc/kubernetes/manifests/*.yaml")).status !== 0
  );
}

/** Shell, for the store's administrator: flips one byte in the middle of an object. */
export const flip = (key: string) => `
  store_get ${key} whole
  at=$(($(stat -c %s whole) / 2))
  byte=$(od -An -tu1 -j "$at" -N 1 whole | tr -d ' ')
  printf "\\\\x$(printf %02x $((byte ^ 255)))" | dd of=whole bs=1 seek="$at" conv=notrunc status=none
  store_overwrite ${key} whole
`;
