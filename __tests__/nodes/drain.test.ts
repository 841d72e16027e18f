import { testWith } from "../support/tools";
import { Lab } from "./support/lab";
import { type Machine, MACHINE_NEEDS } from "./support/machine";
import { kubectl, serve, unit } from "./support/masters";
import { asNode, join, POOL_NEEDS } from "./support/pool";
import { S3_SERVER } from "./support/s3-server";
import { Shell } from "./support/shell";

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
    node.write("/etc/hosts", "127.0.0.9 master.lab.kube\n");
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(restarts()).toBe(before);
    await watching.kill();
  }, 90_000);
});

describe("waiting and draining where the API server swallows what it is sent", () => {
  const clouds = "cloud_is_reclaimed() { [ -e notice ]; }";
  /** Has a kubectl that answers neither at once nor ever, and notes each call. */
  const silent = `
    mkdir -p bin
    printf '#!/bin/sh\\necho "$*" >>calls\\nexec sleep 60\\n' >bin/kubectl
    chmod +x bin/kubectl
    PATH=$PWD/bin:$PATH`;
  const shell = (scale = "1") =>
    new Shell(["log.sh", "waiting.sh", "joining.sh", "drain.sh"], { CLOCK_SCALE: scale });
  const run = async (script: string, scale?: string) => {
    const lab = shell(scale);
    try {
      const before = Date.now();
      const ended = await lab.run(`${clouds}\n${script}`);
      return { ...ended, seconds: (Date.now() - before) / 1000 };
    } finally {
      lab.dispose();
    }
  };

  test("await keeps its seconds, however long each try takes", async () => {
    const slow = "slow() { echo try >>tries; sleep 1; return 1; }";
    const { stdout, stderr } = await run(
      `${slow}\nawait 3 readiness slow || echo "over"\nwc -l <tries; await 3 it true && echo at once`,
    );
    expect(stdout).toMatch(/^over\n[123]\nat once\n$/);
    expect(stderr).toMatch(/readiness: not after [34] s/);
  }, 20_000);

  test("a command ends after five seconds, though kubectl asks an API server again that does not answer", async () => {
    const { stdout, seconds } = await run(`${silent}\nnode_kube get node x || echo "$?"`);
    expect(stdout).toBe("124\n");
    expect(seconds).toBeLessThan(8);
  }, 20_000);

  const many = `all=$(for n in $(seq 110); do echo "default web-$n"; done)
    drain_cordon() { :; }
    drain_pods() { echo "$all"; }`;
  const evictions =
    "node_kube() { echo x >>calls; [ $(wc -l <calls) -ne 3 ] || touch notice; sleep 0.2; return 124; }";

  test("looks at the end after each pod, and not after all of them", async () => {
    // A quarter of an hour in a second.
    const script = `${many}\n${evictions.replace("touch notice", ":")}\ndrain here || echo left\nwc -l <calls`;
    const { stdout, stderr } = await run(script, "0.0011");
    const [left, calls] = stdout.trim().split("\n");
    expect(left).toBe("left");
    expect(Number(calls)).toBeLessThan(12);
    expect(stderr).toContain("default/web-1 is not evicted: no answer");
    expect(stderr).toContain("no more time, and still there: default web-1, default web-2");
  }, 60_000);

  test("hears of the spot market's notice between two pods, and has ninety seconds then", async () => {
    // Ninety seconds in one, a quarter of an hour in ten.
    const { stdout } = await run(`${many}\n${evictions}\ndrain here || echo left\nwc -l <calls`, "0.011");
    const [left, calls] = stdout.trim().split("\n");
    expect(left).toBe("left");
    expect(Number(calls)).toBeGreaterThanOrEqual(3);
    expect(Number(calls)).toBeLessThan(15);
  }, 60_000);
});
