import { execFileSync } from "node:child_process";
import { testWith } from "../support/tools";
import { Lab } from "./support/lab";
import { type Machine, MACHINE_NEEDS } from "./support/machine";
import { kubectl, must, serve, unit } from "./support/masters";
import { asNode, join, POOL_NEEDS } from "./support/pool";
import { S3_SERVER } from "./support/s3-server";

const needs = { ...MACHINE_NEEDS, ...POOL_NEEDS, MinIO: S3_SERVER !== undefined };
const test = testWith(needs, "scripts/dev/setup.sh nodes, as root on Linux");
const possible = Object.values(needs).every(Boolean);

/** A pod without a controller, whose programs take a second to end. */
const pod = (name: string, node: Machine, more: object = {}) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, labels: { app: "web" }, ...more },
  spec: {
    nodeName: node.hostname,
    terminationGracePeriodSeconds: 1,
    tolerations: [{ operator: "Exists" }],
    containers: [{ name: "web", image: "web" }],
  },
});

/** A certificate that ended long ago. */
const ended = () =>
  execFileSync(
    "faketime",
    [
      ...["-f", "-400d", "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
      ...["-nodes", "-subj", "/CN=old", "-days", "1", "-keyout", "/dev/null", "-batch"],
    ],
    { stdio: ["ignore", "pipe", "ignore"] },
  );

describe("a node whose time is over", () => {
  let lab: Lab;
  let master: Machine;
  let node: Machine;
  let count = 0;

  const apply = async (...objects: readonly object[]) => {
    master.write("/root/objects.json", JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
    await kubectl(master, "create --validate=false -f /root/objects.json");
  };
  const budget = (minAvailable: number) => ({
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "web" },
    spec: { minAvailable, selector: { matchLabels: { app: "web" } } },
  });
  const pods = async (...names: readonly string[]) =>
    (await kubectl(master, `get pods -o name --ignore-not-found ${names.join(" ")}`))
      .split("\n")
      .filter(Boolean);
  const running = (...names: readonly string[]) =>
    kubectl(master, `wait --for jsonpath={.status.phase}=Running --timeout 20s pods ${names.join(" ")}`);
  const allowed = (disruptions: number) =>
    kubectl(master, `wait --for jsonpath={.status.disruptionsAllowed}=${disruptions} --timeout 20s pdb/web`);
  const watch = (machine: Machine, scale = "0.02") => unit(machine, "node-watch.sh", { CLOCK_SCALE: scale });
  const end = (machine: Machine) => lab.cloud.announceEnd(machine, lab.metadataOf(machine));
  const hasLetGo = (machine: Machine) => lab.cloud.hasLetGo(machine, lab.metadataOf(machine));

  beforeAll(async () => {
    if (!possible) return;
    lab = await Lab.start({ store: "S3", minor: "3.6" });
    master = await lab.machine("master", { controllers: true });
    await serve(master);
  }, 120_000);
  beforeEach(async () => {
    if (!possible) return;
    node = await lab.node(`node-${++count}`, master, { environment: { NODE_LABELS: "team=search" } });
    await join(node);
  }, 60_000);
  afterEach(async () => {
    if (!possible) return;
    await kubectl(master, "delete pods,pdb,daemonsets --all --grace-period 0 --force");
    await lab.lose(node);
  });
  afterAll(() => lab?.stop());

  test("is emptied with its own rights, as far as disruption budgets let it, before its group may go on", async () => {
    const { hostname } = node;
    const uid = await asNode(node, `get node ${hostname} -o jsonpath={.metadata.uid}`);
    const mirror = pod("mirror", node, {
      labels: { app: "mirror" },
      annotations: {
        "kubernetes.io/config.mirror": "x",
        "kubernetes.io/config.hash": "x",
        "kubernetes.io/config.source": "file",
      },
      ownerReferences: [{ apiVersion: "v1", kind: "Node", name: hostname, uid, controller: true }],
    });
    const { metadata, spec } = pod("agent", node, { labels: { app: "agent" } });
    await apply(budget(1), pod("web-1", node), pod("web-2", node), {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: "agent" },
      spec: {
        selector: { matchLabels: { app: "agent" } },
        template: { metadata, spec },
      },
    });
    node.write("/root/mirror.json", JSON.stringify(mirror));
    await asNode(node, "create -f /root/mirror.json");
    await running("web-1", "web-2");
    await running("-l app=agent");
    const agents = () => kubectl(master, "get pods -l app=agent -o jsonpath={.items[*].metadata}");
    const agent = await agents();
    await allowed(1);

    const watching = watch(node);
    end(node);
    const refused = `default/web-2 is not evicted: Error from server (TooManyRequests): Cannot evict pod`;
    await node.waitFor(() => /web-\d is not evicted: .*disruption budget/.test(node.journal), 30, refused);
    await node.waitFor(async () => (await pods("web-1", "web-2")).length === 1, 20, "none is evicted");
    expect(await kubectl(master, `get node ${hostname} -o jsonpath={.spec.unschedulable}`)).toBe("true");
    expect(hasLetGo(node)).toBe(false);
    expect(node.exists("/run/keelson/kubelet")).toBe(true);
    expect(lab.aws.heartbeats).toContainEqual({ hook: "termination", instance: node.instance });

    // Another one runs elsewhere, and the budget allows what it did not before.
    await apply(pod("web-3", master));
    const status = '{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}';
    await kubectl(master, `patch pod web-3 --subresource status -p '${status}'`);
    await node.waitFor(() => !watching.running, 30, "it does not let go");
    expect(await watching.ended).toMatchObject({ status: 0 });
    expect(hasLetGo(node)).toBe(true);
    expect(await pods("web-1", "web-2", "web-3", "mirror")).toEqual(["pod/web-3", "pod/mirror"]);
    expect(JSON.parse(await agents())).toMatchObject({
      ...(JSON.parse(agent) as object),
      resourceVersion: expect.anything(),
    });
    const calls = node.read("/run/stand-in/calls").trim().split("\n").slice(-2);
    expect(calls).toEqual(["stop keelson-boot.service", "stop kubelet"]);
    expect(node.exists("/run/keelson/kubelet")).toBe(false);
  }, 120_000);

  test("that the spot market takes back waits no longer than that leaves it, for a pod that nobody may evict", async () => {
    await apply(budget(1), pod("only", node));
    await running("only");
    const watching = watch(node, "0.05");
    const before = Date.now();
    lab.metadataOf(node).spotAction = '{"action": "terminate", "time": "2026-01-01T00:00:00Z"}';
    const left = "no more time, and still there: default only";
    await node.waitFor(() => node.journal.includes(left), 60, "its time does not end");
    // Ninety seconds by its clock, and not a quarter of an hour, which would be 45 s.
    expect(Date.now() - before).toBeLessThan(20_000);
    end(node);
    await node.waitFor(() => !watching.running, 20, "it does not let go");
    expect(hasLetGo(node)).toBe(true);
    expect(await pods("only")).toEqual(["pod/only"]);
  }, 90_000);

  test("evicts what it may while one pod may not be, and says what is left when the time is over", async () => {
    await apply(budget(1), pod("only", node), pod("other", node, { labels: { app: "other" } }));
    await running("only", "other");
    const watching = watch(node, "0.005");
    end(node);
    await node.waitFor(() => !watching.running, 60, "it does not let go");
    expect(await pods("only", "other")).toEqual(["pod/only"]);
    expect(node.journal).toContain("no more time, and still there: default only");
    expect(hasLetGo(node)).toBe(true);
  }, 90_000);

  test("goes on where it was when it is ended in between", async () => {
    await apply(budget(1), pod("web-1", node), pod("web-2", node));
    await running("web-1", "web-2");
    await allowed(1);
    end(node);
    const first = watch(node);
    await node.waitFor(() => /is not evicted/.test(node.journal), 30, "nothing is refused");
    await first.kill();
    await kubectl(master, "delete pdb web");
    const second = watch(node);
    await node.waitFor(() => !second.running, 30, "it does not let go");
    expect(await pods("web-1", "web-2")).toEqual([]);
    expect(hasLetGo(node)).toBe(true);
  }, 90_000);

  test("lets its group go on at once when it has never been a node", async () => {
    const machine = await lab.node(`never-${count}`, master);
    const watching = watch(machine);
    end(machine);
    await machine.waitFor(() => !watching.running, 20, "it does not let go");
    expect(hasLetGo(machine)).toBe(true);
    expect(machine.read("/run/stand-in/calls")).toContain("stop keelson-boot.service\n");
    await lab.lose(machine);
  }, 60_000);

  test("stays after the spot market's notice until its group's hook begins, and completes that", async () => {
    const machine = await lab.node(`early-${count}`, master);
    const watching = watch(machine);
    lab.metadataOf(machine).spotAction = '{"action": "terminate", "time": "2026-01-01T00:00:00Z"}';
    lab.aws.members.set(machine.instance, "InService");
    const stays = "the cloud cannot be told yet that this is over";
    await machine.waitFor(() => machine.journal.includes(stays) || !watching.running, 20, stays);
    expect(watching.running).toBe(true);
    end(machine);
    await machine.waitFor(() => !watching.running, 20, "it does not let go");
    expect(hasLetGo(machine)).toBe(true);
    await lab.lose(machine);
  }, 60_000);

  test("is another matter than one that the API server has forgotten: that one registers again", async () => {
    const watching = watch(node);
    await kubectl(master, `delete node ${node.hostname}`);
    const again = async () =>
      (await kubectl(master, `get nodes -o name --ignore-not-found ${node.hostname}`)) !== "";
    await node.waitFor(again, 30, "it does not come back");
    const label = `get node ${node.hostname} -o jsonpath={.metadata.labels.team}`;
    expect(await asNode(node, label)).toBe("search");
    expect(node.journal).toContain("the API server does not know this node");
    expect(watching.running).toBe(true);
    // A master that does not answer is no reason.
    const restarts = () => node.read("/run/stand-in/calls").split("restart kubelet").length - 1;
    const before = restarts();
    node.write("/etc/hosts", `127.0.0.9 ${lab.apiName}\n`);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(restarts()).toBe(before);
    await watching.kill();
  }, 90_000);

  test("is another matter than one whose certificate ends while kubelet runs: its boot is asked once to join again", async () => {
    const certificate = "/var/lib/kubelet/pki/kubelet-client-current.pem";
    const restarts = () =>
      node.readIfThere("/run/stand-in/calls").split("restart keelson-boot.service").length - 1;
    const watching = watch(node);
    await node.waitFor(() => node.exists("/run/keelson/watch/joined"), 20, "it has not looked");
    expect(restarts()).toBe(0);
    const before = await must(node, `cat ${certificate}`);
    node.write(certificate, ended());
    await node.waitFor(() => restarts() > 0, 20, "its boot is not started");
    // As long as three looks.
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(restarts()).toBe(1);
    expect(node.journal).toContain("the certificate of this node has ended: this machine joins again");

    // And once more when the next one ends.
    node.write(certificate, before);
    await node.waitFor(() => node.exists("/run/keelson/watch/joined"), 20, "it has not looked");
    node.write(certificate, ended());
    await node.waitFor(() => restarts() > 1, 20, "its boot is not started again");
    await watching.kill();
  }, 90_000);
});
