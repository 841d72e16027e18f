import { has, testWith } from "../support/tools";
import { Lab } from "./support/lab";
import { MACHINE_NEEDS } from "./support/machine";
import { S3_SERVER } from "./support/s3-server";

const needs = { ...MACHINE_NEEDS, MinIO: S3_SERVER !== undefined, openssl: has("openssl") };
const test = testWith(needs, "scripts/dev/setup.sh nodes");

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
