import { spawnSync } from "node:child_process";
import path from "node:path";
import { ROOT } from "../support/run";

const LOCAL = ["none", "current", "older", "unknown"] as const;
const WITNESS = ["absent", "deleted", "initialising", "initialised", "strange", "unknown"] as const;
const GENESIS = ["absent", "present", "foreign", "deleted", "no-store", "unknown"] as const;
const SNAPSHOTS = ["never", "none", "deleted", "some", "no-store", "unknown"] as const;

interface Facts {
  readonly local: (typeof LOCAL)[number];
  readonly witness: (typeof WITNESS)[number];
  readonly genesis: (typeof GENESIS)[number];
  readonly snapshots: (typeof SNAPSHOTS)[number];
}

const all: readonly Facts[] = LOCAL.flatMap((local) =>
  WITNESS.flatMap((witness) =>
    GENESIS.flatMap((genesis) => SNAPSHOTS.map((snapshots) => ({ local, witness, genesis, snapshots }))),
  ),
);

/** What the script itself decides, for every combination of facts, asked in one go. */
const decisions: readonly (Facts & { readonly decision: string })[] = (() => {
  const lines = all.map(
    ({ local, witness, genesis, snapshots }) => `decide ${local} ${witness} ${genesis} ${snapshots}`,
  );
  const script = ["set -euo pipefail", "source scripts/node/lib/decide.sh", ...lines].join("\n");
  const { stdout, stderr } = spawnSync("bash", ["-c", script], { cwd: path.resolve(ROOT), encoding: "utf8" });
  const answers = stdout.trim().split("\n");
  if (answers.length !== all.length) throw new Error(`${answers.length} answers of ${all.length}: ${stderr}`);
  return all.map((facts, i) => ({ ...facts, decision: answers[i] ?? "" }));
})();

const where = (condition: (facts: Facts) => boolean) =>
  decisions.filter(condition).map(({ decision }) => decision);
const those = (decision: RegExp) => decisions.filter((one) => decision.test(one.decision));

test("every combination of facts has a decision", () => {
  const known = /^(start|fence|found|rebuild|hold [a-z-]+|retry [a-z-]+)$/;
  expect(decisions.filter(({ decision }) => !known.test(decision))).toEqual([]);
});

test("a cluster is founded only where nothing says that one ever was, or its founding was never finished", () => {
  for (const { local, witness, genesis, snapshots } of those(/^found$/)) {
    expect(local).toBe("none");
    expect(["never", "none"]).toContain(snapshots);
    if (witness === "absent")
      expect({ genesis, snapshots }).toEqual({ genesis: "absent", snapshots: "never" });
    else
      expect({ witness, known: ["absent", "present"].includes(genesis) }).toEqual({
        witness: "initialising",
        known: true,
      });
  }
});

test("no cluster is ever founded over snapshots that somebody deleted", () => {
  expect(where(({ snapshots }) => snapshots === "deleted")).not.toContain("found");
});

test("no cluster is ever founded once the witness says initialised", () => {
  expect(where(({ witness }) => witness === "initialised")).not.toContain("found");
});

test("nothing is decided on what could not be read, unless this machine has data", () => {
  const unread = where(
    ({ local, ...facts }) => local === "none" && Object.values(facts).some((fact) => fact === "unknown"),
  );
  expect(unread.length).toBeGreaterThan(50);
  expect(unread.filter((decision) => !decision.startsWith("retry"))).toEqual([]);
});

test("data of the newest epoch starts, whatever else is known: it was a reboot", () => {
  expect(new Set(where(({ local }) => local === "current"))).toEqual(new Set(["start"]));
});

test("data of which nobody can say whose epoch it is waits, whatever else is known", () => {
  expect(new Set(where(({ local }) => local === "unknown"))).toEqual(new Set(["retry epochs-unknown"]));
});

test("a witness that was deleted, or that nobody can make sense of, holds once everything else could be read", () => {
  for (const witness of ["deleted", "strange"] as const)
    expect(
      new Set(
        where(
          (one) =>
            one.local === "none" &&
            one.witness === witness &&
            one.genesis !== "unknown" &&
            one.snapshots !== "unknown",
        ),
      ),
    ).toEqual(new Set([`hold witness-${witness}`]));
});

test("data of an older epoch is fenced, whatever else is known", () => {
  expect(new Set(where(({ local }) => local === "older"))).toEqual(new Set(["fence"]));
});

test("a rebuild needs this cluster's genesis and a snapshot", () => {
  for (const { genesis, snapshots } of those(/^rebuild$/))
    expect({ genesis, snapshots }).toEqual({ genesis: "present", snapshots: "some" });
});

test.each([
  ["a bucket emptied", { genesis: "absent", snapshots: "none" }, "hold genesis-gone"],
  ["a bucket recreated empty", { genesis: "absent", snapshots: "never" }, "hold genesis-gone"],
  [
    "a genesis deleted with snapshots left",
    { genesis: "deleted", snapshots: "some" },
    "hold genesis-deleted",
  ],
  [
    "snapshots deleted with the genesis left",
    { genesis: "present", snapshots: "none" },
    "hold snapshots-gone",
  ],
  ["a bucket gone", { genesis: "no-store", snapshots: "no-store" }, "hold store-gone"],
  ["another cluster's genesis", { genesis: "foreign", snapshots: "some" }, "hold genesis-foreign"],
] as const)("an initialised cluster with %s holds, with a reason of its own", (_what, facts, decision) => {
  expect(
    where(
      (one) =>
        one.local === "none" &&
        one.witness === "initialised" &&
        one.genesis === facts.genesis &&
        one.snapshots === facts.snapshots,
    ),
  ).toEqual([decision]);
});

test("a witness that was lost holds when the bucket has anything in it", () => {
  const lost = where(
    ({ local, witness, genesis, snapshots }) =>
      local === "none" &&
      witness === "absent" &&
      genesis !== "unknown" &&
      ["none", "some"].includes(snapshots) &&
      genesis !== "no-store",
  );
  expect(new Set(lost)).toEqual(new Set(["hold witness-lost"]));
});
