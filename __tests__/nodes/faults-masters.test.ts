import { has, testWith } from "../support/tools";
import { Lab } from "./support/lab";
import { type Machine, MACHINE_NEEDS } from "./support/machine";
import type { MachineProcess } from "./support/machine-process";
import {
  alarm,
  backUp,
  boot,
  epochOf,
  etcdRuns,
  processes,
  serve,
  serves,
  snapshots,
  unit,
  write,
  written,
} from "./support/masters";
import { S3_SERVER } from "./support/s3-server";

const needs = { ...MACHINE_NEEDS, MinIO: S3_SERVER !== undefined, openssl: has("openssl") };
const test = testWith(needs, "scripts/dev/setup.sh nodes");
const ready = Object.values(needs).every(Boolean);

const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1000));

describe.each(["S3", "Blob"] as const)("on %s, the masters of one cluster, one after the other:", (store) => {
  let lab: Lab;
  let first: Machine;
  let second: Machine;
  let last: Machine;
  let watch: MachineProcess;

  beforeAll(async () => {
    if (!ready) return;
    lab = await Lab.start({ store, minor: "3.6" });
    first = await lab.machine("first");
    await serve(first);
  }, 120_000);
  afterAll(() => lab?.stop());

  /** The record of an epoch, as the store has it. */
  const record = async (epoch: number) =>
    JSON.parse(
      await lab.admin(`store_get identity/epochs/${String(epoch).padStart(10, "0")}.json e && cat e`),
    ) as Record<string, string>;

  test("a reboot with good local data goes on with it, in the same epoch", async () => {
    await write(first, "before-reboot");
    await first.reboot();
    await serve(first);
    expect(await written(first)).toEqual(["before-reboot"]);
    expect(epochOf(first)).toBe(1);
    expect(first.journal).toContain("local data: current");
  }, 90_000);

  test("a new master takes over from one that still serves, and nothing is lost", async () => {
    watch = unit(first, "watch.sh");
    await write(first, "last-words");
    second = await lab.machine("second");
    await serve(second);
    expect((await watch.ended).status).toBe(0);
    expect(serves(first)).toBe(false);
    expect(await etcdRuns(first)).toBe(false);
    expect(first.exists("/var/lib/etcd/member")).toBe(true);
    expect(await written(second)).toContain("last-words");
    expect(await record(1)).toMatchObject({ state: "closed", served: "yes" });
    expect(await record(2)).toMatchObject({ state: "serving", instance: second.instance });
  }, 120_000);

  test("a reboot after losing the epoch starts nothing, and keeps the data", async () => {
    await first.reboot();
    const started = boot(first);
    await first.waitFor(() => alarm(first) === "fenced", 30, "it is not fenced");
    await seconds(1);
    expect(started.running).toBe(true);
    expect(await etcdRuns(first)).toBe(false);
    expect(first.exists("/var/lib/etcd/member")).toBe(true);
    await lab.lose(first);
  }, 60_000);

  test("a copy of a master's disk in another machine starts nothing", async () => {
    const copy = await lab.machine("copy");
    await copy.run("mkdir -p /var/lib/etcd/member /var/lib/keelson; echo 2 >/var/lib/keelson/epoch");
    boot(copy);
    await copy.waitFor(() => alarm(copy) === "fenced", 30, "it is not fenced");
    expect((await record(2))["state"]).toBe("serving");
    await lab.lose(copy);
  }, 60_000);

  test("a master whose machine the cloud ends uploads what was written last, closes its epoch, and lets go", async () => {
    watch = unit(second, "watch.sh");
    await write(second, "before-the-end");
    lab.cloud.announceEnd(second, lab.metadataOf(second));
    await second.waitFor(() => !watch.running, 60, "it does not end");
    expect(await record(2)).toMatchObject({ state: "closed", served: "yes" });
    expect(lab.cloud.hasLetGo(second, lab.metadataOf(second))).toBe(true);
    const third = await lab.machine("third");
    await serve(third);
    expect(await written(third)).toContain("before-the-end");
    await lab.lose(second);
    await lab.lose(third);
  }, 120_000);

  test("a pin is used by the next rebuild, again when that one dies before it serves, and never after that", async () => {
    const [, pinned = ""] = snapshots(lab);
    const before = lab.store.keys().filter((key) => key.startsWith("identity/epochs/")).length;
    await lab.admin(
      `printf '{\\n  "snapshot": "${pinned}"\\n}\\n' >pin; store_put_new pin/0000000001.json pin`,
    );
    const killed = await lab.machine("killed");
    boot(killed);
    await killed.waitFor(() => killed.journal.includes(`restoring ${pinned} into`), 60, "it is not used");
    await lab.lose(killed);
    const served = await lab.machine("served");
    await serve(served);
    expect(served.journal).toContain(`restoring ${pinned} into epoch ${before + 2}`);
    await backUp(lab, served);
    await lab.lose(served);
    last = await lab.machine("after");
    boot(last);
    await last.waitFor(() => last.journal.includes("restoring "), 60, "nothing is restored");
    expect(last.journal).toContain(`restoring ${snapshots(lab).at(-1)} into epoch ${before + 3}`);
  }, 240_000);

  test("of two masters that boot at once exactly one serves, and the other waits for it", async () => {
    await lab.lose(last);
    const both = [await lab.machine("left"), await lab.machine("right")] as const;
    const [left, right] = both;
    for (const machine of both) boot(machine);
    await left.waitFor(() => both.some(serves), 90, "none of the two serves");
    await seconds(3);
    expect(both.filter(serves)).toHaveLength(1);
    const loser = serves(left) ? right : left;
    expect(await processes(loser, "etcd")).toBe("");
    await loser.waitFor(() => alarm(loser) === "predecessor-alive", 30, "it does not say why it waits");
    for (const machine of both) await lab.lose(machine);
  }, 180_000);
});
