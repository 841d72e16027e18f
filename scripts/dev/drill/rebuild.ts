import { boot } from "../../../__tests__/nodes/support/masters";
import { type DrilledCluster, REAL_TIME, rest, seconds } from "./cluster";

/** In seconds. */
export interface Rebuild {
  readonly download: number;
  readonly verify: number;
  readonly restore: number;
  /** From the start of the boot. */
  readonly etcdReady: number;
  readonly serving: number;
}

const LIMIT = 600;
/** What a boot says when it has come so far. */
const SAID = {
  fetching: /etcd\/\S+ is being fetched/,
  checking: /etcd\/\S+ is being checked/,
  restoring: /restoring etcd\//,
  restored: /\/etcd is restored/,
  serving: /serving, epoch/,
};

/** Boots a machine with an empty disk in the master's place, and reads from its journal when it did what. */
export async function rebuild(cluster: DrilledCluster): Promise<Rebuild> {
  const machine = await cluster.replaceMaster();
  const from = performance.now();
  const booted = boot(machine, REAL_TIME);
  let ready = NaN;
  // The address that kubeadm gives to etcd for probes.
  const asked = machine.spawn("until curl --silent --fail http://127.0.0.1:2381/readyz; do sleep 0.1; done");
  void asked.ended.then(({ status }) => (ready = status === 0 ? seconds(from) : NaN));

  const at: Partial<Record<string, number>> = {};
  while (at["serving"] === undefined || Number.isNaN(ready)) {
    for (const [step, text] of Object.entries(SAID)) {
      if (text.test(booted.stderr)) at[step] ??= seconds(from);
    }
    if (booted.stderr.includes("ALARM") || !booted.running || seconds(from) > LIMIT) {
      if (at["serving"] === undefined) throw new Error(`the boot did not come to its end: ${booted.stderr}`);
    }
    await rest(20);
  }
  const between = (one: keyof typeof SAID, other: keyof typeof SAID) => (at[other] ?? NaN) - (at[one] ?? NaN);
  return {
    download: between("fetching", "checking"),
    verify: between("checking", "restoring"),
    restore: between("restoring", "restored"),
    etcdReady: ready,
    serving: at["serving"] ?? NaN,
  };
}
