import { availableParallelism, cpus } from "node:os";
import { type Counts, totals } from "./counts";
import { type Program, PROGRAMS, type Round } from "./rounds";
import type { Measured } from "./watch";

/** The middle of what was measured, and how far it spread. */
export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

interface Ratios {
  readonly time: Spread;
  readonly memory: Spread;
}

export interface EnvironmentReport {
  readonly environment: string;
  readonly resources: number;
  readonly dataSources: number;
  readonly stacks: number;
  readonly programs: Readonly<
    Record<Program, Readonly<Record<"loadMs" | "makeAndSynthMs" | "totalMs" | "peakMiB", Spread>>>
  >;
  readonly keelsonToPlain: Ratios;
  readonly barrelToKeelson: Ratios;
}

export interface Report {
  readonly about: string;
  readonly machine: { readonly node: string; readonly cpu: string; readonly cores: number };
  readonly rounds: number;
  readonly environments: readonly EnvironmentReport[];
}

const ABOUT =
  "Each program loads its modules, makes the stacks of one environment and synthesizes them, in a process of its own " +
  "and compiled beforehand. Timings are of this machine only; the ratios are of runs in the same round.";

const NAMES: Readonly<Record<Program, string>> = {
  keelson: "Keelson's stacks",
  plain: "plain cdktf",
  barrel: "Keelson, with the barrel",
};

export function describeEnvironment(
  environment: string,
  counts: Counts,
  rounds: readonly Round[],
): EnvironmentReport {
  const over = (value: (round: Round) => number) => spread(rounds.map(value));
  const ratios = (one: Program, other: Program): Ratios => ({
    time: over((round) => total(round[one]) / total(round[other])),
    memory: over((round) => round[one].peakMiB / round[other].peakMiB),
  });
  const figures = (program: Program) => ({
    loadMs: over((round) => round[program].loadMs),
    makeAndSynthMs: over((round) => round[program].makeAndSynthMs),
    totalMs: over((round) => total(round[program])),
    peakMiB: over((round) => round[program].peakMiB),
  });
  return {
    environment,
    ...totals(counts),
    programs: { keelson: figures("keelson"), plain: figures("plain"), barrel: figures("barrel") },
    keelsonToPlain: ratios("keelson", "plain"),
    barrelToKeelson: ratios("barrel", "keelson"),
  };
}

export function report(rounds: number, environments: readonly EnvironmentReport[]): Report {
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
  };
  return { about: ABOUT, machine, rounds, environments };
}

/** The report as text of at most 100 columns. */
export function render({ about, machine, rounds, environments }: Report): string {
  return [
    ...wrap(about, 98),
    `Medians of ${rounds} rounds (lowest-highest). Node ${machine.node}, ${machine.cores} cores, ${machine.cpu}.`,
    ...environments.flatMap((one) => ["", ...renderEnvironment(one)]),
  ].join("\n");
}

function renderEnvironment(one: EnvironmentReport): string[] {
  const { environment, resources, dataSources, stacks, programs, keelsonToPlain, barrelToKeelson } = one;
  const row = (...cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? `  ${cell.padEnd(24)}` : cell.padStart(18))).join("");
  const ratio = ({ time, memory }: Ratios) =>
    `${shown(time, 1, 2)} times the time, ${shown(memory, 1, 2)} times the memory`;
  return [
    `${environment}: ${resources} resources and ${dataSources} data sources in ${stacks} stacks`,
    "",
    row("", "load, s", "make + synth, s", "together, s", "peak, MiB"),
    ...PROGRAMS.map((program) => {
      const { loadMs, makeAndSynthMs, totalMs, peakMiB } = programs[program];
      const times = [loadMs, makeAndSynthMs, totalMs].map((time) => shown(time, 1000, 2));
      return row(NAMES[program], ...times, shown(peakMiB, 1, 0));
    }),
    "",
    `  Keelson against plain cdktf: ${ratio(keelsonToPlain)}`,
    `  the barrel against Keelson:  ${ratio(barrelToKeelson)}`,
  ];
}

function total({ loadMs, makeAndSynthMs }: Measured): number {
  return loadMs + makeAndSynthMs;
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? NaN;
  const middle = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    lowest: at(0),
    highest: at(sorted.length - 1),
  };
}

function shown({ median, lowest, highest }: Spread, unit: number, digits: number): string {
  const [middle, low, high] = [median, lowest, highest].map((value) => (value / unit).toFixed(digits));
  return `${middle} (${low}-${high})`;
}

function wrap(text: string, columns: number): string[] {
  return text.match(new RegExp(`.{1,${columns}}(\\s|$)`, "g"))?.map((line) => line.trimEnd()) ?? [];
}
