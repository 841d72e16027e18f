import { Lab } from "./lab";
import type { StoreKind } from "./lab-store";
import type { Machine } from "./machine";
import { backUp, kubectl, processes, serve, snapshots } from "./masters";
import { once } from "./once";

const WRITTEN = ["one", "two", "three"] as const;

/**
 * A cluster that was founded by a first boot, whose only master is gone, and as many copies of its store as tests want. It
 * has a snapshot of the first boot and three more, each with one ConfigMap more: one, two, three. All tests of a run have
 * the same one on a store.
 */
export class Founded {
  private readonly machines: Machine[] = [];
  private launched = 0;

  private constructor(
    readonly lab: Lab,
    private readonly directory: string,
  ) {}

  static async start(store: StoreKind): Promise<Founded> {
    const lab = await Lab.start({ store, minor: "3.6" });
    try {
      return new Founded(lab, await once(`founded-${store}`, (directory) => found(lab, directory)));
    } catch (error) {
      await lab.stop();
      throw error;
    }
  }

  /** Everything as it was: a fresh copy of the store, the witness, a cloud that denies nothing, and no machine. */
  async again(): Promise<void> {
    for (const machine of this.machines.splice(0)) await this.lab.lose(machine);
    await this.lab.load(this.directory);
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

  stop(): Promise<void> {
    return this.lab.stop();
  }
}

async function found(lab: Lab, directory: string): Promise<void> {
  const first = await lab.machine("first");
  await serve(first);
  for (const name of WRITTEN) {
    await kubectl(first, `create configmap ${name}`);
    await backUp(lab, first);
  }
  await lab.lose(first);
  lab.save(directory);
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
