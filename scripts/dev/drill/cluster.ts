import { readFileSync } from "node:fs";
import * as path from "node:path";
import type { EtcdMinor } from "../../../__tests__/nodes/support/etcd";
import { Lab } from "../../../__tests__/nodes/support/lab";
import type { StoreKind } from "../../../__tests__/nodes/support/lab-store";
import type { Machine } from "../../../__tests__/nodes/support/machine";
import { must, serve, unit } from "../../../__tests__/nodes/support/masters";

/** Waits are those of a real machine. */
export const REAL_TIME = { CLOCK_SCALE: "1" };
export const ETCD: EtcdMinor = "3.6";

export const seconds = (from: number, to = performance.now()): number => (to - from) / 1000;
export const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
export const script = (name: string): string => readFileSync(path.join(__dirname, name), "utf8");

export interface Snapshot {
  readonly bytes: number;
  readonly keys: number;
  /** When etcd was asked for it, in milliseconds. */
  readonly taken: number;
}

/** A cluster in the tests' lab, founded by a first boot, and its masters one after the other. */
export class DrilledCluster {
  private machines = 1;

  private constructor(
    readonly store: StoreKind,
    readonly lab: Lab,
    public master: Machine,
  ) {}

  static async start(store: StoreKind): Promise<DrilledCluster> {
    const lab = await Lab.start({ store, minor: ETCD });
    try {
      const master = await lab.machine("master-1");
      await serve(master);
      return new DrilledCluster(store, lab, master);
    } catch (error) {
      await lab.stop();
      throw error;
    }
  }

  /** Writes to etcd until a snapshot of it has so many bytes. */
  async grow(bytes: number): Promise<void> {
    await must(this.master, `export BYTES=${bytes}\n${script("grow.sh")}`);
  }

  /** Takes a snapshot as the timer does. @returns the seconds until it was in the store, and checked there */
  async backUp(): Promise<number> {
    const from = performance.now();
    const { status, stderr } = await unit(this.master, "backup.sh", REAL_TIME).ended;
    if (status !== 0) throw new Error(`backup.sh ended with ${status}: ${stderr}`);
    return seconds(from);
  }

  /** The newest that the store has a manifest of. */
  async newestSnapshot(): Promise<Snapshot> {
    const found = await this.lab.admin(`
      keys=$(store_list etcd/)
      store_get "$(grep '\\.json$' <<<"$keys" | sort | tail -n 1)" manifest
      for name in size keys taken; do field "$name" manifest; done`);
    const [size, keys, taken = ""] = found.split("\n");
    return { bytes: Number(size), keys: Number(keys), taken: Date.parse(taken) };
  }

  /** The master and its disk are gone; the machine that comes in its place has not booted yet. */
  async replaceMaster(): Promise<Machine> {
    await this.lab.lose(this.master);
    this.master = await this.lab.machine(`master-${++this.machines}`);
    return this.master;
  }

  stop(): Promise<void> {
    return this.lab.stop();
  }
}
