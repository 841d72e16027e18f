import { has, testWith } from "../support/tools";
import { Lab } from "./support/lab";
import { MACHINE_NEEDS } from "./support/machine";
import { alarm, boot, processes, serve, serves } from "./support/masters";
import { S3_SERVER } from "./support/s3-server";

const needs = { ...MACHINE_NEEDS, MinIO: S3_SERVER !== undefined, openssl: has("openssl") };
const test = testWith(needs, "scripts/dev/setup.sh nodes");
const ready = Object.values(needs).every(Boolean);

const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1000));

describe.each(["S3", "Blob"] as const)("on %s", (store) => {
  let lab: Lab;

  beforeAll(async () => {
    if (!ready) return;
    lab = await Lab.start({ store, minor: "3.6" });
    const first = await lab.machine("first");
    await serve(first);
    await lab.lose(first);
  }, 120_000);
  afterAll(() => lab?.stop());

  test("of two masters that boot at once exactly one serves, and the other waits for it", async () => {
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

describe.each(["S3", "Blob"] as const)("on %s", (store) => {
  test("of masters that claim an epoch at once exactly one gets it, in a hundred rounds", async () => {
    const lab = await Lab.start({ store, minor: "3.6" });
    try {
      const machine = await lab.machine("racer");
      const { stdout } = await machine.run(`
        . /opt/keelson/current/lib/load.sh
        for n in {1..100}; do
          for who in a b; do
            ( RUN_DIR=/run/keelson/$who; mkdir -p "$RUN_DIR"
              status=14 # an answer that got lost is asked for again, as a boot does
              while [ "$status" -eq 14 ]; do status=0; epoch_claim "$n" "i-$who" node '' || status=$?; done
              echo "$n $status" ) &
          done
          wait
        done`);
      const lines = stdout.trim().split("\n");
      expect(lines).toHaveLength(200);
      expect(new Set(lines.filter((line) => line.endsWith(" 0"))).size).toBe(100);
      expect(lines.filter((line) => line.endsWith(" 15"))).toHaveLength(100);
    } finally {
      await lab.stop();
    }
  }, 180_000);
});
