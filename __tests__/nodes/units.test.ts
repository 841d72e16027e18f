import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { PORTS } from "../../lib/core";
import { ROOT } from "../support/run";
import { has, testWith } from "../support/tools";

const SCRIPTS = path.join(ROOT, "scripts/node");
const ROLES = ["control-plane", "node"] as const;
const UNITS = path.join(SCRIPTS, "units/control-plane");
const LAB = path.join(__dirname, "support/systemd-lab.sh");
/** The scripts that run beside the master. */
const BESIDE = ["backup", "watch", "renew", "report", "addons", "nodes", "claims"];
const text = (file: string) => readFileSync(path.join(UNITS, file), "utf8");
const value = (file: string, name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(text(file))?.[1];

const test = testWith(
  { "systemd-analyze": has("systemd-analyze"), unshare: has("unshare"), root: process.getuid?.() === 0 },
  "scripts/dev/setup.sh nodes, as root",
);

/** What systemd says of a role's unit files, with the scripts at the place where a machine has them. */
function verify(role: string, change = ":"): { said: string; status: number | null } {
  const { stdout, stderr, status } = spawnSync(
    "unshare",
    [
      ...["--mount", "bash", "--norc", "-euc"],
      `mount -t tmpfs tmpfs /opt
      mkdir /opt/keelson
      cp -r "$SCRIPTS" /opt/keelson/current
      cd /opt/keelson/current/units/$ROLE
      ${change}
      systemd-analyze verify --man=no --recursive-errors=yes ./keelson-*`,
    ],
    { env: { PATH: process.env["PATH"], SCRIPTS, ROLE: role }, encoding: "utf8" },
  );
  return { said: stdout + stderr, status };
}

test.each(ROLES)("systemd understands every unit of a %s, and finds what it runs", (role) => {
  expect(verify(role)).toEqual({ said: "", status: 0 });
});

test("systemd says so of a setting that it does not know, and of a script that is not there", () => {
  expect(
    verify("control-plane", "sed -i s/OnUnitActiveSec/OnUnitActivSec/ keelson-backup.timer").said,
  ).toContain("Unknown key");
  expect(verify("control-plane", "sed -i s/watch.sh/wotch.sh/ keelson-watch.service").said).toContain(
    "wotch.sh",
  );
});

describe.each(ROLES)("of the units of a %s", (role) => {
  const directory = path.join(SCRIPTS, "units", role);
  const names = readdirSync(directory);
  const value = (file: string, name: string) =>
    new RegExp(`^${name}=(.*)$`, "m").exec(readFileSync(path.join(directory, file), "utf8"))?.[1];

  test("none but the boot starts by itself: it starts the others", () => {
    expect(names.filter((file) => value(file, "WantedBy"))).toEqual(["keelson-boot.service"]);
  });

  test("the boot keeps neither the machine's start nor that of kubelet waiting", () => {
    // One that is `oneshot` and before kubelet would wait for kubelet, and kubelet for it.
    expect(value("keelson-boot.service", "Type")).toBe("exec");
    expect(value("keelson-boot.service", "Restart")).toBe("on-failure");
  });

  test("every service has the machine's environment", () => {
    const services = names.filter((file) => file.endsWith(".service"));
    expect(services).not.toEqual([]);
    expect(new Set(services.map((file) => value(file, "EnvironmentFile")))).toEqual(
      new Set(["/etc/keelson/environment"]),
    );
  });
});

test("each timer that the boot starts when the master serves is stopped when its time ends", () => {
  const timers = (script: string, verb: string) =>
    [...readFileSync(path.join(SCRIPTS, script), "utf8").matchAll(new RegExp(`systemctl ${verb} (.*)`, "g"))]
      .flatMap(([, units = ""]) => [...units.matchAll(/keelson-[a-z]+\.timer/g)].map(String))
      .filter((timer) => timer !== "keelson-report.timer") // it tells why, then too
      .sort();
  expect(timers("hand-over.sh", "stop")).toEqual(timers("control-plane.sh", "start"));
  expect(timers("hand-over.sh", "stop")).toContain("keelson-nodes.timer");
});

test("snapshots are taken every minute, to the second", () => {
  expect([
    value("keelson-backup.timer", "OnUnitActiveSec"),
    value("keelson-backup.timer", "AccuracySec"),
  ]).toEqual(["60", "1"]);
});

test.each(["nodes", "claims"])("%s of the cluster are looked at twice a minute", (name) => {
  const timer = `keelson-${name}.timer`;
  expect([value(timer, "OnUnitActiveSec"), value(timer, "AccuracySec")]).toEqual(["30", "1"]);
});

test("the cloud is told once in each minute of the clock, away from where the next one begins", () => {
  expect([value("keelson-report.timer", "OnCalendar"), value("keelson-report.timer", "AccuracySec")]).toEqual(
    ["*:*:30", "1"],
  );
});

test("health is answered on the port that load balancers are told", () => {
  expect(value("keelson-health.socket", "ListenStream")).toBe(String(PORTS.masterHealth.from));
});

describe("under a real systemd, with stand-ins for the scripts", () => {
  let scripts: string;
  const standIn = (name: string, text: string) =>
    writeFileSync(path.join(scripts, `${name}.sh`), `#!/bin/bash\nexec 2>&1\n${text}\n`, { mode: 0o755 });
  const under = (environment: string, look: string): string[] => {
    const { stdout, stderr } = spawnSync("unshare", ["--mount", "bash", "--norc", LAB], {
      env: { PATH: process.env["PATH"], UNITS, SCRIPTS: scripts, ENVIRONMENT: environment, LOOK: look },
      encoding: "utf8",
      timeout: 50_000,
      killSignal: "SIGKILL",
    });
    return (stdout + stderr).trimEnd().split("\n");
  };

  beforeEach(() => {
    scripts = mkdtempSync(path.join(tmpdir(), "keelson-units-"));
    for (const name of ["control-plane", "health", ...BESIDE]) standIn(name, "exec sleep 1000");
  });
  afterEach(() => rmSync(scripts, { recursive: true }));

  test("the boot starts what serves, and goes on after it was killed", () => {
    standIn(
      "control-plane",
      `echo "boots with $GROUP" >>/run/log
      [ -e /run/again ] || { touch /run/again; kill -KILL $$; }
      systemctl start keelson-health.socket keelson-backup.timer keelson-watch.service keelson-renew.timer
      echo "has started it" >>/run/log`,
    );
    standIn(
      "health",
      String.raw`while read -r line && [ "$line" != $'\r' ]; do :; done; printf 'HTTP/1.0 200 OK\r\n\r\nwell'`,
    );
    const group = `it's "the" $GROUP \\ end`;
    const lines = under(
      `GROUP='${group.replaceAll("'", `'"'"'`)}'`,
      `until grep -qs started /run/log; do sleep 0.1; done; sleep 1
      cat /run/log
      systemctl is-active keelson-boot.service keelson-health.socket keelson-backup.timer keelson-watch.service keelson-renew.timer
      for i in 1 2; do curl --silent http://127.0.0.1:${PORTS.masterHealth.from}/health; echo; done`,
    );
    expect(lines).toEqual([
      `boots with ${group}`,
      `boots with ${group}`,
      "has started it",
      ...["active", "active", "active", "active", "active"],
      ...["well", "well"],
    ]);
  });

  test("kubelet does not start before the boot says so, whoever asks for it", () => {
    standIn(
      "control-plane",
      "until [ -e /run/decided ]; do sleep 0.1; done; mkdir -p /run/keelson; : >/run/keelson/kubelet",
    );
    const lines = under(
      "CLOUD='aws'",
      `printf '[Service]\\nExecStart=/bin/sleep 1000\\n' >/opt/units/kubelet.service
      systemctl daemon-reload
      systemctl start kubelet; systemctl is-active kubelet || true
      touch /run/decided; until [ -e /run/keelson/kubelet ]; do sleep 0.1; done
      systemctl start kubelet; systemctl is-active kubelet`,
    );
    expect(lines).toEqual(["inactive", "active"]);
  });

  test("a snapshot is due a minute after the start of the one before, however long that took", () => {
    standIn("control-plane", "systemctl start keelson-backup.timer");
    standIn("backup", "sleep 3");
    const lines = under(
      "CLOUD='aws'",
      `while [ "$(systemctl show --value -p InactiveEnterTimestampMonotonic keelson-backup.service)" = 0 ]; do sleep 0.2; done
      systemctl list-timers --output=json keelson-backup.timer`,
    );
    const [{ next, last }] = JSON.parse(lines.at(-1) ?? "") as [{ next: number; last: number }];
    expect((next - last) / 1e6).toBeCloseTo(60, 0);
  });

  test("the cloud is told while a boot holds", () => {
    standIn("control-plane", "systemctl start keelson-report.timer; exec sleep 1000");
    const lines = under(
      "CLOUD='aws'",
      `until systemctl is-active --quiet keelson-report.timer; do sleep 0.1; done
      systemctl is-active keelson-boot.service
      systemctl list-timers --output=json keelson-report.timer`,
    );
    expect(lines[0]).toBe("active");
    const [{ next, activates }] = JSON.parse(lines.at(-1) ?? "") as [{ next: number; activates: string }];
    expect(activates).toBe("keelson-report.service");
    expect(new Date(next / 1000).getSeconds()).toBe(30);
    expect(next / 1000 - Date.now()).toBeLessThanOrEqual(60_000);
  });

  test("what runs beside the master writes where it has to, and nowhere else", () => {
    const probe = (name: string) =>
      standIn(
        name,
        `mkdir -p /var/lib/keelson /run/keelson /etc/kubernetes
        for place in /etc/kubernetes /var/lib/keelson /run/keelson /usr /root; do
          touch $place/probe 2>/dev/null && echo "${name} $place" >>/run/log
        done
        echo "${name} ends" >>/run/log`,
      );
    standIn("control-plane", `systemctl start ${BESIDE.map((name) => `keelson-${name}.service`).join(" ")}`);
    BESIDE.forEach(probe);
    const lines = under(
      "CLOUD='aws'",
      `until [ $(grep -c ends /run/log) -ge ${BESIDE.length} ]; do sleep 0.1; done; cat /run/log`,
    );
    const written = (name: string) =>
      lines.filter((line) => line.startsWith(`${name} /`)).map((line) => line.split(" ")[1]);
    expect(written("backup")).toEqual(["/var/lib/keelson", "/run/keelson"]);
    for (const name of ["nodes", "claims"])
      expect(written(name)).toEqual(["/var/lib/keelson", "/run/keelson"]);
    expect(written("report")).toEqual(["/var/lib/keelson", "/run/keelson"]);
    expect(written("addons")).toEqual(["/etc/kubernetes", "/var/lib/keelson", "/run/keelson"]);
    expect(written("renew")).toEqual(["/etc/kubernetes", "/var/lib/keelson", "/run/keelson"]);
    expect(written("watch")).toEqual(["/etc/kubernetes", "/var/lib/keelson", "/run/keelson"]);
  });
});
