import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { ROOT } from "../support/run";
import { has, testWith } from "../support/tools";
import { Etcd, hasEtcd, makeEtcdPki, tool } from "./support/etcd";
import { LabStore, type StoreKind } from "./support/lab-store";
import { FakeMetadataService } from "./support/metadata-service";
import { S3_SERVER } from "./support/s3-server";
import { ended, freePort, LIB, Shell, type ShellEnded } from "./support/shell";

const OPS = path.join(ROOT, "scripts/ops");
const CLUSTER = "0f7a2f0e-9c1d-4c1e-8a39-6d2f6c1f2b11";
const NEEDS = { "etcd and kubeadm": hasEtcd, MinIO: S3_SERVER !== undefined, openssl: has("openssl") };
const ready = Object.values(NEEDS).every(Boolean);
const test = testWith(NEEDS, "scripts/dev/setup.sh nodes");
const withShellcheck = testWith({ shellcheck: has("shellcheck") }, "apt-get install shellcheck");

interface Row {
  readonly snapshot: string;
  readonly epoch: number;
  readonly revision: number;
  readonly bytes: number;
  readonly keys: number;
  readonly superseded: boolean;
  readonly verified: string;
  readonly pinned: boolean;
}

describe.each<StoreKind>(["S3", "Blob"])("etcd, for a store on %s", (kind) => {
  let store: LabStore;
  let home: Shell;
  let metadata: FakeMetadataService;
  let etcd: Etcd;
  /** Oldest first, as the command shows them: 1/5. */
  let snapshots: string[];
  const at = (...names: string[]) => path.join(home.directory, ...names);

  /** Runs the command as an operator who is signed in by the cloud's own command, for which a stand-in answers. */
  const ops = (
    args: readonly string[],
    input = "",
    env: Record<string, string> = {},
    bucket = store.path,
  ): Promise<ShellEnded> => {
    const where = ["--cloud", store.cloud, "--store", new URL(bucket, store.server.url).href];
    const child = spawn(path.join(OPS, "etcd"), [...args, ...where], {
      env: {
        PATH: `${at("bin")}:${process.env["PATH"] ?? ""}`,
        ...{ HOME: home.directory, TMPDIR: at("tmp"), LOG: at("calls") },
        ...(store.cloud === "aws" ? { AWS_REGION: "us-east-1" } : { CURL_CA_BUNDLE: at("ca.pem") }),
        ...env,
      },
    });
    child.stdin.end(input);
    return ended(child);
  };
  /** Runs bash as an administrator of the store, with the libraries that masters have for epochs, snapshots and pins. */
  const administer = (script: string) =>
    store.admin(`for name in epoch snapshot pin; do . ${LIB}/$name.sh; done\n${script}`);
  const rows = async (...args: string[]) =>
    JSON.parse((await ops(["list", "--json", ...args])).stdout) as Row[];
  const stored = (short = "") => {
    const [epoch = "", revision = ""] = short.split("/");
    return `etcd/${epoch.padStart(10, "0")}/${revision.padStart(20, "0")}`;
  };
  const script = (name: string, text: string) => {
    writeFileSync(at("bin", name), `#!/usr/bin/env bash\n${text}\n`);
    chmodSync(at("bin", name), 0o755);
  };
  const found = () =>
    administer(`
      printf '{\\n  "cluster": "${CLUSTER}"\\n}\\n' >genesis
      store_put_new identity/genesis.json genesis`);
  const backup = async (epoch: number, key: string): Promise<string> => {
    etcd.ctl("put", `/registry/${key}`, "value");
    const revision = await administer(`
      PATH=${at("bin")}:$PATH PKI=${at("pki")} ETCD_ENDPOINT=${etcd.endpoint}
      revision=$(snapshot_take ${epoch} ${CLUSTER} snapshot.db)
      snapshot_upload ${epoch} "$revision" snapshot.db >&2
      echo "$revision"`);
    return `${epoch}/${revision.trim()}`;
  };

  beforeAll(async () => {
    if (!ready) return;
    home = new Shell([], {});
    for (const name of ["bin", "tmp"]) mkdirSync(at(name));
    for (const name of ["etcdctl", "etcdutl"]) symlinkSync(tool(`${name}-3.6`), at("bin", name));
    makeEtcdPki(at("pki"));
    etcd = await Etcd.start("3.6", { data: at("data"), pki: at("pki"), peer: await freePort() });
    store = await LabStore.start(kind);
    metadata = await FakeMetadataService.start();
    store.lend(metadata);
    if (store.server.tls) writeFileSync(at("ca.pem"), store.server.tls.cert);

    await found();
    snapshots = [await backup(1, "a"), await backup(1, "b"), await backup(2, "c")];
    store.save(at("saved"));

    // Stand in for the clouds' command lines, and for a look at what other processes can see of curl.
    const { AccessKeyId, SecretAccessKey, Token: SessionToken } = metadata.credentials;
    const document = JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey, SessionToken });
    script("aws", `[ "$*" = "configure export-credentials --format process" ] || exit 2\necho '${document}'`);
    const az = "account get-access-token --resource https://storage.azure.com/ --query accessToken -o tsv";
    script("az", `[ "$*" = "${az}" ] || exit 2\necho '${metadata.bearerToken}'`);
    const curl = spawnSync("sh", ["-c", "command -v curl"], { encoding: "utf8" }).stdout.trim();
    script("curl", `{ echo "$@"; env; } >>"$LOG"\nexec ${curl} "$@"`);
  }, 60_000);
  afterAll(async () => {
    if (!ready) return;
    await etcd.stop();
    await metadata.stop();
    await store.stop();
    home.dispose();
  });
  beforeEach(async () => {
    if (!ready) return;
    await store.load(at("saved"));
    rmSync(at("calls"), { force: true });
  });

  /** Puts another object in a snapshot's place, as nobody but an administrator could. */
  const damage = (short = "") =>
    administer(`
      store_get ${stored(short)}.db whole
      printf x | dd of=whole bs=1 seek=5000 conv=notrunc status=none
      ${kind === "S3" ? "s3_put" : "blob_put"} ${stored(short)}.db ${kind === "S3" ? "''" : ""} whole`);

  test("list shows the snapshots in columns, newest first", async () => {
    await administer(`store_tag ${stored(snapshots[0])}.json superseded yes`);
    const { status, stdout, stderr } = await ops(["list"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const [head, ...lines] = stdout.trimEnd().split("\n");
    expect(head).toMatch(/^SNAPSHOT +TAKEN +AGE +SIZE +KEYS +ETCD +SUPERSEDED +VERIFIED$/);
    expect(lines.map((line) => line.split(/ {2,}/)[0])).toEqual([...snapshots].reverse());
    for (const [i, line] of lines.entries()) {
      const superseded = i === 2 ? "yes" : "no";
      expect(line).toMatch(
        new RegExp(
          `^\\d/\\d+ +\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ +\\d+ s ago +\\d+\\.\\d KiB +\\d+ +3\\.6\\.\\d+ +${superseded} +when taken$`,
        ),
      );
    }
    const column = (line = "", text: string | RegExp) => line.search(text);
    expect(new Set([head, ...lines].map((line) => column(line, /\S+( \S+)*$/))).size).toBe(1);
  });

  test("list --json has the same, and everything else goes elsewhere", async () => {
    const found = await rows();
    expect(found.map(({ snapshot, epoch, revision }) => [snapshot, `${epoch}/${revision}`])).toEqual(
      [...snapshots].reverse().map((name) => [name, name]),
    );
    expect(found[0]).toMatchObject({ superseded: false, verified: "when taken", pinned: false });
    expect(found[0]?.bytes).toBeGreaterThan(10_000);
    expect(found[0]?.keys).toBeGreaterThan(found[2]?.keys ?? Infinity);
  });

  test("list --verify reads each, and says which one is damaged and which one has no database", async () => {
    await damage(snapshots[1]);
    await administer(`remove ${stored(snapshots[0])}.db`);
    const { status, stdout } = await ops(["list", "--verify", "--json"]);
    expect(status).toBe(1);
    expect((JSON.parse(stdout) as Row[]).map(({ verified }) => verified)).toEqual([
      "now",
      "damaged",
      "no database",
    ]);
    expect((await ops(["list", "--json"])).status).toBe(0);
  });

  test("list says where there is nothing", async () => {
    await store.renew();
    await found();
    const { status, stdout } = await ops(["list"]);
    expect(status).toBe(0);
    expect(stdout).toContain("there are no snapshots");
    expect(await rows()).toEqual([]);
  });

  test("a store that has lost its genesis record needs the cluster's id, and shows what is another cluster's", async () => {
    await administer("remove identity/genesis.json");
    const without = await ops(["list"]);
    expect(without.status).toBe(3);
    expect(without.stderr).toContain("name the cluster's id with --cluster");
    expect(await rows("--cluster", CLUSTER)).toHaveLength(3);
    const other = await ops(["list", "--cluster", "another"]);
    expect(other.status).toBe(1);
    expect(other.stdout).toContain(`of another cluster: ${CLUSTER}`);
  });

  test("pin says what is lost, asks, and sets what the next rebuild looks for", async () => {
    const wanted = snapshots[0] ?? "";
    const refused = await ops(["pin", wanted], "no\n");
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain(`passed over: 2, the newest ${snapshots[2]}.`);
    expect(await administer("pin_pending 0")).toBe("");

    expect(await ops(["pin", wanted], "yes\n")).toMatchObject({
      status: 0,
      stdout: `pinned ${wanted} as pin 1\n`,
    });
    expect(await administer('id=$(pin_pending 0); echo "$id $(pin_snapshot "$id")"')).toBe(
      `0000000001 ${stored(wanted)}\n`,
    );
    expect((await ops(["list"])).stdout).toContain(`the next rebuild uses ${wanted}, as pin 1 says`);
    expect((await rows()).map(({ pinned }) => pinned)).toEqual([false, false, true]);
  });

  test("pin takes no snapshot that is damaged or not there", async () => {
    await damage(snapshots[1]);
    for (const [name, why] of [
      [snapshots[1] ?? "", "cannot be restored"],
      ["7/7", "there is no snapshot 7/7"],
    ] as const) {
      const { status, stderr } = await ops(["pin", name, "--yes"]);
      expect(status).toBe(1);
      expect(stderr).toContain(why);
    }
    expect(await administer("store_list pin/")).toBe("");
  });

  test("of two pins the later one counts, and unpin takes it back", async () => {
    await ops(["pin", snapshots[0] ?? "", "--yes"]);
    const second = await ops(["pin", snapshots[1] ?? "", "--yes", "--json"]);
    expect(JSON.parse(second.stdout)).toEqual({ pin: 2, snapshot: snapshots[1] });
    expect(await administer("pin_pending 0")).toBe("0000000002\n");

    expect(await ops(["unpin"])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`not ${snapshots[1]}`) as string,
    });
    expect(await administer("pin_pending 0")).toBe("");
    expect((await ops(["list"])).stdout).not.toContain("the next rebuild uses");
    expect(await ops(["unpin"])).toMatchObject({ status: 0, stdout: "no pin is waiting\n" });
    expect((await administer("store_list pin/")).trim().split("\n")).toHaveLength(3);
  });

  test("a pin gets the number after one that was used, also where somebody has deleted that one", async () => {
    await administer(
      "epoch_claim 1 i-1 node ''; epoch_set 1 i-1 serving; epoch_claim 2 i-2 node 0000000004; epoch_set 2 i-2 serving",
    );
    const { stdout } = await ops(["pin", snapshots[0] ?? "", "--yes", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ pin: 5 });
    expect(await administer("pin_pending 2")).toBe("0000000005\n");
  });

  test("a pin with the last number that there can be is said, and none is set after it", async () => {
    await administer("echo '{}' >p; store_put_new pin/9999999999.json p");
    const { status, stderr } = await ops(["pin", snapshots[0] ?? "", "--yes"]);
    expect(status).toBe(1);
    expect(stderr).toContain("delete pin/9999999999.json");
  });

  test("a revision of more digits than a shell can count is shown as it stands", async () => {
    const name = "etcd/0000000001/99999999999999999999";
    await administer(`store_get ${stored(snapshots[0])}.json m; store_put_new ${name}.json m`);
    const { stdout } = await ops(["list"]);
    expect(stdout).toContain("\n1/99999999999999999999 ");
  });

  test("what somebody else has written into a manifest does nothing to a terminal", async () => {
    await administer(`store_get ${stored(snapshots[0])}.json m
      sed -i $'s/"cluster": "/&\\x1b[2J/' m; store_overwrite ${stored(snapshots[0])}.json m`);
    const { status, stderr } = await ops(["pin", snapshots[0] ?? "", "--yes"]);
    expect(status).toBe(1);
    expect(stderr).toContain("is of cluster [2J");
    expect(stderr).not.toContain("\u001b");
  });

  test("what somebody else has written into a pin is not run, and ends with 3", async () => {
    const mark = at("ran");
    const pin = Buffer.from(`{\n  "snapshot": "etcd/1/0+x[$(touch ${mark})]"\n}\n`).toString("base64");
    await administer(`base64 -d <<<${pin} >hostile; store_put_new pin/0000000099.json hostile`);
    for (const command of ["list", "unpin"]) expect((await ops([command])).status).toBe(3);
    expect(existsSync(mark)).toBe(false);
  });

  test("a store that is not there, and credentials that are refused, end with 3", async () => {
    const { status, stderr } = await ops(["list"], "", {}, `${store.path}-elsewhere`);
    expect({ status, stderr }).toMatchObject({
      status: 3,
      stderr: expect.stringContaining("is not there") as string,
    });

    if (kind === "S3") {
      const wrong = { AWS_ACCESS_KEY_ID: "AKIAWRONG", AWS_SECRET_ACCESS_KEY: "wrong" };
      const denied = await ops(["list"], "", wrong);
      expect(denied.status).toBe(3);
      expect(denied.stderr).toContain("access was denied");
    }
  });

  test("no other process sees a secret, and nothing is left behind", async () => {
    await ops(["list", "--verify"]);
    await ops(["pin", snapshots[0] ?? "", "--yes"]);
    const seen = readFileSync(at("calls"), "utf8");
    expect(seen).toContain("--config");
    for (const secret of [
      metadata.credentials.SecretAccessKey,
      metadata.credentials.Token,
      metadata.bearerToken,
    ]) {
      if (secret) expect(seen).not.toContain(secret);
    }
    expect(spawnSync("ls", ["-A", at("tmp")], { encoding: "utf8" }).stdout).toBe("");
  });
});

test.each([
  [["--help"], 0],
  [["list", "--help"], 0],
  [[], 2],
  [["restore"], 2],
  [["list", "--cloud", "gcp", "--store", "https://x"], 2],
  [["list", "--cloud", "aws"], 2],
  [["list", "--cloud"], 2],
  [["list", "--yes", "--cloud", "aws", "--store", "https://x"], 2],
  [["pin", "--cloud", "aws", "--store", "https://x"], 2],
  [["pin", "newest", "--cloud", "aws", "--store", "https://x"], 2],
])("etcd %j ends with %d and says how it is used", (args, expected) => {
  const { status, stdout, stderr } = spawnSync(path.join(OPS, "etcd"), args, { encoding: "utf8" });
  expect(status).toBe(expected);
  expect(expected === 0 ? stdout : stderr).toContain("Usage: scripts/ops/etcd list");
});

withShellcheck("what operators run is clean under shellcheck", () => {
  expect(existsSync(OPS)).toBe(true);
  const { stdout, status } = spawnSync(
    "shellcheck",
    ["-x", "etcd", "lib/aws.sh", "lib/azure.sh", "lib/show.sh", "lib/snapshots.sh"],
    {
      cwd: OPS,
      encoding: "utf8",
    },
  );
  expect([stdout, status]).toEqual(["", 0]);
});
