import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { ROOT } from "../../../__tests__/support/run";
import { table } from "./table";

/** Files of __tests__/nodes, as jest takes them. */
const SUITES = ["/nodes/faults-[^/]*$", "/nodes/rebuild\\.test\\.ts$"];
const STORES = ["S3", "Blob"] as const;

type Store = (typeof STORES)[number];
export type Outcome = "ok" | "FAILED" | "skipped";

/** What of jest's own report is read here. */
export interface JestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

export interface FaultCase {
  /** What several cases have in common, empty where there is nothing. */
  readonly group: string;
  readonly title: string;
  readonly outcomes: Partial<Record<Store, Outcome>>;
}

/** A case on each store is one row. One that names no store stands for both: it has none. */
export function faultCases(report: JestReport): readonly FaultCase[] {
  const cases = new Map<string, FaultCase>();
  const add = (group: string, title: string, stores: readonly Store[], outcome: Outcome) => {
    const key = JSON.stringify([group, title]);
    const outcomes: FaultCase["outcomes"] = cases.get(key)?.outcomes ?? {};
    const worst = Object.fromEntries(stores.map((store) => [store, worse(outcomes[store], outcome)]));
    cases.set(key, { group, title, outcomes: { ...outcomes, ...worst } });
  };
  for (const { name, message, assertionResults } of report.testResults) {
    if (assertionResults.length === 0) {
      const [why = ""] = message.split("\n").filter((line) => line.trim() !== "");
      add("", `${path.basename(name)} could not be run: ${why.trim()}`, STORES, "FAILED");
    }
    for (const { ancestorTitles, title, status } of assertionResults) {
      const titles = [...ancestorTitles, title];
      const named = STORES.filter((store) => titles.some((text) => onStore(store).test(text)));
      const group = ancestorTitles.map(withoutStore).filter((text) => text !== "");
      add(group.join(", "), withoutStore(title), named.length > 0 ? named : STORES, outcomeOf(status));
    }
  }
  return [...cases.values()];
}

export const anyFailed = (cases: readonly FaultCase[]): boolean =>
  cases.length === 0 || cases.some(({ outcomes }) => Object.values(outcomes).includes("FAILED"));

export function renderFaults(cases: readonly FaultCase[]): string {
  const groups = [...new Set(cases.map(({ group }) => group))];
  const rows = groups.flatMap((group) => [
    ...(group === "" ? [] : [[`**${group}**`]]),
    ...cases
      .filter((one) => one.group === group)
      .map(({ title, outcomes }) => [title, ...STORES.map((store) => outcomes[store] ?? "-")]),
  ]);
  const all = cases.flatMap(({ outcomes }) => Object.values(outcomes));
  const count = (outcome: Outcome) => all.filter((one) => one === outcome).length;
  const total = `${count("ok")} ok, ${count("FAILED")} failed, ${count("skipped")} skipped.`;
  return `${table(["case", ...STORES], rows)}\n\n${total}`;
}

/** Runs the suites, whose progress goes to stderr, unless `signal` ends it. */
export async function runFaults(signal: AbortSignal): Promise<readonly FaultCase[]> {
  const directory = mkdtempSync(path.join(tmpdir(), "keelson-drill-"));
  try {
    const file = path.join(directory, "report.json");
    const jest = path.join(ROOT, "node_modules/jest/bin/jest.js");
    const args = [
      "--config",
      "jest.nodes.config.js",
      "--json",
      "--outputFile",
      file,
      "--testPathPattern",
      ...SUITES,
    ];
    const child = spawn(process.execPath, [jest, ...args], { cwd: ROOT, stdio: ["ignore", 2, 2], signal });
    await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
    return faultCases(JSON.parse(readFileSync(file, "utf8")) as JestReport);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const onStore = (store: Store) => new RegExp(`\\bon ${store}\\b`);

function withoutStore(text: string): string {
  return text.replace(/\s*\bon (S3|Blob)\b,?\s*/, "").replace(/[:,]$/, "");
}

function outcomeOf(status: string): Outcome {
  return status === "passed" ? "ok" : status === "failed" ? "FAILED" : "skipped";
}

function worse(one: Outcome | undefined, other: Outcome): Outcome {
  const order: readonly Outcome[] = ["FAILED", "skipped", "ok"];
  return order.find((outcome) => outcome === one || outcome === other) ?? other;
}
