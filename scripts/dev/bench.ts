// What Keelson's constructs cost at synthesis, against plain cdktf and against the provider's barrel, and what a preview
// costs, stage by stage. See --help.
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Command } from "commander";
import { environments } from "../../stacks/environments";
import { compile } from "./bench/compile";
import { measurePreviews, renderPreviews } from "./bench/previews";
import { describeEnvironment, render, report, type Report } from "./bench/report";
import { Rounds } from "./bench/rounds";

const ROUNDS = 7;
const PREVIEWS = 3;

const { json, previews: only } = new Command("npm run bench --")
  .description(
    "Measures time and peak memory of loading, making and synthesizing the stacks of each environment on AWS, against plain " +
      "cdktf that makes as many resources of each type by hand, and against the same stacks when the provider's barrel " +
      `is imported. Each is run ${ROUNDS} times in turn. Then previews ${PREVIEWS} times what is committed here with two edits: one ` +
      "of prod-eastus, and one of 500 resources; an idle machine is worth having.",
  )
  .option("--json", "print the report as JSON")
  .option("--previews", "measure previews only")
  .parse()
  .opts<{ json?: boolean; previews?: boolean }>();

async function main(): Promise<void> {
  const home = realpathSync(mkdtempSync(path.join(tmpdir(), "keelson-bench-")));
  try {
    const synthesis = only ? undefined : measureSynthesis(path.join(home, "compiled"));
    if (synthesis && !json) console.log(`${render(synthesis)}\n`);
    const previews = await measurePreviews(home, PREVIEWS);
    console.log(json ? JSON.stringify({ ...synthesis, previews }, undefined, 2) : renderPreviews(previews));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function measureSynthesis(compiled: string): Report {
  mkdirSync(compiled);
  compile(compiled);
  // Plain cdktf is written by hand for the types of AWS only.
  const measurable = environments.filter(({ cloud }) => cloud === "aws");
  const reports = measurable.map(({ name }) => {
    if (process.stderr.isTTY) process.stderr.write(`measuring ${name} ...\n`);
    const rounds = new Rounds(compiled, name);
    const measured = Array.from({ length: ROUNDS }, (_, number) => rounds.round(number));
    return describeEnvironment(name, rounds.counts, measured);
  });
  return report(ROUNDS, reports);
}

void main();
