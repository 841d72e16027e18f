import { has, testWith } from "../support/tools";
import { holdBefore, release } from "./support/cuts";
import { Founded } from "./support/founded";
import { Lab } from "./support/lab";
import { type Machine, MACHINE_NEEDS } from "./support/machine";
import { alarm, backUp, etcdctl, kubectl, must, serve, snapshots, unit } from "./support/masters";
import { S3_SERVER } from "./support/s3-server";

const needs = { ...MACHINE_NEEDS, MinIO: S3_SERVER !== undefined, openssl: has("openssl") };
const test = testWith(needs, "scripts/dev/setup.sh nodes");
const ready = Object.values(needs).every(Boolean);

/** What a first boot does, in order: the command before which it ends. Each leaves other facts than the one before. */
const FIRST_BOOT = [
  "store_put_new founding/cluster.json",
  "witness_write initialising",
  "prepare",
  'seal "$1"',
  'store_put_new "$IDENTITY"',
  'store_put_new "$GENESIS"',
  "epoch_claim",
  "epochs_await_end",
  'local_epoch_write "$EPOCH"',
  "kubeadm_phase certs all",
  "kubeadm_phase etcd local",
  "kubeadm_phase kubelet-start",
  "etcd_ctl del --prefix /registry/secrets",
  'write_whole "$REPAIRED"',
  "kubeadm_phase control-plane all",
  "kubeadm_phase upload-config all",
  "join_credentials",
  'store_put_new "$(kept_key)"',
  "etcd_ctl snapshot save",
  'store_put_new "$name.db"',
  'store_put_new "$name.json"',
  "witness_write initialised",
  'epoch_set "$2"',
  ': > "$SERVING"',
] as const;
/** Those of them that leave other facts outside the machine. */
const FIRST_BOOT_OUTSIDE = [
  "witness_write initialising",
  "prepare",
  'store_put_new "$GENESIS"',
  "epoch_claim",
  "epochs_await_end",
  'store_put_new "$(kept_key)"',
  'store_put_new "$name.json"',
  "witness_write initialised",
  'epoch_set "$2"',
  ': > "$SERVING"',
] as const;
const RESTORE = [
  'store_get "$1.db"',
  "etcdutl snapshot restore",
  'local_epoch_write "$2"',
  'mv "$new" "$ETCD_DATA"',
  'serve "$CLUSTER_ID"',
  "etcd_ctl del --prefix /registry/secrets",
  'write_whole "$REPAIRED"',
  "kubeadm_phase control-plane all",
  'epoch_set "$2"',
] as const;

/** Sees that a cluster is founded once, whatever happens, and never said to exist before it can be brought back. */
class OneCluster {
  private readonly seen = new Map<string, Set<string>>();

  constructor(private readonly lab: Lab) {}

  async look(): Promise<void> {
    const { witness } = this.lab.cloud;
    if (witness?.startsWith("initialised ")) {
      expect(snapshots(this.lab)).not.toEqual([]);
      expect(this.lab.store.keys()).toContainEqual(expect.stringMatching(/^packages\/.*\.json$/));
    }
    if (witness) this.note("cluster", witness.split(" ")[1]);
    const text = await this.lab.admin(`
      for key in founding/cluster.json identity/genesis.json identity/pki.sealed; do
        if store_get $key file; then
          echo "$key $(sha256sum <file)"
          [ $key = identity/pki.sealed ] || echo "cluster $(sed -n 's/.*"cluster": "\\(.*\\)".*/\\1/p' file)"
        fi
      done`);
    for (const line of text.trim().split("\n")) this.note(...(line.split(" ") as [string, string]));
  }

  get found(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.seen].map(([name, values]) => [name, values.size]));
  }

  private note(name: string, value = ""): void {
    if (name) this.seen.set(name, (this.seen.get(name) ?? new Set()).add(value));
  }
}
const ONCE = { cluster: 1, "founding/cluster.json": 1, "identity/genesis.json": 1, "identity/pki.sealed": 1 };

/** The state of each epoch, oldest first. */
const epochs = async (lab: Lab): Promise<readonly string[]> => {
  const text = await lab.admin(
    `for key in $(store_list identity/epochs/ | sort); do store_get $key e && sed -n 's/.*"state": "\\(.*\\)".*/\\1/p' e; done`,
  );
  return text.trim().split("\n");
};
/** The cluster's own id, which is in etcd. */
const uid = (machine: Machine) => kubectl(machine, "get namespace kube-system -o jsonpath={.metadata.uid}");
const t = (() => { let last = Date.now(); return (w: string) => { const n = Date.now(); process.stderr.write(`${((n - last) / 1000).toFixed(1)} ${w}\n`); last = n; }; })();

describe.each(["S3", "Blob"] as const)("on %s", (store) => {
  describe("a first boot that ends at each of its steps, one later each time, comes to one cluster", () => {
    let lab: Lab;
    beforeEach(async () => {
      if (ready) lab = await Lab.start({ store, minor: "3.6" });
    });
    afterEach(() => lab?.stop());

    test("on one machine, whose power is cut or whose boot is killed", async () => {
      const cluster = new OneCluster(lab);
      const machine = await lab.machine("only");
      let last = "";
      for (const [nth, step] of FIRST_BOOT.entries()) {
        const held = await holdBefore(machine, step);
        await cluster.look();
        if (step === 'store_put_new "$(kept_key)"') last = await uid(machine);
        t(step);
        if (nth % 2 === 0) await held.kill();
        else await machine.reboot();
      }
      await serve(machine);
      await cluster.look();
        t("serve");
      expect(cluster.found).toEqual(ONCE);
      expect(await epochs(lab)).toEqual(["serving"]);
      expect(lab.cloud.witness).toMatch(/^initialised /);
      expect(await uid(machine)).toBe(last);
    }, 180_000);

    test("on machines that are lost and replaced", async () => {
      const cluster = new OneCluster(lab);
      let last = "";
      for (const [nth, step] of FIRST_BOOT_OUTSIDE.entries()) {
        const machine = await lab.machine(`m${nth}`);
        await holdBefore(machine, step, "control-plane.sh", { CLOCK_SCALE: "0.005" });
        await cluster.look();
        if (step === "witness_write initialised") last = await uid(machine);
        t(step);
        await lab.lose(machine);
      }
      const machine = await lab.machine("last");
      await serve(machine, { CLOCK_SCALE: "0.005" });
      await cluster.look();
        t("serve");
      expect(cluster.found).toEqual(ONCE);
      expect((await epochs(lab)).at(-1)).toBe("serving");
      expect(await uid(machine)).toBe(last);
    }, 180_000);
  });
});
