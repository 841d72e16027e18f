import { availableParallelism, cpus, freemem, loadavg, totalmem } from "node:os";
import { ENVIRONMENTS } from "../../../__tests__/nodes/support/synthesized";
import { type Age, WRITES } from "./age";
import { type FaultCase, renderFaults } from "./faults";
import type { Rebuild } from "./rebuild";
import { table } from "./table";

export interface RebuildRow extends Rebuild {
  readonly store: string;
  readonly bytes: number;
  readonly keys: number;
  /** Seconds that backup.sh took for the snapshot that was restored. */
  readonly backup: number;
}

export interface AgeRow extends Age {
  readonly store: string;
}

/** What the drill has found out. */
export interface Drilled {
  readonly machine: ReturnType<typeof thisMachine>;
  faults?: readonly FaultCase[];
  rebuilds: RebuildRow[];
  ages: AgeRow[];
}

export const REBUILD_GOAL = { bytes: 1e9, seconds: 60 };
export const AGE_GOAL = { bytes: 100e6, seconds: 90 };

export function thisMachine(etcd: string) {
  return {
    etcd,
    node: process.version,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    freeGiB: Math.round(freemem() / 2 ** 30),
    loadBefore: loadavg()[0] ?? NaN,
  };
}

const tenths = (value: number) => (Number.isNaN(value) ? "?" : value.toFixed(1));
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);

export function render({ machine, faults, rebuilds, ages }: Drilled): string {
  const parts: string[] = [];
  if (faults) parts.push("## Faults", renderFaults(faults));
  if (rebuilds.length > 0) parts.push("## From boot to restored etcd", rebuildTable(rebuilds));
  if (ages.length > 0) parts.push("## Age of the newest snapshot under load", ageTable(ages));
  if (parts.length > 0) parts.push(WITH);
  if (rebuilds.length > 0) parts.push(...about(machine));
  return parts.join("\n\n");
}

const WITH =
  `Masters on S3 run with the environment of ${ENVIRONMENTS.aws}'s user data, those on Blob with that of ${ENVIRONMENTS.azure}'s,\n` +
  "but for the addresses of the lab's own servers and who they are there; and with the scripts of the stacks' bundles.";

function rebuildTable(rebuilds: readonly RebuildRow[]): string {
  const head = [
    "store",
    "MB",
    "keys",
    "download, s",
    "verify, s",
    "restore, s",
    "together, s",
    "etcd ready, s",
  ];
  const rows = rebuilds.map((row) => [
    ...[row.store, megabytes(row.bytes), String(row.keys)],
    ...[row.download, row.verify, row.restore, together(row), row.etcdReady, row.serving, row.backup].map(
      tenths,
    ),
  ]);
  const largest = rebuilds.filter(({ bytes }) => bytes >= REBUILD_GOAL.bytes * 0.9);
  const goal = `Goal: ${megabytes(REBUILD_GOAL.bytes)} MB in ${REBUILD_GOAL.seconds} s, from boot to etcd ready`;
  return [
    table([...head, "serving, s", "backup, s"], rows),
    "",
    "etcd ready and serving count from the start of the boot, in one boot that is timed by what its journal says. Backup",
    "is the snapshot before it: taken, checked, uploaded, fetched and compared.",
    verdict(goal, largest, ({ etcdReady }) => etcdReady <= REBUILD_GOAL.seconds),
  ].join("\n");
}

const together = ({ download, verify, restore }: Rebuild) => download + verify + restore;

function ageTable(ages: readonly AgeRow[]): string {
  const head = ["store", "MB", "writes/s", "snapshots", "slowest, s", "samples", "highest age, s"];
  const rows = ages.map(({ store, bytes, writesPerSecond, backups, samples, highest }) => [
    ...[store, megabytes(bytes), tenths(writesPerSecond), String(backups.length)],
    ...[tenths(Math.max(...backups)), String(samples), tenths(highest)],
  ]);
  return [
    table(head, rows),
    "",
    `Clients make ${WRITES} ConfigMaps a second, backup.sh starts every 60 seconds, and each second the store is asked for`,
    "its newest manifest. The age counts from the moment when etcd was asked for the snapshot.",
    verdict(`Goal: never above ${AGE_GOAL.seconds} s`, ages, ({ highest }) => highest <= AGE_GOAL.seconds),
  ].join("\n");
}

function verdict<Row extends { store: string }>(
  goal: string,
  rows: readonly Row[],
  met: (row: Row) => boolean,
): string {
  const said = rows.map((row) => `${met(row) ? "met" : "MISSED"} on ${row.store}`);
  return `${goal}: ${said.join(", ") || "not measured"}.`;
}

function about({
  etcd,
  node,
  cpu,
  cores,
  memoryGiB,
  freeGiB,
  loadBefore,
}: Drilled["machine"]): readonly string[] {
  return [
    `etcd ${etcd}, Node ${node}, ${cores} cores of ${cpu}, ${memoryGiB} GiB of memory, ${freeGiB} of them free; load average ` +
      `${loadBefore.toFixed(2)} before and ${(loadavg()[0] ?? NaN).toFixed(2)} after the drill's own work.`,
    "The machines are the tests' lab: real etcd, kubeadm and kube-apiserver, and the very boot scripts. Their disk is a tmpfs, so\n" +
      "nothing here waits for a disk; their store is MinIO or Azurite on the same cores, behind proxies that take time too. Packages\n" +
      "are stand-ins, which are fetched in no time.",
  ];
}
