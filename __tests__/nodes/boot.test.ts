import { has, testWith } from "../support/tools";
import { asPlatform, credentialOf, published } from "./support/access";
import { flip, Founded, isEmpty } from "./support/founded";
import { Lab } from "./support/lab";
import type { StoreKind } from "./support/lab-store";
import { type Machine, MACHINE_NEEDS } from "./support/machine";
import {
  alarm,
  backUp,
  boot,
  epochOf,
  epochs,
  kubectl,
  processes,
  serve,
  serves,
  snapshots,
  unit,
} from "./support/masters";
import { S3_SERVER } from "./support/s3-server";

const needs = { ...MACHINE_NEEDS, MinIO: S3_SERVER !== undefined, openssl: has("openssl") };
const test = testWith(needs, "scripts/dev/setup.sh nodes");
const ready = Object.values(needs).every(Boolean);

describe.each(["S3", "Blob"] as const)("on %s", (store) => {
  /** For what depends on the store no more: it takes long enough on one of them. */
  const onOne = (one: StoreKind) => (store === one ? test : () => undefined);
  let founded: Founded;
  beforeAll(async () => {
    if (ready) founded = await Founded.start(store);
  }, 180_000);
  afterAll(() => founded?.stop());

  /** Shell of the administrator: an epoch that a machine which is gone has claimed and never served. */
  const unserved = (epoch: number) => `
    printf '{\\n  "state": "closed",\\n  "instance": "x",\\n  "node": "x",\\n  "pin": "",\\n  "served": "no"\\n}\\n' >e
    store_put_new identity/epochs/000000000${epoch}.json e\n`;

  /** Shell of the administrator: the first pin. */
  const pin = (name: string | undefined) =>
    `printf '{\\n  "snapshot": "${name}"\\n}\\n' >pin; store_put_new pin/0000000001.json pin\n`;
  const isStopped = async (machine: Machine) =>
    (await processes(machine, "etcd")) === "" && (await processes(machine, "kube-apiserver")) === "";

  // One trouble after the other: what a master is like after one of them is what it is like before any.
  if (store === "S3") {
    describe("one master:", () => {
      let machine: Machine;
      beforeAll(async () => {
        if (!ready) return;
        await founded.again();
        machine = await founded.machine();
        await serve(machine);
      }, 120_000);

      test("a store that is emptied under a living master is filled again by it, and a rebuild works", async () => {
        await kubectl(machine, "create configmap four");
        await founded.lab.admin('for key in $(store_list ""); do remove "$key"; done');
        await unit(machine, "renew.sh").ended;
        expect(alarm(machine, "renew")).not.toBe("");
        await backUp(founded.lab, machine);
        await founded.lab.lose(machine);
        machine = await founded.machine();
        await serve(machine);
        expect(await kubectl(machine, "get configmaps -o name")).toContain("configmap/four");
        // It is the same authority's, and what the group may do is in the database.
        const { stdout } = await asPlatform(machine, credentialOf(founded.lab), "auth can-i delete nodes");
        expect(stdout).toBe("yes\n");
      }, 180_000);

      test("a damaged genesis record spoils no backup, a damaged epoch starts nothing, and both are told", async () => {
        const epoch = machine.read("/var/lib/keelson/epoch");
        await kubectl(machine, "create configmap five");
        const { snapshots } = founded;
        machine.write("/var/lib/keelson/identity/genesis.json", "garbage");
        expect((await unit(machine, "backup.sh").ended).status).not.toBe(0);
        expect(alarm(machine, "backup")).toBe("identity-damaged");
        expect(founded.snapshots).toEqual(snapshots);
        machine.write("/var/lib/keelson/epoch", "08");
        await machine.reboot();
        const before = founded.records;
        boot(machine);
        await machine.waitFor(() => alarm(machine) === "epochs-unknown", 30, "no alarm");
        expect(await isStopped(machine)).toBe(true);
        expect(founded.records).toEqual(before);
        machine.write("/var/lib/keelson/epoch", epoch);
        await machine.waitFor(() => serves(machine), 60, "it does not go on");
        expect(await kubectl(machine, "get configmaps -o name")).toContain("configmap/five");
        expect(await backUp(founded.lab, machine)).toHaveLength(snapshots.length + 1);
      }, 120_000);

      test("a master that handed over and was not replaced goes on with its data, in a new epoch", async () => {
        const epoch = epochOf(machine);
        await kubectl(machine, "create configmap six");
        expect((await unit(machine, "hand-over.sh ending").ended).status).toBe(0);
        await machine.reboot();
        await serve(machine);
        expect(await kubectl(machine, "get configmaps -o name")).toContain("configmap/six");
        expect(epochOf(machine)).toBe(epoch + 1);
        expect(await kubectl(machine, "get nodes -o name")).toBe(`node/${machine.hostname}`);
      }, 180_000);

      test("a master whose notes were emptied by a power cut goes on with its data, and backs it up", async () => {
        const before = await epochs(founded.lab);
        await kubectl(machine, "create configmap seven");
        await backUp(founded.lab, machine);
        const notes = "backup standing repaired pin kubeadm.yaml identity/genesis.json identity/pki.sealed";
        await machine.run(`cd /var/lib/keelson; for file in ${notes}; do : >$file; done; echo x >standing`);
        await machine.reboot();
        await serve(machine);
        expect(await kubectl(machine, "get configmaps -o name")).toContain("configmap/seven");
        expect(before.at(-1)).toBe("serving");
        expect(await epochs(founded.lab)).toEqual(before);
        const { length } = founded.snapshots;
        expect((await unit(machine, "backup.sh").ended).status).toBe(0);
        expect(founded.snapshots).toHaveLength(length + 1);
        expect(machine.journal).not.toContain("could not be tagged");
        await founded.lab.admin('for key in $(store_list identity/); do remove "$key"; done');
        await unit(machine, "renew.sh").ended;
        expect(founded.lab.store.keys()).toContain("identity/pki.sealed");
        // After a rebuild, and as before it.
        expect(published(founded.lab)).toMatchObject({ ca: { version: 1 }, credential: { version: 2 } });
      }, 120_000);

      test("a boot that finds its master overtaken and still at work ends that work first, and puts what was written into the store", async () => {
        const epoch = epochOf(machine);
        await kubectl(machine, "create configmap eight");
        const { length } = founded.snapshots;
        await founded.lab.admin(unserved(epoch + 1));
        boot(machine);
        await machine.waitFor(() => alarm(machine) === "fenced", 30, "it is not fenced");
        await machine.waitFor(
          () => machine.journal.includes(`fenced: epoch ${epoch} ends`),
          30,
          "it hands nothing over",
        );
        await machine.waitFor(async () => isStopped(machine), 60, "it goes on");
        await machine.waitFor(
          async () => (await epochs(founded.lab)).at(-2) === "closed",
          30,
          "its epoch stays open",
        );
        expect(founded.snapshots).toHaveLength(length + 1);
      }, 120_000);
    });
  }

  describe("each by itself:", () => {
    beforeEach(() => (ready ? founded.again() : undefined));

    test("what stands in the store of a cluster is what the protocol says, and no secret in clear", async () => {
      expect(founded.lab.store.keys().map((key) => key.replace(/\d{20}|[0-9a-f]{64}/, "*"))).toEqual(
        expect.arrayContaining([
          ...["etcd/0000000001/*.db", "etcd/0000000001/*.json", "founding/cluster.json"],
          ...["identity/epochs/0000000001.json", "identity/genesis.json", "identity/pki.sealed"],
        ]),
      );
      const sealed = await founded.lab.admin("store_get identity/pki.sealed s && cat s");
      expect(sealed).toMatch(/^keelson-sealed-2 /);
      expect(sealed).not.toContain("PRIVATE KEY");
    });

    test("two first masters that boot at once found one cluster", async () => {
      const lab = await Lab.start({ store, minor: "3.6" });
      try {
        const [left, right] = await Promise.all([lab.machine("left"), lab.machine("right")]);
        for (const machine of [left, right]) boot(machine);
        await left.waitFor(() => serves(left) || serves(right), 120, "none of the two serves");
        const [winner, loser] = serves(left) ? [left, right] : [right, left];
        await loser.waitFor(() => alarm(loser) === "predecessor-alive", 30, "it does not wait");
        expect(serves(loser)).toBe(false);
        expect(lab.cloud.witness).toMatch(/^initialised /);
        // What is written to the one is there when the other takes over: it does not go on with founding.
        await kubectl(winner, "create configmap written");
        await backUp(lab, winner);
        await lab.lose(winner);
        await loser.waitFor(() => serves(loser), 90, "it does not take over");
        expect(await kubectl(loser, "get configmaps -o name")).toContain("configmap/written");
        // While it waited it has said so to the cloud, more than once.
        const heartbeats = store === "S3" ? lab.aws.heartbeats.map(({ instance }) => instance) : undefined;
        expect(heartbeats?.filter((instance) => instance === loser.instance).length ?? 2).toBeGreaterThan(1);
      } finally {
        await lab.stop();
      }
    }, 240_000);

    onOne("S3")(
      "a snapshot of versions that ours do not follow on is not restored, and no epoch is claimed",
      async () => {
        await founded.lab.admin(`
      store_get ${founded.snapshots.at(-1)}.json m
      sed -i 's/"kubernetes": "1.36/"kubernetes": "1.34/' m
      store_overwrite ${founded.snapshots.at(-1)}.json m`);
        const before = founded.records;
        const machine = await founded.machine();
        boot(machine);
        await machine.waitFor(() => alarm(machine) === "version-skew", 30, "no alarm");
        expect(await isEmpty(machine)).toBe(true);
        expect(founded.records).toEqual(before);
      },
      60_000,
    );

    onOne("S3")(
      "a pinned snapshot that is damaged is not replaced by another, until the pin is taken back",
      async () => {
        const [, pinned = ""] = founded.snapshots;
        await founded.lab.admin(flip(`${pinned}.db`) + pin(pinned));
        const machine = await founded.machine();
        boot(machine);
        await machine.waitFor(() => alarm(machine) === "pin-damaged", 60, "no alarm");
        expect(await isEmpty(machine)).toBe(true);
        await founded.lab.admin(`
      printf '{\\n  "snapshot": "none"\\n}\\n' >pin; store_put_new pin/0000000002.json pin`);
        const newest = founded.snapshots.at(-1);
        await machine.waitFor(
          () => machine.journal.includes(`restoring ${newest} `),
          60,
          "it does not go on",
        );
      },
      120_000,
    );

    onOne("S3")(
      "a rebuild that is asked for other ranges of pods and services keeps those that the cluster was founded with",
      async () => {
        const environment = { POD_CIDR: "10.9.0.0/16", SERVICE_CIDR: "10.8.0.0/16" };
        const machine = await founded.machine({ environment });
        boot(machine);
        const manifest = "/etc/kubernetes/manifests/kube-apiserver.yaml";
        await machine.waitFor(() => machine.exists(manifest), 60, "no API server");
        expect(machine.read(manifest)).toContain("--service-cluster-ip-range=10.96.0.0/16");
        expect(machine.read("/var/lib/keelson/kubeadm.yaml")).toContain("podSubnet: 10.244.0.0/16");
        expect(machine.journal).toContain(
          "founded with 10.244.0.0/16 for pods and 10.96.0.0/16 for services",
        );
      },
      60_000,
    );

    onOne("S3")(
      "a pinned snapshot that has been deleted since is not replaced by another either",
      async () => {
        const [, pinned = ""] = founded.snapshots;
        await founded.lab.admin(`${pin(pinned)} remove ${pinned}.json; remove ${pinned}.db`);
        const before = founded.records;
        const machine = await founded.machine();
        boot(machine);
        await machine.waitFor(() => alarm(machine) === "pin-damaged", 60, "no alarm");
        expect(await isEmpty(machine)).toBe(true);
        expect(founded.records).toEqual(before);
      },
      60_000,
    );

    onOne("S3")(
      "a master whose store was emptied puts back what it has when it boots, and that its pin was used",
      async () => {
        await founded.lab.admin(pin(founded.snapshots[1]));
        const machine = await founded.machine();
        await serve(machine);
        const record = `store_get identity/epochs/0000000002.json e && cat e`;
        const before = await founded.lab.admin(record);
        expect(before).toContain('"pin": "0000000001"');
        await founded.lab.admin('for key in $(store_list ""); do remove "$key"; done');
        await machine.reboot();
        await serve(machine);
        expect(founded.lab.store.keys()).toEqual(
          expect.arrayContaining(["identity/genesis.json", "identity/pki.sealed"]),
        );
        expect(await founded.lab.admin(record)).toBe(before);
      },
      120_000,
    );

    onOne("S3")(
      "a first boot whose witness becomes another cluster's says so and puts no snapshot into the store",
      async () => {
        const lab = await Lab.start({ store, minor: "3.6" });
        try {
          const machine = await lab.machine("first");
          boot(machine);
          await machine.waitFor(() => machine.exists("/var/lib/etcd/member"), 60, "etcd has not begun");
          lab.cloud.witness = "initialised 00000000-0000-4000-8000-000000000000";
          await machine.waitFor(() => alarm(machine) === "witness-strange", 60, "no alarm");
          expect(serves(machine)).toBe(false);
          expect(snapshots(lab)).toEqual([]);
        } finally {
          await lab.stop();
        }
      },
      120_000,
    );

    onOne("S3")(
      "an epoch that no master can have come to is told, and not claimed over and over",
      async () => {
        await founded.lab.admin(`echo '{}' >e; store_put_new identity/epochs/9999999999.json e`);
        const machine = await founded.machine();
        boot(machine);
        await machine.waitFor(() => alarm(machine) === "epochs-unknown", 60, "no alarm");
        expect(await isEmpty(machine)).toBe(true);
      },
      180_000,
    );

    onOne("S3")(
      "a second control-plane.sh on one machine does nothing, until the first is no more",
      async () => {
        await founded.lab.admin("remove identity/genesis.json");
        const machine = await founded.machine();
        const first = boot(machine);
        await machine.waitFor(() => alarm(machine) === "genesis-deleted", 30, "no alarm");
        expect((await boot(machine).ended).status).toBe(1);
        expect(machine.journal).toContain("another control-plane.sh is at work");
        await first.kill();
        await machine.run("rm /run/keelson/boot/alarm");
        const again = boot(machine);
        await machine.waitFor(() => alarm(machine) === "genesis-deleted", 30, "it is still kept away");
        expect(again.running).toBe(true);
      },
      120_000,
    );

    onOne("S3")(
      "after three epochs in a row that never served, the next one says so",
      async () => {
        await founded.lab.admin([2, 3, 4].map(unserved).join(""));
        const machine = await founded.machine();
        boot(machine);
        await machine.waitFor(() => machine.journal.includes("ALARM rebuild-loop"), 60, "no alarm");
        await machine.waitFor(() => machine.journal.includes("into epoch 5"), 60, "it does not go on");
      },
      120_000,
    );

    // There the cloud's patience is 45 minutes, not a day.
    onOne("Blob")(
      "a master that holds for long asks the cloud not to replace it, and one that serves takes that back",
      async () => {
        const { suspended } = founded.lab.azure;
        await founded.lab.admin("store_get identity/genesis.json genesis; remove identity/genesis.json");
        const machine = await founded.machine();
        boot(machine, { CLOCK_SCALE: "0.002" });
        await machine.waitFor(() => alarm(machine) === "genesis-deleted", 30, "no alarm");
        expect(suspended.size).toBe(0);
        await machine.waitFor(() => suspended.size === 1, 90, "it does not ask");
        expect(await isEmpty(machine)).toBe(true);
        await founded.lab.admin("store_put_new identity/genesis.json genesis");
        await machine.waitFor(() => serves(machine), 90, "it does not serve");
        await machine.waitFor(() => suspended.size === 0, 30, "it does not take it back");
      },
      300_000,
    );
  });
});
