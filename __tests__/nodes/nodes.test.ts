import { testWith } from "../support/tools";
import type { FakePool, FakePools } from "./support/fake-pools";
import { Lab } from "./support/lab";
import { type Machine, MACHINE_NEEDS } from "./support/machine";
import { alarm, kubectl, must } from "./support/masters";
import { S3_SERVER } from "./support/s3-server";
import { serve } from "./support/serving";

const needs = { ...MACHINE_NEEDS, MinIO: S3_SERVER !== undefined };
const test = testWith(needs, "scripts/dev/setup.sh nodes, as root on Linux");
const possible = Object.values(needs).every(Boolean);

const NODES = "/opt/keelson/current/nodes.sh";
const ROLE = "node-restriction.kubernetes.io/role";
const ROLE_TAG = `k8s.io/cluster-autoscaler/node-template/label/${ROLE}`;
const OWNED = { "k8s.io/cluster-autoscaler/lab": "owned" };

describe("a master gives each Node the role that its pool's group says", () => {
  let lab: Lab;
  let master: Machine;
  let pools: FakePools;
  let launched = 0;

  /** Launches a machine into a pool; its Node's name. */
  const launch = (pool: FakePool, zone = "us-east-1a"): string => {
    const number = ++launched;
    const name = `ip-10-0-2-${number}.ec2.internal`;
    pool.machines.push({ id: `i-${number.toString(16).padStart(17, "0")}`, zone, name });
    return name;
  };
  const addPool = (name: string, tags: Record<string, string>): FakePool => {
    const pool = { name, tags: { ...tags, Name: `<${name}> & "co"` }, machines: [] };
    pools.groups.push(pool);
    return pool;
  };
  const pool = (role: string, name = `pool-of-${role}`) => addPool(name, { [ROLE_TAG]: role, ...OWNED });

  const NODE = (name: string, role?: string) =>
    JSON.stringify({
      ...{ apiVersion: "v1", kind: "Node" },
      metadata: { name, labels: { of: "test", ...(role !== undefined && { [ROLE]: role }) } },
    });
  /** As an administrator may, or a restored database has them. */
  const register = (...nodes: readonly (readonly [name: string, role?: string])[]) =>
    must(
      master,
      `kubectl --kubeconfig /etc/kubernetes/admin.conf create -f - <<'END'\n${nodes.map((node) => NODE(...node)).join("\n")}\nEND`,
    );
  const roles = async (): Promise<Readonly<Record<string, string>>> => {
    const each = `{range .items[*]}{.metadata.name}={.metadata.labels.${ROLE.replaceAll(".", "\\.")}} {end}`;
    const pairs = (await kubectl(master, `get nodes -o jsonpath='${each}'`)).split(" ").filter(Boolean);
    return Object.fromEntries(pairs.map((pair) => pair.split("=") as [string, string]));
  };
  const run = async () => (await master.run(NODES)).status;

  beforeAll(async () => {
    if (!possible) return;
    lab = await Lab.start({ store: "S3", minor: "3.6" });
    pools = lab.aws.pools;
    master = await lab.machine("master");
    await serve(master);
    await master.waitFor(
      async () => (await kubectl(master, "get nodes -o name")) !== "",
      30,
      "no Node of the master's own",
    );
  }, 120_000);
  afterAll(() => lab?.stop());
  beforeEach(async () => {
    if (!possible) return;
    pools.groups.length = 0;
    await kubectl(master, "delete nodes -l of=test");
  });
  afterEach(() => {
    if (!possible) return;
    lab.aws.heal();
    master.reconnect();
    Object.assign(pools, { page: 50, throttledPage: undefined, broken: false });
    pools.unknown.clear();
    pools.down.clear();
  });

  test("on a label that the API server takes from no kubelet, for its own Node or at its registration", async () => {
    const node = launch(pool("loadbalancer"));
    const kubeconfig = `kubeadm kubeconfig user --client-name system:node:${node} --org system:nodes --config /var/lib/keelson/kubeadm.yaml`;
    await must(master, `${kubeconfig} >/root/kubelet.conf`);
    const kubelet = (command: string) =>
      master.run(`kubectl --kubeconfig /root/kubelet.conf --server https://127.0.0.1:6443 ${command}`);
    const create = (role?: string) => kubelet(`create -f - <<'END'\n${NODE(node, role)}\nEND`);
    expect((await create("loadbalancer")).stderr).toMatch(/is not allowed to set the following labels/);
    expect(await create()).toMatchObject({ status: 0 });
    const forged = await kubelet(`label node ${node} ${ROLE}=loadbalancer`);
    expect(forged.stderr).toMatch(/is not allowed to modify labels: node-restriction/);
    expect((await roles())[node]).toBe("");

    expect(await run()).toBe(0);
    expect((await roles())[node]).toBe("loadbalancer");
    const taken = await kubelet(`label node ${node} ${ROLE}-`);
    expect(taken.stderr).toMatch(/is not allowed to modify labels: node-restriction/);
    const claimed = await kubelet(`label node ${node} role=loadbalancer`);
    expect(claimed).toMatchObject({ status: 0 }); // which is why what matters does not go by that one
  }, 30_000);

  test("over all pages of groups, for pools of other clusters not, nor for groups without a role", async () => {
    const mine = [pool("worker", "a"), pool("worker", "b"), pool("loadbalancer")].map((one) => launch(one));
    const other = launch(
      addPool("other", { [ROLE_TAG]: "worker", "k8s.io/cluster-autoscaler/lab-2": "owned" }),
    );
    const shared = launch(
      addPool("shared", { [ROLE_TAG]: "worker", "k8s.io/cluster-autoscaler/lab": "shared" }),
    );
    const plain = launch(addPool("plain", OWNED));
    const odd = launch(pool("-no label's value", "odd"));
    const all = [...mine, other, shared, plain, odd];
    await register(...all.map((name) => [name] as const));
    pools.page = 2;
    expect(await run()).toBe(0);
    const now = await roles();
    expect(all.map((name) => now[name])).toEqual(["worker", "worker", "loadbalancer", "", "", "", ""]);
    expect(now[master.hostname]).toBe("");
  });

  test("and takes it off who forged it, changes it with the group's tag, and then writes nothing any more", async () => {
    const [worker, balancer] = [pool("worker"), pool("loadbalancer")];
    const [one, two] = [launch(worker), launch(balancer)];
    await register([one, "loadbalancer"], [two], ["stranger", "loadbalancer"]);
    expect(await run()).toBe(0);
    expect(await roles()).toMatchObject({ [one]: "worker", [two]: "loadbalancer", stranger: "" });

    balancer.tags[ROLE_TAG] = "worker";
    expect(await run()).toBe(0);
    expect(await roles()).toMatchObject({ [one]: "worker", [two]: "worker" });

    const versions = () => kubectl(master, "get nodes -o jsonpath='{.items[*].metadata.resourceVersion}'");
    const before = await versions();
    expect(await run()).toBe(0);
    expect(await versions()).toBe(before);

    worker.machines.length = 0; // detached, or terminated
    expect(await run()).toBe(0);
    expect(await roles()).toMatchObject({ [one]: "", [two]: "worker" });
  });

  test("and changes nothing where the cloud does not answer, denies it, asks for patience, or is cut short", async () => {
    const first = pool("worker");
    const second = pool("loadbalancer");
    await register([launch(first)], [launch(second), "worker"], ["stranger", "worker"]);
    pools.page = 1;
    const before = await roles();
    const { aws } = lab;
    const silences: readonly (() => unknown)[] = [
      () => master.cutOff("cloud"),
      () => aws.deny("DescribeAutoScalingGroups"),
      () => aws.deny("DescribeInstances"),
      () => (pools.throttledPage = 1),
      () => (pools.broken = true),
      () => aws.outages.set("autoscaling", 503),
      () => aws.outages.set("autoscaling", "no-length"),
      () => aws.outages.set("ec2", "no-length"),
    ];
    for (const silence of silences) {
      silence();
      const status = await run();
      master.reconnect();
      aws.heal();
      Object.assign(pools, { throttledPage: undefined, broken: false });
      expect([silence.toString(), status === 0, await roles()]).toEqual([silence.toString(), false, before]);
    }
    expect(await run()).toBe(0);
    expect(await roles()).toMatchObject({ "ip-10-0-1-10.ec2.internal": "", stranger: "" });
  }, 60_000);

  test("and goes by what EC2 knows of one zone where another is down, but takes nothing off then", async () => {
    const balancers = pool("loadbalancer");
    const [here, gone] = [launch(balancers), launch(balancers, "us-east-1b")];
    await register([here], [gone, "loadbalancer"], ["stranger", "worker"]);
    pools.down.add("us-east-1b");
    expect(await run()).not.toBe(0);
    expect(await roles()).toMatchObject({
      [here]: "loadbalancer",
      [gone]: "loadbalancer",
      stranger: "worker",
    });
  });

  test("and waits for a machine that EC2 does not know yet with that one alone", async () => {
    const workers = pool("worker");
    const [old, fresh] = [launch(workers), launch(workers)];
    await register([old], [fresh, "worker"]);
    pools.unknown.add(workers.machines[1]?.id ?? "");
    expect(await run()).not.toBe(0);
    expect(await roles()).toMatchObject({ [old]: "worker", [fresh]: "worker" });
  });

  test("and names no Node after a machine that is terminated, whose name may be another's", async () => {
    const workers = pool("worker");
    const node = launch(workers);
    workers.machines.push({ id: "i-0123456789abcdef0", zone: "us-east-1a", name: "" });
    await register([node]);
    expect(await run()).toBe(0);
    expect(await roles()).toMatchObject({ [node]: "worker" });
  });

  test("and says so after five minutes in which it could not", async () => {
    await must(master, `${NODES}; touch -d '-4 min' /run/keelson/nodes/calm /run/keelson/serving`);
    master.cutOff("cloud");
    await run();
    expect(alarm(master, "nodes")).toBe("");
    await must(master, "touch -d '-6 min' /run/keelson/nodes/calm /run/keelson/serving");
    await run();
    expect(alarm(master, "nodes")).toBe("roles-late");
    master.reconnect();
    await run();
    expect(alarm(master, "nodes")).toBe("");
  }, 30_000);

  test("but does nothing, and asks nobody, where it serves no more", async () => {
    await register([launch(pool("worker"))]);
    await must(master, "rm /run/keelson/serving");
    const { received } = lab.aws;
    expect(await run()).toBe(0);
    await must(master, ": >/run/keelson/serving");
    expect(lab.aws.received).toBe(received);
    expect(Object.values(await roles())).toEqual(["", ""]);
  });
});
