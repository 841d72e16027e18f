import { has, testWith } from "../support/tools";
import { holdBefore } from "./support/cuts";
import { Founded } from "./support/founded";
import { Lab } from "./support/lab";
import { type Machine, MACHINE_NEEDS } from "./support/machine";
import { epochs, etcdctl, kubectl, serve } from "./support/masters";
import { OneCluster } from "./support/one-cluster";
import { S3_SERVER } from "./support/s3-server";

const needs = { ...MACHINE_NEEDS, MinIO: S3_SERVER !== undefined, openssl: has("openssl") };
const test = testWith(needs, "scripts/dev/setup.sh nodes");

type Cut = readonly [before: string, how: "power" | "killed"];
/**
 * What a first boot does, in order: the command before which it ends, and how. Each leaves other facts than the one before.
 * A boot that is killed leaves etcd and the API server running, as kubelet does.
 */
const FIRST_BOOT: readonly Cut[] = [
  ["store_put_new founding/cluster.json", "power"],
  ["witness_write initialising", "killed"],
  ["prepare", "power"],
  ['seal "$1"', "killed"],
  ['store_put_new "$IDENTITY"', "power"],
  ['store_put_new "$GENESIS"', "killed"],
  ["epoch_claim", "power"],
  ["epochs_await_end", "killed"],
  ['local_epoch_write "$EPOCH"', "power"],
  ["kubeadm_phase certs all", "killed"],
  ["kubeadm_phase etcd local", "power"],
  ["kubeadm_phase kubelet-start", "killed"],
  ["etcd_ctl del --prefix /registry/secrets", "power"],
  ['write_whole "$REPAIRED"', "killed"],
  ["kubeadm_phase control-plane all", "power"],
  ["kubeadm_phase upload-config all", "killed"],
  ["join_credentials", "killed"],
  ['store_put_new "$(kept_key)"', "power"],
  ["etcd_ctl snapshot save", "killed"],
  ['store_put_new "$name.db"', "killed"],
  ['store_put_new "$name.json"', "power"],
  ["witness_write initialised", "killed"],
  ['epoch_set "$2"', "power"],
  [': > "$SERVING"', "killed"],
];
/** Those of them that leave other facts outside the machine. */
const FIRST_BOOT_OUTSIDE = [
  "witness_write initialising",
  "prepare",
  'store_put_new "$GENESIS"',
  "epoch_claim",
  "epochs_await_end",
  'store_put_new "$name.json"',
  "witness_write initialised",
  'epoch_set "$2"',
];
const RESTORE: readonly Cut[] = [
  ['store_get "$1.db"', "power"],
  ["etcdutl snapshot restore", "killed"],
  ['local_epoch_write "$2"', "power"],
  ['mv "$new" "$ETCD_DATA"', "killed"],
  ['serve "$CLUSTER_ID"', "power"],
  ["etcd_ctl del --prefix /registry/secrets", "killed"],
  ['write_whole "$REPAIRED"', "power"],
  ["kubeadm_phase control-plane all", "killed"],
  ['epoch_set "$2"', "power"],
];
const RESTORE_OUTSIDE = ["etcdutl snapshot restore", 'serve "$CLUSTER_ID"', 'epoch_set "$2"'];
/** Epochs of masters that never serve make the next ones wait: here a little only. */
const HASTE = { CLOCK_SCALE: "0.005" };

/** Ends a boot of one machine at each of these points, one after the other, and boots it for good. */
async function survive(machine: Machine, cuts: readonly Cut[], seen: (at: string) => unknown): Promise<void> {
  for (const [before, how] of cuts) {
    const held = await holdBefore(machine, before);
    await seen(before);
    await (how === "killed" ? held.kill() : machine.reboot());
  }
  await serve(machine);
}

/** Boots one new machine after the other; each is lost at the next of these points. Gives the one that serves. */
async function replace(
  launch: () => Promise<Machine>,
  lab: Lab,
  cuts: readonly string[],
  seen: (at: string, machine: Machine) => unknown,
): Promise<Machine> {
  for (const before of cuts) {
    const machine = await launch();
    await holdBefore(machine, before, "control-plane.sh", HASTE);
    await seen(before, machine);
    await lab.lose(machine);
  }
  const machine = await launch();
  await serve(machine, HASTE);
  return machine;
}

/** The cluster's own id, which is in etcd. */
const uid = (machine: Machine) => kubectl(machine, "get namespace kube-system -o jsonpath={.metadata.uid}");

describe("a first boot that ends at each of its steps, one later each time, comes to one cluster", () => {
  let lab: Lab;
  afterEach(() => lab?.stop());

  test("on S3, on one machine, whose power is cut or whose boot is killed", async () => {
    lab = await Lab.start({ store: "S3", minor: "3.6" });
    const cluster = new OneCluster(lab);
    const machine = await lab.machine("only");
    let id = "";
    await survive(machine, FIRST_BOOT, async (at) => {
      await cluster.look();
      if (at === "join_credentials") id = await uid(machine);
    });
    await cluster.look();
    expect(cluster.found).toEqual(OneCluster.only);
    expect(await epochs(lab)).toEqual(["serving"]);
    expect(lab.cloud.witness).toMatch(/^initialised /);
    expect(await uid(machine)).toBe(id);
  }, 300_000);

  test("on Blob, on machines that are lost and replaced", async () => {
    lab = await Lab.start({ store: "Blob", minor: "3.6" });
    const cluster = new OneCluster(lab);
    let id = "";
    let launched = 0;
    const launch = () => lab.machine(`m${launched++}`);
    const last = await replace(launch, lab, FIRST_BOOT_OUTSIDE, async (at, machine) => {
      await cluster.look();
      if (at === "witness_write initialised") id = await uid(machine);
    });
    await cluster.look();
    expect(cluster.found).toEqual(OneCluster.only);
    expect((await epochs(lab)).join(" ")).toMatch(/^(open )+serving$/);
    expect(lab.cloud.witness).toMatch(/^initialised /);
    expect(await uid(last)).toBe(id);
  }, 300_000);
});

describe("a restore that ends at each of its steps is done by the boot after it", () => {
  let founded: Founded;
  afterEach(() => founded?.stop());

  /** All data is there, this master alone serves, and nothing points at another. */
  const isWhole = async (machine: Machine, states: RegExp) => {
    expect(await kubectl(machine, "get configmaps -o name")).toMatch(/\/one\n.*\/three\n.*\/two$/s);
    expect((await epochs(founded.lab)).join(" ")).toMatch(states);
    expect(await etcdctl(machine, "get --prefix --keys-only /registry/masterleases/")).toBe(
      `/registry/masterleases/${machine.address}`,
    );
    await machine.waitFor(
      async () => (await kubectl(machine, "get nodes -o name")) === `node/${machine.hostname}`,
      30,
      "its Node is not the only one",
    );
  };

  test("on S3, on one machine, whose power is cut or whose boot is killed", async () => {
    founded = await Founded.start("S3");
    await founded.again();
    const machine = await founded.machine();
    await survive(machine, RESTORE, () => undefined);
    await isWhole(machine, /^serving serving$/);
  }, 300_000);

  test("on Blob, on machines that are lost and replaced", async () => {
    founded = await Founded.start("Blob");
    await founded.again();
    const last = await replace(
      () => founded.machine(),
      founded.lab,
      RESTORE_OUTSIDE,
      () => undefined,
    );
    await isWhole(last, /^serving (open ){3}serving$/);
  }, 300_000);
});
