import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { testWith } from "../support/tools";
import { Lab } from "./support/lab";
import { type Machine, MACHINE_NEEDS } from "./support/machine";
import { S3_SERVER } from "./support/s3-server";

const needs = { ...MACHINE_NEEDS, MinIO: S3_SERVER !== undefined };
const test = testWith(needs, "scripts/dev/setup.sh nodes, as root on Linux");
const possible = Object.values(needs).every(Boolean);

/** All that makes a control plane of one machine but the boot protocol. */
const KUBEADM = `
  cat >/etc/kubeadm.yaml <<YAML
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint: { advertiseAddress: $(hostname -i) }
nodeRegistration: { name: $(hostname) }
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v$KUBERNETES_VERSION
encryptionAlgorithm: ECDSA-P256
YAML
  for phase in 'certs all' 'kubeconfig all' 'etcd local' 'control-plane all'; do
    kubeadm init phase $phase --config /etc/kubeadm.yaml >/dev/null
  done
  systemctl start kubelet`;
const KUBECTL = "kubectl --kubeconfig /etc/kubernetes/super-admin.conf";
const HEALTHY =
  `etcdctl --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/healthcheck-client.crt
  --key /etc/kubernetes/pki/etcd/healthcheck-client.key endpoint health`.replaceAll("\n", " ");
const ready = async (machine: Machine) => (await machine.run(`${KUBECTL} get --raw /readyz`)).stdout === "ok";
/** The namespaces that are a machine's own, and where its disk is mounted. */
const namespacesOf = async (machine: Machine) =>
  (await machine.run("readlink /proc/self/ns/{net,pid,mnt,uts}")).stdout.trim().split("\n");
const diskOf = async (machine: Machine) =>
  path.dirname(
    (await machine.run("sed -n '1s/.*upperdir=\\([^,]*\\)\\/upper,.*/\\1/p' /proc/mounts")).stdout.trim(),
  );
/** The host's processes that are in one of these. */
const processesIn = (namespaces: readonly string[]) =>
  readdirSync("/proc").filter((pid) =>
    ["net", "pid", "mnt", "uts"].some((kind) => {
      try {
        return namespaces.includes(readlinkSync(`/proc/${pid}/ns/${kind}`));
      } catch {
        return false;
      }
    }),
  );

describe.each(["S3", "Blob"] as const)("machines beside a store on %s", (store) => {
  let lab: Lab;
  let first: Machine;
  let second: Machine;

  beforeAll(async () => {
    if (!possible) return;
    lab = await Lab.start({ store, minor: "3.6" });
    first = await lab.machine("first");
    second = await lab.machine("second");
  });
  afterAll(() => lab?.stop());
  const get = async (machine: Machine) => {
    const got = await machine.run(
      '. /opt/keelson/current/lib/load.sh; store_get a/key /tmp/it && cat /tmp/it || echo "$?"',
    );
    return got.stdout;
  };

  test("the store is reached from inside, and cut off for one machine alone", async () => {
    await lab.admin("echo value >it; store_put_new a/key it");
    expect([await get(first), await get(second)]).toEqual(["value\n", "value\n"]);
    first.cutOff("store");
    expect([await get(first), await get(second)]).toEqual(["14\n", "value\n"]);
    first.reconnect();
    expect(await get(first)).toBe("value\n");
  });

  test("what was saved is there again: objects in a bucket of their own, and secrets", async () => {
    const boot = ". /opt/keelson/current/lib/load.sh;";
    const secret = `${boot} secret_get "$WITNESS" /tmp/it && cat /tmp/it || echo "$?"`;
    const saved = mkdtempSync(path.join(tmpdir(), "keelson-saved-"));
    try {
      await lab.admin(
        "head -c 100000 /dev/urandom >it; store_put_new b/random it; : >it; store_put_new b/empty it",
      );
      const digest = "store_get b/random copy && sha256sum <copy; store_get b/empty copy; wc -c <copy";
      const before = [lab.store.keys(), await lab.admin(digest)];
      await second.run(`${boot} echo before >/tmp/it; secret_put "$WITNESS" /tmp/it plain`);
      lab.save(saved);
      await second.run(`${boot} echo after >/tmp/it; secret_put "$WITNESS" /tmp/it plain`);
      await lab.store.renew();
      expect([lab.store.keys(), (await second.run(secret)).stdout]).toEqual([[], "after\n"]);
      await lab.load(saved);
      expect([lab.store.keys(), await lab.admin(digest)]).toEqual(before);
      expect((await second.run(secret)).stdout).toBe("before\n");
    } finally {
      rmSync(saved, { recursive: true });
    }
  });

  test("a machine is who its cloud says it is", async () => {
    const said = await first.run(
      ". /opt/keelson/current/lib/load.sh; cloud_instance; cloud_address; cloud_node; hostname; hostname -i; cloud_in_service && echo in-service",
    );
    const { instance, address, hostname } = first;
    expect(said.stdout.split("\n").slice(0, 6)).toEqual([
      instance,
      address,
      hostname,
      hostname,
      address,
      "in-service",
    ]);
  });
});

describe("machines", () => {
  let lab: Lab;
  beforeAll(async () => {
    if (possible) lab = await Lab.start({ store: "S3", minor: "3.7" });
  });
  afterAll(() => lab?.stop());

  test("two at once each have a control plane of their own, and the host has none", async () => {
    const hosts = ["/etc/kubernetes", "/var/lib/etcd", "/var/lib/kubelet", "/opt/keelson"];
    const before = hosts.map((file) => existsSync(file));
    const two = await Promise.all([lab.machine("one"), lab.machine("two")]);
    for (const machine of two) expect(await machine.run(KUBEADM)).toMatchObject({ status: 0 });
    for (const machine of two) {
      await machine.waitFor(() => ready(machine), 60, "the API server is not ready");
      const nodes = `${KUBECTL} get nodes -o name`;
      const node = async () => (await machine.run(nodes)).stdout === `node/${machine.hostname}\n`;
      await machine.waitFor(node, 20, "the Node has not been registered");
      expect((await machine.run("etcdctl version; crictl ps")).stdout).toMatch(
        /^etcdctl version: 3\.7\.\d+\nAPI version: 3\.7\netcd\nkube-apiserver\n$/,
      );
    }
    expect(hosts.map((file) => existsSync(file))).toEqual(before);
    for (const machine of two) await lab.lose(machine);
  });

  test("pods outlive kubelet, are started again when they end, and end with their manifest", async () => {
    const machine = await lab.machine("pods");
    const etcd = async () =>
      (await machine.run("cat /run/stand-in/pods/etcd.pid; pidof etcd || true")).stdout.split("\n");
    expect(await machine.run(`${KUBEADM}; rm /etc/kubernetes/manifests/kube-apiserver.yaml`)).toMatchObject({
      status: 0,
    });
    const healthy = () => machine.run(HEALTHY).then(({ status }) => status === 0);
    await machine.waitFor(healthy, 30, "etcd is not ready");
    const [first = ""] = await etcd();
    expect(await etcd()).toEqual([first, first, ""]);

    await machine.run("systemctl stop kubelet");
    expect(await healthy()).toBe(true);
    await machine.run("systemctl start kubelet; sleep 1");
    expect(await etcd()).toEqual([first, first, ""]);

    await machine.run(`kill -9 ${first}`);
    await machine.waitFor(healthy, 30, "etcd has not been started again");
    expect((await etcd())[0]).not.toBe(first);

    await machine.run("rm /etc/kubernetes/manifests/etcd.yaml");
    await machine.waitFor(async () => (await etcd())[0] === "", 10, "etcd has not been ended");
    expect((await machine.run("pidof etcd")).status).toBe(1);
    await lab.lose(machine);
  });

  test("a reboot ends all processes, and keeps the disk and nothing in /run and /tmp", async () => {
    const machine = await lab.machine("reboot");
    machine.write("/var/lib/etcd/kept", "on the disk");
    await machine.run("touch /run/lost /tmp/lost; systemctl enable --now kubelet");
    const under = machine.spawn("sleep 600");
    await machine.reboot();
    expect((await under.ended).status).not.toBe(0);
    expect(machine.read("/var/lib/etcd/kept")).toBe("on the disk");
    expect([machine.exists("/run/lost"), machine.exists("/tmp/lost")]).toEqual([false, false]);
    const processes = await machine.run("ps -A -o comm=; systemctl is-active kubelet || true");
    expect(processes.stdout).toBe("bash\nbash\nps\ninactive\n");
    await lab.lose(machine);
  });

  test("a disk of 64 MiB fills up", async () => {
    const machine = await lab.machine("small", { diskMiB: 64 });
    const full = await machine.run("head -c 100M /dev/zero >/var/lib/etcd.db");
    expect(full).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("No space left on device") as string,
    });
    expect(Number((await machine.run("stat -c %s /var/lib/etcd.db")).stdout)).toBeGreaterThan(50 << 20);
    await lab.lose(machine);
  });

  test("killing a command ends all that it has started, but no unit", async () => {
    const machine = await lab.machine("kill");
    const command = machine.spawn(
      "systemctl start kubelet; sleep 601 | timeout 600 sleep 602 & sleep 603; touch /survived",
    );
    const sleeps = async () => (await machine.run("pgrep -fc '^sleep 60' || true")).stdout;
    await machine.waitFor(async () => (await sleeps()) === "3\n", 5, "not everything has been started");
    await command.kill();
    expect([await sleeps(), machine.exists("/survived")]).toEqual(["0\n", false]);
    expect((await machine.run("systemctl is-active kubelet")).stdout).toBe("active\n");
    await lab.lose(machine);
  });

  test("scripts may replace a tool, and leave the host's own alone", async () => {
    const machine = await lab.machine("tools");
    const replaced = await machine.run(`
      ctr -n k8s.io images pull registry.k8s.io/etcd:3.7.3-0
      mkdir /tmp/image && ctr -n k8s.io images mount registry.k8s.io/etcd:3.7.3-0 /tmp/image
      cp /tmp/image/usr/local/bin/etcdctl /usr/local/bin/etcdctl
      ctr -n k8s.io images unmount /tmp/image
      file=$(head -c 4 /usr/local/bin/etcdctl | od -An -c); echo $file; etcdctl version | sed -n 1p
      [ ! -w /srv/lab/bin/etcd ]`);
    expect(replaced.stdout).toMatch(/177 E L F\netcdctl version: 3\.7\.\d+\n$/);
    expect(replaced.status).toBe(0);
    await lab.lose(machine);
  });

  test("destroying a machine takes away its processes, mounts and networks", async () => {
    const machine = await lab.machine("destroyed");
    await machine.run("systemctl start kubelet");
    const under = machine.spawn("sleep 604 | cat");
    const namespaces = await namespacesOf(machine);
    const disk = await diskOf(machine);
    expect(namespaces).not.toContain(readlinkSync("/proc/self/ns/net"));
    expect(processesIn(namespaces).length).toBeGreaterThan(8);
    expect(existsSync(disk)).toBe(true);

    await lab.lose(machine);
    await under.ended;
    expect(processesIn(namespaces)).toEqual([]);
    expect(existsSync(disk)).toBe(false);
    expect(readFileSync("/proc/mounts", "utf8")).not.toContain(disk);
    expect(spawnSync("ip", ["netns", "list"], { encoding: "utf8" }).stdout).toBe("");
    await expect(machine.reboot()).rejects.toThrow("destroyed");
  });

  test("starting a machine takes less than a second", async () => {
    const start = Date.now();
    const machine = await lab.machine("quick");
    expect(Date.now() - start).toBeLessThan(1000);
    await lab.lose(machine);
  });
});
