// Drills what a lost master costs: the faults, the time of a rebuild, the age of the newest snapshot. See --help.
import { writeFileSync } from "node:fs";
import { freemem } from "node:os";
import { Command, Option } from "commander";
import { MACHINE_NEEDS } from "../../__tests__/nodes/support/machine-options";
import { S3_SERVER } from "../../__tests__/nodes/support/s3-server";
import { has } from "../../__tests__/support/tools";
import { snapshotAge } from "./drill/age";
import { DrilledCluster, ETCD } from "./drill/cluster";
import { anyFailed, runFaults } from "./drill/faults";
import { rebuild } from "./drill/rebuild";
import { AGE_GOAL, type Drilled, render, thisMachine } from "./drill/report";

const SIZES = [10e6, 100e6, 1000e6];
const NEEDED_GIB = 12;

interface Options {
  readonly faults: boolean;
  readonly onlyFaults?: boolean;
  readonly json?: string;
}

const options = new Command("npm run drill --")
  .description(
    "Prints, as Markdown: the fault table, which are the tests of faults and rebuilds; the time from boot to restored etcd for " +
      "databases of 10 MB, 100 MB and 1 GB; and the age of the newest snapshot while clients write to one of 100 MB. On S3 " +
      "(MinIO) and Blob (Azurite). Takes about half an hour, and wants the machine for itself. Ends with 1 where a case failed.",
  )
  .option("--no-faults", "leave the fault table out")
  .addOption(new Option("--only-faults", "print the fault table alone").conflicts("faults"))
  .option("--json <file>", "write the results to a file, too")
  .parse()
  .opts<Options>();

const say = (text: string) => process.stderr.write(`drill: ${text}\n`);

function missing({ onlyFaults }: Options): readonly string[] {
  const needs: Record<string, boolean> = {
    ...MACHINE_NEEDS,
    MinIO: S3_SERVER !== undefined,
    "curl and openssl": has("curl") && has("openssl"),
    [`${NEEDED_GIB} GiB of free memory`]: onlyFaults === true || freemem() >= NEEDED_GIB * 2 ** 30,
  };
  return Object.keys(needs).filter((need) => needs[need] !== true);
}

const interrupted = new AbortController();
let running: Promise<DrilledCluster> | undefined;

/** One cluster that grows, whose master is lost at each size. */
async function drill(store: "S3" | "Blob", drilled: Drilled): Promise<void> {
  say(`${store}: founding a cluster`);
  running = DrilledCluster.start(store);
  const cluster = await running;
  try {
    for (const size of SIZES) {
      say(`${store}: filling etcd up to ${size / 1e6} MB`);
      await cluster.grow(size);
      const backup = await cluster.backUp();
      const { bytes, keys } = await cluster.newestSnapshot();
      say(`${store}: rebuilding from a snapshot of ${(bytes / 1e6).toFixed(1)} MB`);
      drilled.rebuilds.push({ store, bytes, keys, backup, ...(await rebuild(cluster)) });
      if (size !== AGE_GOAL.bytes) continue;
      say(`${store}: four minutes of writes and snapshots`);
      drilled.ages.push({ store, ...(await snapshotAge(cluster)) });
    }
  } finally {
    await cluster.stop();
    running = undefined;
  }
}

async function main(): Promise<void> {
  const lacks = missing(options);
  if (lacks.length > 0) {
    say(`not here: ${lacks.join("; ")}. Run scripts/dev/setup.sh nodes and npm ci first, as root.`);
    process.exitCode = 1;
    return;
  }
  // Before half an hour is spent.
  if (options.json !== undefined) writeFileSync(options.json, "", { flag: "a" });
  const drilled: Drilled = { machine: thisMachine(ETCD), rebuilds: [], ages: [] };
  try {
    if (!options.onlyFaults) for (const store of ["S3", "Blob"] as const) await drill(store, drilled);
    if (options.faults) drilled.faults = await runFaults(interrupted.signal);
  } finally {
    // Where something went wrong on the way, what is known already is worth printing.
    const text = render(drilled);
    if (text !== "") console.log(text);
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(drilled, undefined, 2)}\n`);
  }
  if (drilled.faults && anyFailed(drilled.faults)) process.exitCode = 1;
}

// Servers are processes of their own, and keep their files in /tmp. Without them what is under way fails, and so ends.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    interrupted.abort();
    running?.then((cluster) => cluster.stop()).catch(() => undefined);
  });
}
main().catch((error: unknown) => {
  say(interrupted.signal.aborted ? "interrupted" : error instanceof Error ? error.message : String(error));
  process.exitCode = interrupted.signal.aborted ? 130 : 1;
});
