// What Keelson's constructs cost at synthesis, against plain cdktf and against the provider's barrel. See --help.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Command } from "commander";
import { environments } from "../../stacks/environments";
import { compile } from "./bench/compile";
import { describeEnvironment, render, report } from "./bench/report";
import { Rounds } from "./bench/rounds";

const ROUNDS = 7;

const { json } = new Command("npm run bench --")
  .description(
    "Measures time and peak memory of loading, making and synthesizing the stacks of each environment on AWS, against plain " +
      "cdktf that makes as many resources of each type by hand, and against the same stacks when the provider's barrel " +
      `is imported. Each is run ${ROUNDS} times in turn.`,
  )
  .option("--json", "print the report as JSON")
  .parse()
  .opts<{ json?: boolean }>();

const compiled = mkdtempSync(path.join(tmpdir(), "keelson-bench-"));
try {
  compile(compiled);
  // Plain cdktf is written by hand for the types of AWS only.
  const measurable = environments.filter(({ cloud }) => cloud === "aws");
  const reports = measurable.map(({ name }) => {
    if (process.stderr.isTTY) process.stderr.write(`measuring ${name} ...\n`);
    const rounds = new Rounds(compiled, name);
    const measured = Array.from({ length: ROUNDS }, (_, number) => rounds.round(number));
    return describeEnvironment(name, rounds.counts, measured);
  });
  const all = report(ROUNDS, reports);
  console.log(json ? JSON.stringify(all, undefined, 2) : render(all));
} finally {
  rmSync(compiled, { recursive: true, force: true });
}
