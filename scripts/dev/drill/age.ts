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
  const from = performance.now();
  const writer = cluster.master.spawn(script("write.sh"), { RATE: String(WRITES) });
  const timer = new BackupTimer(cluster);
  try {
    // Before the first one, the newest is as old as the rebuild has taken.
    while (timer.backups.length === 0) await Promise.race([timer.failed, rest(50)]);
    const ages: number[] = [];
    for (let due = performance.now(); ages.length < SAMPLED; due += 1000) {
      await Promise.race([timer.failed, rest(Math.max(0, due - performance.now()))]);
      const { taken } = await cluster.newestSnapshot();
      ages.push((Date.now() - taken) / 1000);
    }
    const answers = writer.stdout.trim().split("\n");
    if (!writer.running || answers.some((code) => code !== "201")) {
      throw new Error(`the clients could not write: ${answers.at(-1) ?? ""} ${writer.stderr}`);
    }
    return {
      highest: Math.max(...ages),
      samples: ages.length,
      bytes: (await cluster.newestSnapshot()).bytes,
      backups: [...timer.backups],
      writesPerSecond: answers.length / seconds(from),
    };
  } finally {
    await writer.kill();
    await timer.stop();
  }
}

/** Starts a backup every minute, as the unit's timer does: from start to start, and never two at once. */
class BackupTimer {
  readonly backups: number[] = [];
  /** Never resolves while all is well. */
  readonly failed: Promise<never>;
  private over = false;
  private readonly ended: Promise<void>;

  constructor(cluster: DrilledCluster) {
    this.ended = this.run(cluster);
    this.failed = new Promise((_, reject) => this.ended.catch(reject));
    this.failed.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.over = true;
    await this.ended.catch(() => undefined);
  }

  private async run(cluster: DrilledCluster): Promise<void> {
    for (let due = performance.now(); !this.over; due = Math.max(due + INTERVAL * 1000, performance.now())) {
      while (!this.over && performance.now() < due) await rest(50);
      if (!this.over) this.backups.push(await cluster.backUp());
    }
  }
}
