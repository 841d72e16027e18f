import { has, testWith } from "../support/tools";
import { flip, Founded, isEmpty } from "./support/founded";
import type { Machine } from "./support/machine";
import { MACHINE_NEEDS } from "./support/machine";
import { alarm, boot } from "./support/masters";
import { S3_SERVER } from "./support/s3-server";

const needs = { ...MACHINE_NEEDS, MinIO: S3_SERVER !== undefined, openssl: has("openssl") };
const test = testWith(needs, "scripts/dev/setup.sh nodes");
const ready = Object.values(needs).every(Boolean);

/** Shell of the store's administrator: takes away what lies under these prefixes, as somebody does who empties a bucket. */
const remove = (...prefixes: readonly string[]) =>
  prefixes.map((prefix) => `for key in $(store_list "${prefix}"); do remove "$key"; done\n`).join("");

describe.each(["S3", "Blob"] as const)("on %s", (store) => {
  let founded: Founded;
  let machine: Machine;

  beforeAll(async () => {
    if (ready) founded = await Founded.start(store);
  }, 180_000);
  beforeEach(() => (ready ? founded.again() : undefined));
  afterAll(() => founded?.stop());

  /** Boots a new machine until it says why it waits, and sees that it has done nothing else, then and after a while. */
  const waits = async (code: string | RegExp): Promise<Machine> => {
    const before = founded.records;
    machine = await founded.machine();
    const started = boot(machine);
    await machine.waitFor(() => alarm(machine) !== "", 30, "no alarm");
    expect(alarm(machine)).toMatch(code instanceof RegExp ? code : new RegExp(`^${code}$`));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(started.running).toBe(true);
    expect(await isEmpty(machine)).toBe(true);
    expect(founded.records).toEqual(before);
    return machine;
  };

  describe("no new cluster starts, and the master says why it waits, when", () => {
    test("the bucket was emptied", async () => {
      await founded.lab.admin(remove(""));
      await waits("genesis-deleted");
    });

    test("the bucket was recreated empty", async () => {
      await founded.lab.admin("remove_store; create_store");
      await waits(/^genesis-(gone|deleted)$/);
    });

    test("the bucket is gone", async () => {
      await founded.lab.admin("remove_store");
      machine = await founded.machine();
      boot(machine);
      await machine.waitFor(() => alarm(machine) !== "", 30, "no alarm");
      expect(alarm(machine)).toBe("store-gone");
      expect(await isEmpty(machine)).toBe(true);
    });

    test("the genesis record was deleted and the snapshots are left", async () => {
      await founded.lab.admin("remove identity/genesis.json");
      await waits("genesis-deleted");
    });

    test("the snapshots were deleted and the genesis record is left", async () => {
      await founded.lab.admin(remove("etcd/"));
      await waits("snapshots-gone");
    });

    test("the genesis record is another cluster's", async () => {
      await founded.lab.admin(`
        store_get identity/genesis.json genesis
        sed -i 's/"cluster": "[0-9a-f]*/"cluster": "00000000/' genesis
        store_overwrite identity/genesis.json genesis`);
      await waits("genesis-foreign");
    });

    test("the witness is gone and the store is full", async () => {
      founded.lab.cloud.witness = undefined;
      await waits("witness-lost");
    });

    test("the witness is gone and the bucket was emptied: what was deleted is all that is left of the cluster", async () => {
      founded.lab.cloud.witness = undefined;
      await founded.lab.admin(remove(""));
      await waits("witness-lost");
    });

    test("nobody can make sense of the witness", async () => {
      founded.lab.cloud.witness = "initialised who-knows";
      await waits("witness-strange");
    });

    test("the witness could not be read", async () => {
      founded.lab.cloud.api.deny(founded.lab.cloud.services.witness);
      await waits("witness-unknown");
    });

    test("the identity in the store is damaged", async () => {
      await founded.lab.admin(flip("identity/pki.sealed"));
      await waits("identity-damaged");
    });

    test("every snapshot is damaged", async () => {
      await founded.lab.admin(founded.snapshots.map((name) => flip(`${name}.db`)).join(""));
      machine = await founded.machine();
      boot(machine);
      await machine.waitFor(() => alarm(machine) === "snapshots-damaged", 60, "no alarm");
      expect(await isEmpty(machine)).toBe(true);
    });
  });

  describe("no new cluster starts, no epoch is claimed, and it goes on by itself once", () => {
    const goesOn = async (code: string | RegExp, mend: () => unknown): Promise<void> => {
      const waiting = await waits(code);
      await mend();
      await waiting.waitFor(() => waiting.journal.includes("restoring etcd/"), 60, "it does not go on");
    };

    test("the store that denied lets it in", async () => {
      machine = await founded.machine();
      const before = founded.records;
      machine.proxy.fault = 403;
      boot(machine);
      await machine.waitFor(() => alarm(machine) !== "", 30, "no alarm");
      expect(alarm(machine)).toBe("epochs-unknown");
      expect(await isEmpty(machine)).toBe(true);
      expect(founded.records).toEqual(before);
      machine.reconnect();
      await machine.waitFor(() => machine.journal.includes("restoring etcd/"), 60, "it does not go on");
    });

    test("the store that answered 503 for two minutes is well", async () => {
      machine = await founded.machine();
      machine.proxy.fault = 503;
      boot(machine);
      // The clock runs fifty times as fast: two minutes and a half.
      await new Promise((resolve) => setTimeout(resolve, 3000));
      expect(alarm(machine)).toBe("epochs-unknown");
      machine.reconnect();
      await machine.waitFor(() => machine.journal.includes("restoring etcd/"), 60, "it does not go on");
      expect(alarm(machine)).toBe("");
    });

    test("the key service that denied lets it in", async () => {
      founded.lab.cloud.api.deny(founded.lab.cloud.services.sealing);
      await goesOn("key-denied", () => founded.lab.cloud.api.heal());
    });

    test("the genesis record is back", async () => {
      await founded.lab.admin("store_get identity/genesis.json genesis; remove identity/genesis.json");
      await goesOn("genesis-deleted", () => founded.lab.admin("store_put_new identity/genesis.json genesis"));
    });
  });

  describe("the newest snapshot that is whole is restored, and what is lost is said, when", () => {
    const restores = async (nth: number, said: RegExp): Promise<void> => {
      const name = founded.snapshots.at(nth) ?? "";
      machine = await founded.machine();
      boot(machine);
      await machine.waitFor(() => machine.journal.includes("restoring "), 60, "nothing is restored");
      expect(machine.journal).toContain(`restoring ${name} into epoch 2`);
      expect(machine.journal).toMatch(said);
    };
    const damage = (...nths: readonly number[]) =>
      founded.lab.admin(nths.map((nth) => flip(`${founded.snapshots.at(nth)}.db`)).join(""));

    test("nothing is damaged: the newest", async () => {
      await restores(-1, /^(?!.*lost:)/s);
    });

    test("one byte is flipped in the newest", async () => {
      await damage(-1);
      await restores(-2, /lost: the revisions after \d+ up to \d+/);
    });

    test("one byte is flipped in the two newest", async () => {
      await damage(-1, -2);
      await restores(-3, /lost: the revisions after \d+ up to \d+/);
    });

    test("the newest has a manifest and no database", async () => {
      await founded.lab.admin(`remove ${founded.snapshots.at(-1)}.db`);
      const { snapshots } = founded;
      expect(snapshots).toHaveLength(4);
      await restores(-2, /has a manifest and no database/);
    });

    test("the newest has a database and no manifest", async () => {
      const [, name] = founded.snapshots.slice(-2);
      await founded.lab.admin(`remove ${name}.json`);
      await restores(-1, /^(?!.*lost:)/s);
      expect(machine.journal).not.toContain(`restoring ${name} `);
    });
  });
});
