import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { LIB } from "./support/shell";

/** Whether a function of versions.sh says yes. */
const says = (call: string, env: Readonly<Record<string, string>> = {}): boolean =>
  spawnSync("bash", ["-euc", `. ${path.join(LIB, "versions.sh")}\n${call}`], {
    env: { PATH: process.env["PATH"], ...env },
  }).status === 0;

test.each([
  ["3.6.16", "3.6.1", true],
  ["3.7.0", "3.6.16", true],
  ["1.36.4", "1.35.9", true],
  ["3.6.16", "3.7.0", false],
  ["3.7.3", "3.5.30", false],
  ["1.36.4", "1.34.0", false],
  ["4.0.0", "3.9.0", false],
  ["1.36.4", "nobody knows", false],
])("%s may go on with what %s has written: %s", (ours, theirs, follows) => {
  expect(says(`version_follows "${ours}" "${theirs}"`)).toBe(follows);
});

test.each([
  ["1.36.4", "3.6.16", true],
  ["1.36.4", "3.7.3", true],
  ["1.35.7", "3.5.35", true],
  ["1.36.4", "3.5.35", false],
  ["1.35.7", "3.4.0", false],
  ["v1.36.4", "3.6.16", false],
  ["1.36", "3.6.16", false],
  ["1.36.4", "4.0.0", false],
])("Kubernetes %s and etcd %s go together: %s", (kubernetes, etcd, fit) => {
  expect(says("versions_fit", { KUBERNETES_VERSION: kubernetes, ETCD_VERSION: etcd })).toBe(fit);
});
