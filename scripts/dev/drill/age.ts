import { type DrilledCluster, rest, script, seconds } from "./cluster";

export interface Age {
  /** Of the newest snapshot in the store, in seconds since etcd was asked for it. */
  readonly highest: number;
  readonly samples: number;
  readonly bytes: number;
  /** In seconds, from the start of each to its end. */
  readonly backups: readonly number[];
  readonly writesPerSecond: number;
}

export const WRITES = 50;
const INTERVAL = 60;
const SAMPLED = 240;

/** Lets clients write and the timer take snapshots, and looks each second how old the newest is that a rebuild would find. */
export async function snapshotAge(cluster: DrilledCluster): Promise<Age> {
  const writer = cluster.master.spawn(script("write.sh"), { RATE: String(WRITES) });
  try {
    const from = performance.now();
    const backups: number[] = [];
    let over = false;
    const timer = (async () => {
      for (let due = from; !over; due = Math.max(due + INTERVAL * 1000, performance.now())) {
        while (!over && performance.now() < due) await rest(50);
        if (!over) backups.push(await cluster.backUp());
      }
    })();
    try {
      // Before, the newest is as old as the rebuild has taken.
      while (backups.length === 0) await Promise.race([timer, rest(50)]);
      const ages: number[] = [];
      const start = performance.now();
      for (let due = start; seconds(start) < SAMPLED; due += 1000) {
        await Promise.race([timer, rest(Math.max(0, due - performance.now()))]);
        const { taken } = await cluster.newestSnapshot();
        ages.push((Date.now() - taken) / 1000);
      }
      const written = writer.stdout.split("\n").filter((code) => code === "201").length;
      const { bytes } = await cluster.newestSnapshot();
      return {
        highest: Math.max(...ages),
        samples: ages.length,
        bytes,
        backups,
        writesPerSecond: written / seconds(from),
      };
    } finally {
      over = true;
      await timer.catch(() => undefined);
    }
  } finally {
    await writer.kill();
  }
}
