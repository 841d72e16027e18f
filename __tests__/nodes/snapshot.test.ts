import { once } from "node:events";
import { testWith } from "../support/tools";
import { ETCD_MINORS, hasEtcd } from "./support/etcd";
import { Estate, type Master } from "./support/master";
import { S3_SERVER } from "./support/s3-server";

const test = testWith(
  { "etcd 3.6 and 3.7 and kubeadm": hasEtcd, MinIO: S3_SERVER !== undefined },
  "scripts/dev/setup.sh nodes",
);

describe.each(ETCD_MINORS)("etcd %s", (minor) => {
  let estate: Estate;
  let old: Master;
  const master = (instance: string) => estate.master(instance);
  /** The old master with `keys` keys and as many snapshots as `backups`, each after one key more. */
  const running = async (backups: number) => {
    old = master("i-old");
    const etcd = await old.startEtcd();
    const names: string[] = [];
    for (let i = 0; i < backups; i++) {
      etcd.ctl("put", `/registry/key-${i}`, `value-${i}`);
      names.push(await old.backup(1));
    }
    return { etcd, names };
  };

  beforeEach(async () => {
    if (hasEtcd && S3_SERVER !== undefined) estate = await Estate.start(minor);
  });
  afterEach(async () => {
    if (hasEtcd && S3_SERVER !== undefined) await estate.stop();
  });

  test("a rebuild has every key and lease, a higher revision, and tells old watchers to start over", async () => {
    const { etcd } = await running(0);
    const lease = /lease (\S+) granted/.exec(etcd.ctl("lease", "grant", "3600"))?.[1] ?? "";
    for (let i = 0; i < 200; i++) etcd.ctl("put", `/registry/key-${i}`, `value-${i}`, "--lease", lease);
    const before = etcd.revision;
    const name = await old.backup(1);
    await etcd.stop();

    const fresh = master("i-new");
    const restored = await fresh.restore(2);
    expect(restored).toMatchObject({ status: 0, stdout: `${name}\n` });
    const rebuilt = await fresh.startEtcd();

    const lines = rebuilt.ctl("get", "--prefix", "/registry/").trim().split("\n");
    expect(lines).toHaveLength(400);
    expect(rebuilt.ctl("lease", "list")).toContain(lease);
    expect(rebuilt.revision).toBeGreaterThanOrEqual(before + 1_000_000_000);
    const watcher = rebuilt.watch("/registry/", "--prefix", "--rev", String(before));
    let said = "";
    watcher.stderr?.on("data", (text: Buffer) => (said += text.toString()));
    await once(watcher, "close");
    expect(said).toContain("compacted");
  }, 120_000);

  test("a byte flipped in the newest falls back to the one before, and says what is lost", async () => {
    const { names } = await running(2);
    await master("i-vandal").run(vandal(names[1] ?? ""));
    const { status, stdout, stderr } = await master("i-new").restore(2);
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${names[0]}\n` });
    expect(stderr).toMatch(/is damaged/);
    expect(stderr).toMatch(/lost: the revisions after \d+ up to \d+/);
  }, 120_000);

  test("a byte flipped in all of them restores nothing", async () => {
    const { names } = await running(3);
    for (const name of names) await master("i-vandal").run(vandal(name));
    const fresh = master("i-new");
    expect(await fresh.restore(2)).toMatchObject({ status: 1, stdout: "" });
    expect(await fresh.run('[ ! -e "$ETCD_DATA/member" ]')).toMatchObject({ status: 0 });
  }, 120_000);

  test("a manifest without its snapshot, a snapshot without manifest and another cluster's are passed over", async () => {
    const { names } = await running(1);
    const odd = await master("i-odd").run(`
      store_get ${names[0]}.json m; store_get ${names[0]}.db d
      store_put_new "$(snapshot_name 1 900000).json" m
      store_put_new "$(snapshot_name 1 900001).db" d
      sed 's/"c1"/"c2"/' m >other; store_put_new "$(snapshot_name 1 900002).json" other
      store_put_new "$(snapshot_name 1 900002).db" d`);
    expect(odd.status).toBe(0);
    const { status, stdout, stderr } = await master("i-new").restore(2);
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${names[0]}\n` });
    expect(stderr).toMatch(/is of cluster c2/);
    expect(stderr).toMatch(/has a manifest and no database/);
  }, 120_000);

  test("the epoch comes before the revision, and neither a clock nor a name's age counts", async () => {
    const { etcd } = await running(1);
    for (let i = 0; i < 20; i++) etcd.ctl("put", "/registry/x", String(i));
    await old.backup(1);
    const late = await old.backup(3);
    await old.backup(2);
    expect((await master("i-new").restore(4)).stdout).toBe(`${late}\n`);
  }, 120_000);

  test("a pinned snapshot is taken, and only that: a damaged one is not replaced by another", async () => {
    const { names } = await running(2);
    expect((await master("i-pinned").restore(2, names[0])).stdout).toBe(`${names[0]}\n`);
    await master("i-vandal").run(vandal(names[0] ?? ""));
    expect(await master("i-again").restore(2, names[0])).toMatchObject({ status: 1, stdout: "" });
  }, 120_000);

  test("data that is there is never restored over", async () => {
    await running(1);
    const { status, stderr } = await old.restore(2);
    expect(status).not.toBe(0);
    expect(stderr).toContain("holds data already and is left alone");
  }, 120_000);
});

/** Shell that flips one byte in the middle of a snapshot in the store, as nobody but an administrator could. */
function vandal(name: string): string {
  return `
    store_get ${name}.db whole
    at=$(($(stat -c %s whole) / 2))
    byte=$(od -An -tu1 -j "$at" -N 1 whole | tr -d ' ')
    printf "\\\\x$(printf %02x $((byte ^ 255)))" | dd of=whole bs=1 seek="$at" conv=notrunc status=none
    s3_put ${name}.db '' whole`;
}
