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
  serve,
  serves,
  unit,
  write,
  written,
} from "./support/masters";
import { S3_SERVER } from "./support/s3-server";

const needs = { ...MACHINE_NEEDS, MinIO: S3_SERVER !== undefined, openssl: has("openssl") };
const test = testWith(needs, "scripts/dev/setup.sh nodes");
const ready = Object.values(needs).every(Boolean);

const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1000));

describe.each(["S3", "Blob"] as const)("on %s, a master that is cut off:", (store) => {
  let lab: Lab;
  let first: Machine;
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

  test("while the store is down for ten minutes a healthy master stays, and says so", async () => {
    watch = unit(first, "watch.sh");
    first.cutOff("store");
    await seconds(12); // the clock runs fifty times as fast
    expect(alarm(first, "watch")).toBe("store-unreachable");
    expect(watch.running && serves(first)).toBe(true);
    await write(first, "without-store");
    first.reconnect();
    await first.waitFor(() => alarm(first, "watch") === "", 20, "the alarm does not end");
    await backUp(lab, first);
  }, 90_000);

  test("cut off from store and cloud it stops serving, and goes on with its data when they are back", async () => {
    await write(first, "before-isolation");
    first.cutOff("store", "cloud");
    expect((await watch.ended).status).toBe(0);
    expect(serves(first)).toBe(false);
    expect(await etcdRuns(first)).toBe(false);
    expect((await record(1))["state"]).toBe("serving");
    first.reconnect();
    await serve(first);
    expect(await written(first)).toContain("before-isolation");
    expect(epochOf(first)).toBe(1);
  }, 120_000);

  test("what is written to a master that is cut off from the store and replaced is lost, and nothing else", async () => {
    await write(first, "in-the-last-snapshot");
    await backUp(lab, first);
    first.cutOff("store");
    await write(first, "after-the-cut");
    lab.cloud.giveUp(first);
    watch = unit(first, "watch.sh");
    const second = await lab.machine("second");
    boot(second);
    await second.waitFor(() => alarm(second) === "predecessor-alive", 60, "it does not wait");
    await first.waitFor(() => !watch.running, 60, "the one that is cut off does not stop");
    expect(serves(first) || serves(second)).toBe(false);
    expect(await etcdRuns(first)).toBe(false);
    expect((await record(1))["state"]).toBe("serving"); // it could not say more
    lab.cloud.end(first.instance);
    await second.waitFor(() => serves(second), 90, "it does not serve");
    expect(await written(second)).toContain("in-the-last-snapshot");
    expect(await written(second)).not.toContain("after-the-cut");
    await lab.lose(first);
    await lab.lose(second);
  }, 180_000);
});
