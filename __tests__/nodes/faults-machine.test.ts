import { has, testWith } from "../support/tools";
import { Founded, isEmpty } from "./support/founded";
import type { Machine } from "./support/machine";
import { MACHINE_NEEDS } from "./support/machine";
import { alarm, backUp, boot, kubectl, must, serve, serves, unit } from "./support/masters";
import { S3_SERVER } from "./support/s3-server";

const needs = {
  ...{ ...MACHINE_NEEDS, MinIO: S3_SERVER !== undefined },
  ...{ openssl: has("openssl"), faketime: has("faketime") },
};
const test = testWith(needs, "scripts/dev/setup.sh nodes, and Debian's faketime");
const ready = Object.values(needs).every(Boolean);

/** Leaves so much room on the machine's disk. */
const fill = (machine: Machine, kib: number) =>
  must(machine, `head -c $((($(df -k --output=avail / | tail -n 1) - ${kib}) * 1024)) /dev/zero >/filler`);
const empty = (machine: Machine) => must(machine, "rm /filler");
/** For bash, date and curl in the machine. Programs in Go ask the kernel and keep the real clock. */
const clock = async (machine: Machine, offset: string) => ({
  ...{ LD_PRELOAD: await must(machine, "ls /usr/lib/*/faketime/libfaketime.so.1"), FAKETIME: offset },
  ...{ FAKETIME_DONT_FAKE_MONOTONIC: "1", FAKETIME_DISABLE_SHM: "1" },
});
const LIBRARIES = "export PART=test; . /opt/keelson/current/lib/load.sh";

describe.each(["S3", "Blob"] as const)("on %s", (store) => {
  let founded: Founded;
  let machine: Machine;

  beforeAll(async () => {
    if (ready) founded = await Founded.start(store);
  }, 180_000);
  beforeEach(() => (ready ? founded.again() : undefined));
  afterEach(() => (ready ? founded.lab.lose(machine) : undefined));
  afterAll(() => founded?.stop());

  /** Boots until it says why it waits, and sees that it has done nothing else, then and after a while. */
  const waits = async (code: string, env: Readonly<Record<string, string>> = {}) => {
    const before = founded.records;
    const started = boot(machine, env);
    await machine.waitFor(() => alarm(machine) === code, 60, `no alarm ${code}`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(started.running).toBe(true);
    expect(await isEmpty(machine)).toBe(true);
    expect(founded.records).toEqual(before);
  };
  const restored = () =>
    machine.waitFor(() => machine.exists("/var/lib/etcd/member"), 60, "nothing is restored");

  describe("a disk that is full", () => {
    test("stops backups and not the master, spoils no snapshot, and there are backups again with room", async () => {
      machine = await founded.machine({ diskMiB: 400 });
      await serve(machine);
      await backUp(founded.lab, machine);
      const before = founded.lab.store.keys();
      await kubectl(machine, "create configmap four");
      await fill(machine, 150);
      expect((await unit(machine, "backup.sh").ended).status).not.toBe(0);
      expect(alarm(machine, "backup")).toBe("snapshot-failed");
      expect(founded.lab.store.keys()).toEqual(before);
      expect(serves(machine)).toBe(true);
      await kubectl(machine, "create configmap five");
      await empty(machine);
      const { snapshots } = founded;
      expect(await backUp(founded.lab, machine)).toEqual([...snapshots, expect.any(String)]);
      expect(alarm(machine, "backup")).toBe("");
    }, 120_000);

    test.each([
      ["before the snapshot is there", 64, "snapshots-unknown"],
      ["while the snapshot is restored", 20 << 10, "restore-failed"],
    ])(
      "%s starts nothing, and the boot goes on with room",
      async (_, kib, code) => {
        machine = await founded.machine({ diskMiB: 300 });
        // All that a boot writes before lies here by then.
        await must(
          machine,
          `${LIBRARIES}; mkdir -p /etc/kubernetes && kubeadm_config 10.0.1.1 x && packages_install`,
        );
        await fill(machine, kib);
        const started = boot(machine);
        await machine.waitFor(() => alarm(machine) === code, 60, `no alarm ${code}`);
        await new Promise((resolve) => setTimeout(resolve, 1000));
        expect(started.running).toBe(true);
        expect(await isEmpty(machine)).toBe(true);
        await empty(machine);
        await restored();
      },
      120_000,
    );
  });

  if (store === "S3") {
    test.each(["+1h", "-1h"])(
      "a clock that is off by %s is refused by the store: the master waits, whether there was a cluster or not",
      async (offset) => {
        machine = await founded.machine();
        const env = await clock(machine, offset);
        const { stdout } = await machine.run(
          `${LIBRARIES}; s3_request GET '' 'list-type=2'; echo "$REPLY_CODE $REPLY_ERROR"`,
          env,
        );
        expect(stdout).toBe("403 RequestTimeTooSkewed\n");
        await waits("epochs-unknown", env);
        await machine.halt();
        await founded.lab.store.renew();
        founded.lab.cloud.witness = undefined;
        await machine.reboot();
        await waits("epochs-unknown", env);
      },
      60_000,
    );
  } else {
    test("clocks that are off by an hour change nothing in the order of snapshots, of which the newest is restored", async () => {
      const booted = async (offset: string) => {
        machine = await founded.machine();
        // The certificate of the tests' server is not an hour old, so curl has the real clock.
        machine.write("/usr/local/bin/curl", '#!/bin/sh\nunset LD_PRELOAD\nexec /usr/bin/curl "$@"\n');
        await must(machine, "chmod 755 /usr/local/bin/curl");
        await serve(machine, await clock(machine, offset));
      };
      const backedUp = async (offset: string) => {
        await kubectl(machine, `create configmap later${founded.snapshots.length}`);
        const { status } = await unit(machine, "backup.sh", await clock(machine, offset)).ended;
        expect(status).toBe(0);
        return founded.snapshots.at(-1) ?? "";
      };
      const taken = async (name: string) => {
        const manifest = await founded.lab.admin(`store_get ${name}.json manifest && cat manifest`);
        return Date.parse(/"taken": "(.*)"/.exec(manifest)?.[1] ?? "");
      };
      const newest = founded.snapshots.at(-1);
      await booted("+1h");
      expect(machine.journal).toContain(`restoring ${newest} into epoch 2`);
      // As the clocks have it, the first is the newest and the last the oldest.
      const early = await backedUp("+1h");
      const real = await backedUp("+0h");
      const late = await backedUp("-1h");
      expect((await taken(early)) - (await taken(real))).toBeGreaterThan(3_000_000);
      expect((await taken(real)) - (await taken(late))).toBeGreaterThan(3_000_000);
      expect(founded.snapshots.slice(-3)).toEqual([early, real, late]);
      await founded.lab.lose(machine);
      await booted("-1h");
      expect(machine.journal).toContain(`restoring ${late} into epoch 3`);
    }, 180_000);
  }

  test.each(["sa.key", "encryption.yaml"])(
    "an identity without %s is damaged: no epoch is claimed and nothing starts",
    async (file) => {
      machine = await founded.machine();
      // Sealed by the real key and named by the genesis record, so that only what is in it is wrong.
      await must(
        machine,
        `${LIBRARIES}; cd "$RUN_DIR"
        overwrite() { if [ "$CLOUD" = aws ]; then s3_put "$1" '' "$2"; else blob_put "$1" "$2"; fi; }
        store_get "$GENESIS" genesis && store_get "$IDENTITY" sealed && mkdir pki
        unseal "$(field cluster genesis)" sealed tgz && tar -C pki -xzf tgz && rm pki/${file}
        tar -C pki -czf tgz . && seal "$(field cluster genesis)" tgz sealed
        sed -i "s/\\"identity\\": \\"[0-9a-f]*/\\"identity\\": \\"$(sha256sum <sealed | cut -d' ' -f1)/" genesis
        overwrite "$IDENTITY" sealed && overwrite "$GENESIS" genesis`,
      );
      await waits("identity-damaged");
      expect(machine.journal).toContain(`the identity has no ${file}`);
    },
    60_000,
  );

  test("retention that passed while the master was down leaves the newest, and a rebuild restores it", async () => {
    machine = await founded.machine();
    await serve(machine);
    for (let n = 0; n < 3; n++) {
      await kubectl(machine, `create configmap more-${n}`);
      await backUp(founded.lab, machine);
    }
    const { snapshots } = founded;
    await founded.lab.lose(machine);
    // What a lifecycle rule on the tag does.
    const tags = store === "S3" ? `s3_request GET "$key" 'tagging='` : `blob_request GET "$key" 'comp=tags'`;
    const tagged = await founded.lab.admin(`
      for key in $(store_list etcd/); do
        ${tags}; [[ $REPLY_BODY != *'<Key>superseded</Key><Value>yes</Value>'* ]] || echo "$key"
      done`);
    expect(tagged.trim().split("\n").sort()).toEqual(
      snapshots.slice(0, -3).flatMap((name) => [`${name}.db`, `${name}.json`]),
    );
    await founded.lab.admin(
      tagged
        .trim()
        .split("\n")
        .map((key) => `remove ${key}\n`)
        .join(""),
    );
    expect(founded.snapshots).toEqual(snapshots.slice(-3));
    machine = await founded.machine();
    boot(machine);
    await restored();
    expect(machine.journal).toContain(`restoring ${snapshots.at(-1)} into epoch 3`);
  }, 120_000);
});
