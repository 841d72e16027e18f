import { testWith } from "../support/tools";
import { Lab } from "./support/lab";
import { type Machine, MACHINE_NEEDS } from "./support/machine";
import { alarm, boot, etcdctl, kubectl, must, serve, unit } from "./support/masters";
import { S3_SERVER } from "./support/s3-server";

const needs = { ...MACHINE_NEEDS, MinIO: S3_SERVER !== undefined };
const test = testWith(needs, "scripts/dev/setup.sh nodes, as root on Linux");
const possible = Object.values(needs).every(Boolean);

const REPORT = "/opt/keelson/current/report.sh";
const libraries = (part: string) => `export PART=${part}; . /opt/keelson/current/lib/load.sh`;

/** Reports to a good end, and gives what the cloud was told: the value of each metric, with its code where it has one. */
async function report(lab: Lab, machine: Machine): Promise<Readonly<Record<string, number>>> {
  const { metrics } = lab.cloud.api;
  metrics.length = 0;
  await must(machine, REPORT);
  for (const { namespace, dimensions } of metrics) {
    expect([namespace, dimensions["Cluster"]]).toEqual(["Keelson", "lab"]);
  }
  const told = metrics.map(({ name, value, dimensions: { Code } }) => [
    Code ? `${name} ${Code}` : name,
    value,
  ]);
  const once = Object.fromEntries(told) as Record<string, number>;
  expect(told).toHaveLength(Object.keys(once).length);
  return once;
}

describe.each(["S3", "Blob"] as const)("beside %s, what a machine tells its cloud", (store) => {
  let lab: Lab;
  let machine: Machine;
  /** Both at once, as a try does that is begun again before anybody looks. */
  const raiseAndCalm = (code: string, part = "boot") =>
    must(machine, `${libraries(part)}; alarm ${code} 'for a moment'; calm`);

  beforeAll(async () => {
    if (possible) lab = await Lab.start({ store, minor: "3.6" });
  }, 60_000);
  beforeEach(async () => {
    if (possible) machine = await lab.machine("master");
  });
  afterEach(async () => {
    if (!possible) return;
    lab.cloud.api.heal();
    await lab.lose(machine);
  });
  afterAll(() => lab?.stop());

  test("is nothing where nothing has happened yet, and the cloud is not even asked", async () => {
    lab.cloud.api.deny("monitoring");
    expect(await report(lab, machine)).toEqual({});
    expect(machine.exists("/etc/kubernetes")).toBe(false);
  });

  test("is why its boot holds, for as long as it does", async () => {
    lab.cloud.witness = "initialised 0b0e7a35-8d1f-4b5c-9a3e-6f2d1c0b9a87";
    boot(machine);
    await machine.waitFor(() => alarm(machine) === "genesis-gone", 60, "it does not hold");
    expect(await report(lab, machine)).toEqual({ "AlarmRaised genesis-gone": 1 });
    expect(await report(lab, machine)).toEqual({ "AlarmRaised genesis-gone": 1 });
    lab.cloud.witness = undefined;
  }, 90_000);

  test("is an alarm that is over, once", async () => {
    await raiseAndCalm("store-gone");
    expect(machine.exists("/run/keelson/boot/alarm")).toBe(false);
    expect(await report(lab, machine)).toEqual({ "AlarmRaised store-gone": 1 });
    expect(await report(lab, machine)).toEqual({});
  });

  test("is each of the codes of all scripts, one that two have raised as one", async () => {
    await raiseAndCalm("upload-failed", "backup");
    await must(machine, `${libraries("backup")}; alarm backup-late 'late'`);
    await must(machine, `${libraries("boot")}; alarm backup-late 'it too'`);
    await raiseAndCalm("isolated", "watch");
    expect(await report(lab, machine)).toEqual({
      "AlarmRaised backup-late": 1,
      "AlarmRaised isolated": 1,
      "AlarmRaised upload-failed": 1,
    });
  });

  test("is an alarm again that was raised again while the cloud was being told", async () => {
    await raiseAndCalm("store-gone");
    await must(machine, `${libraries("report")}; report_collect`);
    await raiseAndCalm("store-gone");
    await must(machine, `${libraries("report")}; report_sent`);
    expect(await report(lab, machine)).toEqual({ "AlarmRaised store-gone": 1 });
  });

  test("is not lost where the cloud says nothing, or no", async () => {
    const { api } = lab.cloud;
    const silences: readonly (() => void)[] = [
      () => machine.cutOff("cloud"),
      () => machine.cutOff("metadata"),
      () => api.outages.set("monitoring", 503),
      () => api.outages.set("monitoring", 429),
      () => api.deny("monitoring"),
    ];
    await raiseAndCalm("fenced", "watch");
    for (const [i, silence] of silences.entries()) {
      await raiseAndCalm(`reason-${i}`);
      silence();
      const { status, stderr } = await machine.run(REPORT);
      machine.reconnect();
      api.heal();
      expect([silence.toString(), status]).toEqual([silence.toString(), 1]);
      expect(stderr).toMatch(/the cloud could not be told \((unreachable|denied)\)/);
    }
    const codes = ["fenced", ...silences.keys()].map((key) => (key === "fenced" ? key : `reason-${key}`));
    expect(await report(lab, machine)).toEqual(
      Object.fromEntries(codes.map((code) => [`AlarmRaised ${code}`, 1])),
    );
    expect(await report(lab, machine)).toEqual({});
  }, 120_000);

  test("is when the first of its certificates ends, and 0 for one that nobody can read", async () => {
    const certificate = (name: string, days: number) =>
      must(
        machine,
        `mkdir -p /etc/kubernetes/pki/etcd
        openssl req -x509 -newkey ed25519 -nodes -subj /CN=lab -days ${days} -keyout /dev/null -out /etc/kubernetes/pki/${name}.crt`,
      );
    const days = async () => (await report(lab, machine))["CertificateDays"];
    await certificate("ca", 3650);
    expect([3649, 3650]).toContain(await days());
    await certificate("etcd/server", 20);
    expect([19, 20]).toContain(await days());
    machine.write("/etc/kubernetes/pki/apiserver.crt", "half of o");
    expect(await days()).toBe(0);
  });
});

describe("the age of the newest snapshot", () => {
  let lab: Lab;
  let master: Machine;

  const age = async () => (await report(lab, master))["SnapshotAge"];
  const backup = async () => (await unit(master, "backup.sh").ended).status;
  /** As if all that a backup has noted, and the beginning of the service, were so long ago. */
  const pass = (seconds: number) =>
    must(
      master,
      `read -r revision when </var/lib/keelson/backup
      echo "$revision $((when - ${seconds}))" >/var/lib/keelson/backup
      for file in /run/keelson/serving /run/keelson/backup/calm; do
        touch --date="@$(($(stat -c %Y $file) - ${seconds}))" $file
      done`,
    );

  beforeAll(async () => {
    if (!possible) return;
    lab = await Lab.start({ store: "S3", minor: "3.6" });
    master = await lab.machine("master");
    await serve(master);
  }, 150_000);
  afterAll(() => lab?.stop());

  test("is told by a master that serves, beside its certificates' end, and by no other", async () => {
    expect(await backup()).toBe(0);
    expect(await report(lab, master)).toEqual({ SnapshotAge: expect.any(Number), CertificateDays: 364 });
    expect(await age()).toBeLessThan(30);
    await must(master, "mv /run/keelson/serving /root/");
    expect(await age()).toBe(undefined);
    await must(master, "mv /root/serving /run/keelson/");
  });

  test("grows while backups fail, and ends with the next one", async () => {
    await kubectl(master, "create configmap written");
    await pass(700);
    master.cutOff("store");
    expect(await backup()).not.toBe(0);
    expect(alarm(master, "backup")).toBe("backup-late");
    const told = await report(lab, master);
    expect(told["SnapshotAge"]).toBeGreaterThanOrEqual(700);
    expect(told).toMatchObject({ "AlarmRaised upload-failed": 1, "AlarmRaised backup-late": 1 });
    master.reconnect();
    expect(await backup()).toBe(0);
    expect(await age()).toBeLessThan(30);
  }, 60_000);

  test("stays low where nothing is written, though no snapshot is taken for hours", async () => {
    await must(
      master,
      "mv /etc/kubernetes/manifests/kube-apiserver.yaml /root/; while pgrep -x kube-apiserver; do sleep 0.1; done",
    );
    expect(await backup()).toBe(0);
    await pass(7200);
    expect(await age()).toBeGreaterThanOrEqual(7200);
    const before = master.read("/var/lib/keelson/backup");
    expect(await backup()).toBe(0);
    expect(master.read("/var/lib/keelson/backup")).toBe(before);
    expect(await age()).toBeLessThan(30);
  }, 60_000);

  test("is not late by a first try that fails after a quiet time", async () => {
    await etcdctl(master, "put /registry/configmaps/default/quiet over");
    master.cutOff("store");
    expect(await backup()).not.toBe(0);
    expect(alarm(master, "backup")).toBe("upload-failed");
    master.reconnect();
    expect(await backup()).toBe(0);
  }, 60_000);

  test("counts from the beginning of the service after a reboot, which a backup has not looked at yet", async () => {
    await must(
      master,
      "echo '17 1000000000' >/var/lib/keelson/backup; rm /run/keelson/backup/calm; touch /run/keelson/serving",
    );
    expect(await age()).toBeLessThan(30);
  });
});
