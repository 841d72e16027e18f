import { anyFailed, faultCases, type JestReport, renderFaults } from "../../scripts/dev/drill/faults";
import { table } from "../../scripts/dev/drill/table";

/** A jest report of one suite: each test as its describe's titles, its own, and its status. */
const report = (...tests: readonly (readonly [readonly string[], string, string])[]): JestReport => ({
  testResults: [
    {
      name: "/repository/__tests__/nodes/faults-store.test.ts",
      message: "",
      assertionResults: tests.map(([ancestorTitles, title, status]) => ({ ancestorTitles, title, status })),
    },
  ],
});

describe("a table", () => {
  test("is Markdown whose columns are aligned, those of numbers to the right", () => {
    expect(
      table(
        ["store", "MB"],
        [
          ["S3", "1000.5"],
          ["Blob", "9.0"],
        ],
      ),
    ).toBe(
      ["| store |     MB |", "| ----- | -----: |", "| S3    | 1000.5 |", "| Blob  |    9.0 |"].join("\n"),
    );
  });

  test("keeps a bar in a cell from ending it, and fills rows that are short", () => {
    expect(
      table(["case", "S3"], [["a|b"], ["c", "ok"]])
        .split("\n")
        .slice(2),
    ).toEqual(["| a\\|b |     |", "| c    | ok  |"]);
  });
});

describe("the fault table", () => {
  test("has a row for a case, with its outcome on each store", () => {
    const cases = faultCases(
      report(
        [["on S3", "it waits when"], "the bucket is gone", "passed"],
        [["on Blob", "it waits when"], "the bucket is gone", "failed"],
        [["the drill on S3", "with etcd 3.6"], "every key is there", "passed"],
        [["the drill on Blob", "with etcd 3.6"], "every key is there", "pending"],
      ),
    );
    expect(cases).toEqual([
      { group: "it waits when", title: "the bucket is gone", outcomes: { S3: "ok", Blob: "FAILED" } },
      {
        group: "the drill, with etcd 3.6",
        title: "every key is there",
        outcomes: { S3: "ok", Blob: "skipped" },
      },
    ]);
  });

  test("takes the store out of the middle of a title, and its colon off the end", () => {
    const [only] = faultCases(report([["on S3, the masters of one cluster:"], "a reboot", "passed"]));
    expect(only?.group).toBe("the masters of one cluster");
  });

  test("knows the store of a case from its own title, too", () => {
    const cases = faultCases(report([["a boot"], "on Blob, on one machine after the other", "passed"]));
    expect(cases).toEqual([
      { group: "a boot", title: "on one machine after the other", outcomes: { Blob: "ok" } },
    ]);
  });

  test("says of a case that names no store that it is the same for both", () => {
    expect(faultCases(report([[], "a race", "passed"]))).toEqual([
      { group: "", title: "a race", outcomes: { S3: "ok", Blob: "ok" } },
    ]);
  });

  test("shows a failure of a case that was run twice", () => {
    const [only] = faultCases(report([["on S3"], "a race", "failed"], [["on S3"], "a race", "passed"]));
    expect(only?.outcomes).toEqual({ S3: "FAILED" });
  });

  test("names a suite that could not be run, as a failure", () => {
    const cases = faultCases({
      testResults: [
        { name: "/x/faults-new.test.ts", message: "\n  no such module\n at x", assertionResults: [] },
      ],
    });
    expect(cases).toEqual([
      {
        group: "",
        title: "faults-new.test.ts could not be run: no such module",
        outcomes: { S3: "FAILED", Blob: "FAILED" },
      },
    ]);
    expect(anyFailed(cases)).toBe(true);
  });

  test("has failed where a case has, or where there is none at all", () => {
    const passed = faultCases(report([["on S3"], "a race", "passed"], [["on Blob"], "a race", "pending"]));
    expect(anyFailed(passed)).toBe(false);
    expect(anyFailed(faultCases(report([["on S3"], "a race", "failed"])))).toBe(true);
    expect(anyFailed([])).toBe(true);
  });

  test("is printed by groups, with its totals", () => {
    const cases = faultCases(
      report(
        [["on S3"], "alone", "passed"],
        [["on S3", "when"], "it rains", "passed"],
        [["on Blob"], "alone", "failed"],
        [["on S3", "when"], "it snows", "pending"],
      ),
    );
    expect(renderFaults(cases).split("\n")).toEqual([
      "| case     | S3      | Blob   |",
      "| -------- | ------- | ------ |",
      "| alone    | ok      | FAILED |",
      "| **when** |         |        |",
      "| it rains | ok      | -      |",
      "| it snows | skipped | -      |",
      "",
      "2 ok, 1 failed, 1 skipped.",
    ]);
  });
});
