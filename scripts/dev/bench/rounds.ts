import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Counts, countSynthesized, differences } from "./counts";
import type { Measured } from "./watch";

export const PROGRAMS = ["keelson", "plain", "barrel"] as const;
export type Program = (typeof PROGRAMS)[number];
export type Round = Readonly<Record<Program, Measured>>;

/** Runs the three programs for one environment, each in a process of its own. */
export class Rounds {
  /** What each of the programs synthesizes. */
  readonly counts: Counts;

  /**
   * Runs each program once without measuring, which also fills the file cache.
   *
   * @param compiled the folder that `compile` filled
   * @throws Error when the programs do not synthesize the same number of everything
   */
  constructor(
    private readonly compiled: string,
    private readonly environment: string,
  ) {
    mkdirSync(this.home, { recursive: true });
    this.run("keelson");
    this.counts = countSynthesized(this.outdir);
    writeFileSync(this.countsFile, JSON.stringify(this.counts));
    for (const program of ["plain", "barrel"] as const) {
      this.run(program);
      const different = differences(this.counts, countSynthesized(this.outdir));
      if (different.length > 0) {
        const heading = `${program} does not make what keelson makes; bench/makers.ts may lack a type`;
        throw new Error([heading, ...different].join("\n  "));
      }
    }
  }

  /** One run of each. Every other round has the opposite order, so that none always runs on a hotter machine. */
  round(number: number): Round {
    const order = number % 2 === 0 ? PROGRAMS : [...PROGRAMS].reverse();
    return Object.fromEntries(order.map((program) => [program, this.run(program)])) as Record<
      Program,
      Measured
    >;
  }

  private run(program: Program): Measured {
    rmSync(this.outdir, { recursive: true, force: true });
    const script = path.join(this.compiled, "scripts/dev/bench", `${program}.js`);
    const what = program === "plain" ? this.countsFile : this.environment;
    // Linux lets a process start with the peak memory of the one that started it. A shell in between has next to none.
    const shell = ["-c", '"$@"; exit $?', "sh", process.execPath, script, what, this.outdir];
    const { status, stdout, stderr } = spawnSync("sh", shell, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${program} ended with ${String(status)}\n${stderr}`);
    return JSON.parse(stdout) as Measured;
  }

  private get home(): string {
    return path.join(this.compiled, "out", this.environment);
  }

  private get outdir(): string {
    return path.join(this.home, "cdktf.out");
  }

  private get countsFile(): string {
    return path.join(this.home, "counts.json");
  }
}
