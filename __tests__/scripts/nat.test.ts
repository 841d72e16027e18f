import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import * as path from "node:path";
import { ROOT } from "../support/run";
import { has, testWith } from "../support/tools";

const SCRIPTS = path.join(ROOT, "scripts/node");
const NAT = path.join(SCRIPTS, "nat.sh");

const inNamespaces = testWith(
  {
    root: process.getuid?.() === 0,
    ip: has("ip"),
    nft: has("nft"),
    unshare: has("unshare"),
    sysctl: has("sysctl"),
  },
  "run as root, after: apt-get install nftables iproute2 procps",
);
const withShellcheck = testWith({ shellcheck: has("shellcheck") }, "apt-get install shellcheck");

inNamespaces("nat.sh makes a machine the way out of its network, once and for all", () => {
  const lab = spawnSync("unshare", ["--mount", "--net", path.join(ROOT, "__tests__/support/nat-lab.sh")], {
    env: { ...process.env, NAT_SH: NAT, NODE: process.execPath },
    encoding: "utf8",
  });
  expect([lab.stderr, lab.status]).toEqual(["", 0]);
  expect(lab.stdout.trim().split("\n")).toEqual([
    "before: no reply",
    "after: 10.0.16.10",
    "again: 10.0.16.10",
    "second run: same",
    "switched off: no reply",
    "rebooted: 10.0.16.10",
    "systemctl: enable --quiet nftables.service",
    "without nft: install --quiet --yes -o DPkg::Lock::Timeout=300 nftables",
    expect.stringMatching(/^without a default route: .*there is no default route to send anything out by$/),
    "refused",
  ]);
});

test("nat.sh says which input it misses, and changes nothing", () => {
  const there = existsSync("/etc/sysctl.d/90-nat.conf");
  const { status, stderr } = spawnSync("bash", [NAT], {
    env: { PATH: process.env["PATH"] },
    encoding: "utf8",
  });
  expect(status).not.toBe(0);
  expect(stderr).toContain("NETWORK_RANGE: the range of the network");
  expect(existsSync("/etc/sysctl.d/90-nat.conf")).toBe(there);
});

withShellcheck("the scripts that run on machines are clean under shellcheck", () => {
  const scripts = readdirSync(SCRIPTS).filter((file) => file.endsWith(".sh"));
  expect(scripts).not.toEqual([]);
  const { stdout, status } = spawnSync("shellcheck", ["-x", ...scripts], { cwd: SCRIPTS, encoding: "utf8" });
  expect([stdout, status]).toEqual(["", 0]);
});
