import { execFileSync } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import path from "node:path";
import { makeLargeProject } from "./large-project";
import { type Stage, timedPreview, type TimedPreview } from "./timed";

const ROOT = path.join(__dirname, "../../..");
const RESOURCES = 500;

/** The previews of one edit, run one after the other. */
export interface PreviewReport {
  readonly edit: string;
  /** How many processes wanted a processor before each run, in the mean of a minute: more than the cores make it slow. */
  readonly load: readonly number[];
  readonly runs: readonly TimedPreview[];
}

/**
 * Times previews of this repository's last commit: of the edit that is its example, and of one stack of 500 resources.
 *
 * @param home a folder for the projects
 */
export async function measurePreviews(home: string, rounds: number): Promise<PreviewReport[]> {
  const estate = path.join(home, "estate");
  const modules = path.join(ROOT, "node_modules");
  execFileSync("git", ["clone", "--quiet", ROOT, estate]);
  symlinkSync(modules, path.join(estate, "node_modules"));
  const synthesized = path.join(home, "synthesized");
  const env = { ...process.env, CDKTF_OUTDIR: synthesized, KEELSON_SIMULATED: "1" };
  execFileSync(process.execPath, ["--import", "tsx", "main.ts"], { cwd: estate, env, stdio: "ignore" });
  edit(
    path.join(estate, "stacks/environments/prod-eastus.ts"),
    "minCount: 3,",
    'minCount: 4,\n    machineTypes: ["Standard_D3_v2"],',
  );

  const large = path.join(home, "large");
  const { resources, types } = makeLargeProject(large, { synthesized, modules, count: RESOURCES });
  const keelson = path.join(estate, "bin/keelson.js");
  const run = async (what: string, project: string): Promise<PreviewReport> => {
    const runs: TimedPreview[] = [];
    const load: number[] = [];
    for (let round = 0; round < rounds; round++) {
      load.push(loadavg()[0] ?? NaN);
      runs.push(await timedPreview(keelson, project));
    }
    return { edit: what, load, runs };
  };
  return [
    await run("prod-eastus, agents: at least 4 instead of 3, Standard_D3_v2 instead of D2_v2", estate),
    await run(
      `one stack of ${resources} resources of ${types} types, a tenth of the tags and one network`,
      large,
    ),
  ];
}

/** @throws Error when the file does not hold the text: the example has moved on. */
function edit(file: string, from: string, to: string): void {
  const text = readFileSync(file, "utf8");
  if (!text.includes(from)) throw new Error(`${file} has no '${from}'`);
  writeFileSync(file, text.replace(from, to));
}

/** The reports as text: each stage's median, and what the runs took in all. */
export function renderPreviews(reports: readonly PreviewReport[]): string {
  return reports.map(renderPreview).join("\n\n");
}

function renderPreview({ edit: what, load, runs }: PreviewReport): string {
  const stages = runs[0]?.stages ?? [];
  const seconds = (value: number) => `${value.toFixed(2).padStart(8)} s`;
  const row = (name: string, value: number) => `  ${name.padEnd(60).slice(0, 60)}${seconds(value)}`;
  const at = (i: number) => median(runs.map((run) => (run.stages[i] as Stage | undefined)?.seconds ?? NaN));
  return [
    `keelson preview: ${what}`,
    ...stages.map(({ name }, i) => row(name, at(i))),
    row("in all", median(runs.map(({ wallSeconds }) => wallSeconds))),
    row("processors' time", median(runs.map(({ cpuSeconds }) => cpuSeconds))),
    `  (medians of ${runs.length} runs; processes that wanted a processor before each: ` +
      `${load.map((one) => one.toFixed(1)).join(", ")})`,
  ].join("\n");
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
