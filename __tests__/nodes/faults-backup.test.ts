import { has, testWith } from "../support/tools";
import { holdBefore, release } from "./support/cuts";
import { Lab } from "./support/lab";
import { type Machine, MACHINE_NEEDS } from "./support/machine";
import { alarm, backUp, epochs, etcdctl, kubectl, must, serve, snapshots, unit } from "./support/masters";
import { S3_SERVER } from "./support/s3-server";

const needs = { ...MACHINE_NEEDS, MinIO: S3_SERVER !== undefined, openssl: has("openssl") };
const test = testWith(needs, "scripts/dev/setup.sh nodes");
const ready = Object.values(needs).every(Boolean);

describe.each(["S3", "Blob"] as const)("on %s, a backup", (store) => {
  /** For what depends on the store no more: it takes long enough on one of them. */
  const onOne = store === "S3" ? test : () => undefined;
  let lab: Lab;
  let machine: Machine;
  let before: readonly string[];

  beforeAll(async () => {
    if (!ready) return;
    lab = await Lab.start({ store, minor: "3.6" });
    machine = await lab.machine("one");
    await serve(machine);
  }, 60_000);
  beforeEach(() => {
    if (ready) before = lab.store.keys();
  });
  afterAll(() => lab?.stop());

  const write = () => kubectl(machine, `create configmap written-${Date.now()}`);
  const holdBackup = async (command: string) => {
    await write();
    return holdBefore(machine, command, "backup.sh");
  };
  /** The master goes on, and its next backup is whole and leaves nothing on the disk. */
  const nextWorks = async () => {
    const known = snapshots(lab);
    await write();
    expect((await backUp(lab, machine)).length).toBe(known.length + 1);
    expect(alarm(machine, "backup")).toBe("");
    expect(await must(machine, "ls -A /var/lib/keelson")).not.toContain("snapshot.db");
  };

  test("that is killed while etcd sends leaves nothing in the store", async () => {
    const held = await holdBackup("etcd_ctl snapshot save");
    await must(machine, "pkill -STOP -x etcd");
    release(machine);
    await machine.waitFor(() => machine.exists("/var/lib/keelson/snapshot.db.part"), 20, "no part");
    await held.kill();
    await must(machine, "pkill -CONT -x etcd");
    expect(lab.store.keys()).toEqual(before);
    await nextWorks();
  }, 60_000);

  test("that is killed while it uploads leaves nothing in the store", async () => {
    const held = await holdBackup('store_put_new "$name.db"');
    machine.proxy.fault = "hang";
    release(machine);
    await must(
      machine,
      "until pgrep -f -- '--upload-file /var/lib/keelson/snapshot.db'; do sleep 0.05; done",
    );
    await held.kill();
    machine.proxy.dropAll();
    machine.reconnect();
    expect(lab.store.keys()).toEqual(before);
    await nextWorks();
  }, 60_000);

  test("that is killed between database and manifest leaves no snapshot", async () => {
    const held = await holdBackup('store_put_new "$name.json"');
    const known = snapshots(lab);
    await held.kill();
    expect(lab.store.keys().length).toBe(before.length + 1);
    expect(snapshots(lab)).toEqual(known);
    await nextWorks();
  }, 60_000);

  test("whose upload is cut says so, and the master goes on serving", async () => {
    await write();
    machine.proxy.fault = "cut-upload";
    const { status } = await unit(machine, "backup.sh").ended;
    machine.reconnect();
    expect(status).not.toBe(0);
    expect(alarm(machine, "backup")).toBe("upload-failed");
    expect(lab.store.keys()).toEqual(before);
    await nextWorks();
  }, 60_000);

  onOne(
    "that is killed between database and manifest while a master hands over is done by the next try",
    async () => {
      await write();
      const held = await holdBefore(machine, 'store_put_new "$name.json"', "hand-over.sh ending");
      await held.kill();
      // The revision stays; what etcd has on its disk does not.
      await etcdctl(machine, "lease grant 600");
      expect((await unit(machine, "hand-over.sh ending").ended).status).toBe(0);
      expect(await epochs(lab)).toEqual(["closed"]);
    },
    90_000,
  );

  onOne(
    "is followed by a new epoch on the same data, even if the boot ends between claim and note of it",
    async () => {
      const held = await holdBefore(machine, 'local_epoch_write "$epoch"');
      await held.kill();
      await serve(machine);
      expect(await epochs(lab)).toEqual(["closed", "serving"]);
    },
    90_000,
  );

  onOne(
    "that is the newest whole one is what a rebuild restores, with all that was written",
    async () => {
      const written = await kubectl(machine, "get configmaps -o name");
      const newest = (await backUp(lab, machine)).at(-1);
      await lab.lose(machine);
      machine = await lab.machine("two");
      await serve(machine);
      expect(machine.journal).toContain(`restoring ${newest} `);
      expect(await kubectl(machine, "get configmaps -o name")).toBe(written);
    },
    90_000,
  );
});
