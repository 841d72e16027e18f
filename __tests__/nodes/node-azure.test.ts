import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { has, testWith } from "../support/tools";
import { type DebSpec, makeDeb } from "./support/apt-repository";
import { Lab } from "./support/lab";
import { type Machine, MACHINE_NEEDS } from "./support/machine";
import { kubectl, must, serve, unit } from "./support/masters";
import { bootNode, consoleOf, ends, join, POOL_NEEDS } from "./support/pool";
import { synthesizedEnvironment } from "./support/synthesized";

const needs = { ...MACHINE_NEEDS, ...POOL_NEEDS, "dpkg-deb and openssl": has("dpkg-deb") && has("openssl") };
const test = testWith(needs, "scripts/dev/setup.sh nodes, as root on Debian or Ubuntu");
const possible = Object.values(needs).every(Boolean);

const { JOIN = "" } = synthesizedEnvironment("azure");
/** A quarter of an hour in two seconds. */
const FAST = { CLOCK_SCALE: "0.002" };

/** What is another matter on Azure than on AWS, or is asked of Azure's own services: join.test.ts and drain.test.ts have the rest. */
describe("a node on Azure", () => {
  let lab: Lab;
  let master: Machine;

  const nodes = async () => (await kubectl(master, "get nodes -o name")).split("\n");
  const uid = (machine: Machine) =>
    kubectl(master, `get node ${machine.hostname} -o jsonpath={.metadata.uid}`);
  const tells = (machine: Machine, text: string) =>
    machine.waitFor(() => consoleOf(machine).includes(text), 30, `its console never said: ${text}`);

  /** Has the store keep packages beside what the master has kept, for the machine to have a program that it has not. */
  const keepPackages = async (machine: Machine, program: string) => {
    const directory = mkdtempSync(path.join(tmpdir(), "debs-"));
    const names = ["containerd.io", "kubeadm", "kubectl", "kubelet"];
    try {
      const items = names.map((name) => {
        const spec: DebSpec = {
          name,
          version: "1.0.0",
          links: { [`usr/bin/${program}`]: `/srv/lab/bin/${program}` },
        };
        makeDeb(directory, name === program ? spec : { name, version: "1.0.0" });
        const file = path.join(directory, `pool/${name}_1.0.0_amd64.deb`);
        const deb = readFileSync(file);
        const sha256 = createHash("sha256").update(deb).digest("hex");
        return { file, sha256, size: deb.length, name: path.basename(file) };
      });
      const kept = "export PART=boot; . /opt/keelson/current/lib/load.sh; kept_key; echo; architecture";
      const [key = "", architecture = ""] = (await must(machine, kept)).split("\n");
      const [, kubernetes, etcd] = /^packages\/([^-]+)-([^-]+)-/.exec(key) ?? [];
      const lines = items.map(
        ({ name, size, sha256 }) =>
          `    {"kind": "package", "name": "${name}", "size": ${size}, "sha256": "${sha256}"}`,
      );
      await lab.admin(`
        ${items.map(({ file, sha256 }) => `store_put_new packages/sha256/${sha256} ${file}`).join("\n")}
        cat >list <<'END'
{
  "kubernetes": "${kubernetes}",
  "etcd": "${etcd}",
  "architecture": "${architecture}",
  "items": [
${lines.join(",\n")}
  ]
}
END
        store_overwrite ${key} list`);
    } finally {
      rmSync(directory, { recursive: true });
    }
  };

  beforeAll(async () => {
    if (!possible) return;
    lab = await Lab.start({ store: "Blob", minor: "3.6" });
    master = await lab.machine("master", { controllers: true });
    await serve(master);
  }, 120_000);
  afterEach(async () => {
    if (!possible) return;
    lab.azure.heal();
    await lab.loseAllBut(master);
  });
  afterAll(() => lab?.stop());

  test("joins with packages from the store and credentials from the vault, and asks its identity for nothing else", async () => {
    const machine = await lab.node("first", master);
    await must(machine, "rm /usr/local/bin/kubectl");
    await keepPackages(machine, "kubectl");
    machine.cutOff("packages");
    lab.azure.calls.length = 0;
    await join(machine);
    expect(await nodes()).toContain(`node/${machine.hostname}`);
    expect(machine.hostname).toBe("poolfirst");
    expect(await must(machine, "readlink /usr/bin/kubectl")).toBe("/srv/lab/bin/kubectl");
    expect(lab.azure.calls).toEqual(["secrets secrets/get"]);
    expect(consoleOf(machine)).toBe("");
  }, 120_000);

  test("that waits, or cannot join, says so once, is neither given up nor switched off, and joins when it can", async () => {
    const credentials = lab.azure.secrets.get(JOIN);
    lab.azure.secrets.delete(JOIN);
    const machine = await lab.node("denied", master);
    const started = bootNode(machine, FAST);
    const waits = "this machine waits: there are no join credentials: no master has served yet";
    await tells(machine, waits);
    lab.azure.deny("secrets/get");
    if (credentials) lab.azure.secrets.set(JOIN, credentials);
    const why = "the join credentials could not be read (denied)";
    const ill = `this machine cannot join, goes on trying, and is replaced when it is found ill: ${why}`;
    await tells(machine, ill);
    const { received } = lab.azure;
    await machine.waitFor(() => lab.azure.received > received + 3, 20, "it does not go on trying");
    expect(consoleOf(machine).trim().split("\n")).toEqual([
      `keelson: ${waits}`,
      `keelson: this machine cannot join: ${why}`,
      `keelson: ${ill}`,
    ]);
    expect(machine.read("/run/stand-in/calls")).not.toContain("poweroff");
    lab.azure.heal();
    await ends(machine, started);
    expect(await nodes()).toContain(`node/${machine.hostname}`);
  }, 120_000);

  test("is drained when a Terminate event names it, and lets the cloud go on only then", async () => {
    const machine = await lab.node("over", master);
    await join(machine);
    const objects = [
      {
        apiVersion: "policy/v1",
        kind: "PodDisruptionBudget",
        metadata: { name: "web" },
        spec: { minAvailable: 1, selector: { matchLabels: { app: "web" } } },
      },
      {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "web", labels: { app: "web" } },
        spec: {
          nodeName: machine.hostname,
          terminationGracePeriodSeconds: 1,
          tolerations: [{ operator: "Exists" }],
          containers: [{ name: "web", image: "web" }],
        },
      },
    ];
    master.write("/root/objects.json", JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
    await kubectl(master, "create --validate=false -f /root/objects.json");
    await kubectl(master, "wait --for jsonpath={.status.phase}=Running --timeout 20s pod/web");
    const { acknowledged } = lab.metadataOf(machine);

    const watching = unit(machine, "node-watch.sh");
    lab.cloud.announceEnd(machine, lab.metadataOf(machine));
    await machine.waitFor(() => /web is not evicted/.test(machine.journal), 30, "no eviction is tried");
    expect(await kubectl(master, `get node ${machine.hostname} -o jsonpath={.spec.unschedulable}`)).toBe(
      "true",
    );
    expect(acknowledged).toEqual([]);
    await kubectl(master, "delete pdb web");
    await machine.waitFor(() => !watching.running, 30, "it does not let go");
    expect(await watching.ended).toMatchObject({ status: 0 });
    expect(await kubectl(master, "get pods -o name")).toBe("");
    expect(machine.read("/run/stand-in/calls")).toContain("stop kubelet\n");
    expect(acknowledged).toEqual(["end"]);
  }, 120_000);

  test("that was re-imaged in its place joins again as the same Node, once that one is no longer taken for ready", async () => {
    const machine = await lab.node("again", master);
    await join(machine);
    const before = await uid(machine);
    const certificate = "/var/lib/kubelet/pki/kubelet-client-current.pem";
    const serial = () => must(machine, `openssl x509 -in ${certificate} -noout -serial`);
    const old = await serial();

    // As a new disk is: nothing of a node's is on it.
    await machine.reboot();
    await must(machine, "rm -rf /etc/kubernetes /var/lib/{kubelet,keelson} /var/cache/keelson");
    const started = bootNode(machine);
    await tells(machine, `a Node with name "${machine.hostname}" and status "Ready" already exists`);
    // As the controllers do by themselves, a minute after its kubelet was heard of last.
    const unknown = '{"status":{"conditions":[{"type":"Ready","status":"Unknown"}]}}';
    await kubectl(master, `patch node ${machine.hostname} --subresource status -p '${unknown}'`);
    await ends(machine, started);
    expect(await uid(machine)).toBe(before);
    expect(await serial()).not.toBe(old);
    await kubectl(master, `wait --for condition=Ready --timeout 20s node/${machine.hostname}`);
  }, 120_000);
});
