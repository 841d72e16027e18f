import { has, testWith } from "../support/tools";
import type { FakePool, FakePools } from "./support/fake-pools";
import { Lab } from "./support/lab";
import type { StoreKind } from "./support/lab-store";
import { type Machine, MACHINE_NEEDS } from "./support/machine";
import { alarm, kubectl, must } from "./support/masters";
import { S3_SERVER } from "./support/s3-server";
import { serve } from "./support/serving";

const needs = { ...MACHINE_NEEDS, MinIO: S3_SERVER !== undefined, openssl: has("openssl") };
const test = testWith(needs, "scripts/dev/setup.sh nodes, as root on Linux");
const possible = Object.values(needs).every(Boolean);

const NODES = "/opt/keelson/current/nodes.sh";
const ROLE = "node-restriction.kubernetes.io/role";
const POOL = "node-restriction.kubernetes.io/pool";

interface Cloud {
  readonly cloud: string;
  readonly store: StoreKind;
  /** The tag by which a group says a label. */
  readonly tagOf: (label: string) => string;
  /** The tags of a pool of a cluster. */
  readonly owned: (cluster: string) => Record<string, string>;
  /** What the cloud calls the nth machine. */
  readonly called: (n: number) => string;
  /** What there is of answers that are none, of this cloud alone. */
  readonly silences: (lab: Lab) => readonly (() => unknown)[];
}

const CLOUDS: readonly Cloud[] = [
  {
    ...{ cloud: "AWS", store: "S3" },
    tagOf: (label) => `k8s.io/cluster-autoscaler/node-template/label/${label}`,
    owned: (cluster) => ({ [`k8s.io/cluster-autoscaler/${cluster}`]: "owned" }),
    called: (n) => `ip-10-0-2-${n}.ec2.internal`,
    silences: ({ aws }) => [
      () => aws.deny("DescribeAutoScalingGroups"),
      () => aws.deny("DescribeInstances"),
      () => aws.outages.set("autoscaling", 503),
      () => aws.outages.set("autoscaling", "no-length"),
      () => aws.outages.set("ec2", "no-length"),
    ],
  },
  {
    ...{ cloud: "Azure", store: "Blob" },
    tagOf: (label) => `k8s.io_cluster-autoscaler_node-template_label_${label.replace("/", "_")}`,
    owned: (cluster) => ({ "cluster-autoscaler-name": cluster }),
    called: (n) => `Pool00000${n.toString(36).toUpperCase()}`,
    silences: ({ azure }) => [
      () => azure.deny("virtualMachineScaleSets/read"),
      () => azure.deny("virtualMachines/read"),
      () => azure.outages.set("arm", 503),
      () => azure.outages.set("arm", "no-length"),
      // Of the same server by another name, which would answer.
      () => (azure.pools.elsewhere = "localhost:9001"),
      () => (azure.pools.listless = true),
    ],
  },
];

describe.each(CLOUDS)("a master on $cloud gives each Node the role and pool that its group says", (of) => {
  const { cloud, store, tagOf, owned, called } = of;
  const ROLE_TAG = tagOf(ROLE);
  const OWNED = owned("lab");
  let lab: Lab;
  let master: Machine;
  let pools: FakePools;
  let launched = 0;

  /** Launches a machine into a pool; its Node's name. */
  const launch = (pool: FakePool, zone = "us-east-1a"): string => {
    const number = ++launched;
    const name = called(number);
    pool.machines.push({ id: `i-${number.toString(16).padStart(17, "0")}`, zone, name });
    return name.toLowerCase();
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
  const roles = () => labels(ROLE);
  const labels = async (label: string): Promise<Readonly<Record<string, string>>> => {
    const each = `{range .items[*]}{.metadata.name}={.metadata.labels.${label.replaceAll(".", "\\.")}} {end}`;
    const pairs = (await kubectl(master, `get nodes -o jsonpath='${each}'`)).split(" ").filter(Boolean);
    return Object.fromEntries(pairs.map((pair) => pair.split("=") as [string, string]));
  };
  const run = async () => (await master.run(NODES)).status;

  beforeAll(async () => {
    if (!possible) return;
    lab = await Lab.start({ store, minor: "3.6" });
    pools = lab.cloud.api.pools;
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
    lab.cloud.api.heal();
    master.reconnect();
    pools.heal();
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
    const drawn = await kubelet(`label node ${node} ${POOL}=platform`);
    expect(drawn.stderr).toMatch(/is not allowed to modify labels: node-restriction/);
    expect((await roles())[node]).toBe("");

    expect(await run()).toBe(0);
    expect((await roles())[node]).toBe("loadbalancer");
    const taken = await kubelet(`label node ${node} ${ROLE}-`);
    expect(taken.stderr).toMatch(/is not allowed to modify labels: node-restriction/);
    const claimed = await kubelet(`label node ${node} role=loadbalancer`);
    expect(claimed).toMatchObject({ status: 0 }); // which is why what matters does not go by that one
  }, 30_000);

  test("over all pages of what the cloud lists, for pools of other clusters not, nor for groups without a role", async () => {
    const large = pool("worker", "a");
    const pooled = [large, large, large, pool("worker", "b"), pool("loadbalancer")];
    const mine = pooled.map((one) => launch(one));
    const other = launch(addPool("other", { [ROLE_TAG]: "worker", ...owned("lab-2") }));
    const shared = Object.fromEntries(Object.keys(OWNED).map((tag) => [tag, "shared"]));
    const nobodys = launch(addPool("nobodys", { [ROLE_TAG]: "worker", ...shared }));
    const plain = launch(addPool("plain", OWNED));
    const odd = launch(pool("-no label's value", "odd"));
    const all = [...mine, other, nobodys, plain, odd];
    await register(...all.map((name) => [name] as const));
    pools.page = 2;
    expect(await run()).toBe(0);
    const now = await roles();
    expect(mine.map((name) => now[name])).toEqual([...Array<string>(4).fill("worker"), "loadbalancer"]);
    expect([other, nobodys, plain, odd].map((name) => now[name])).toEqual(["", "", "", ""]);
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

  test("and the pool's name likewise, which it takes off who forged it", async () => {
    const named = (name: string, role?: string) =>
      addPool(name, { [tagOf(POOL)]: name, ...(role !== undefined && { [ROLE_TAG]: role }), ...OWNED });
    const [general, nameless] = [named("general", "worker"), pool("worker", "nameless")];
    const [one, two, three] = [launch(general), launch(nameless), launch(named("roleless"))];
    await register([one], [two], [three, "worker"], ["stranger"]);
    await kubectl(master, `label node ${two} stranger ${POOL}=general`);
    expect(await run()).toBe(0);
    expect(await labels(POOL)).toMatchObject({
      [one]: "general",
      [two]: "",
      [three]: "roleless",
      stranger: "",
    });
    expect(await roles()).toMatchObject({ [one]: "worker", [two]: "worker", [three]: "", stranger: "" });

    // The role as it was, but another name.
    general.tags[tagOf(POOL)] = "platform";
    expect(await run()).toBe(0);
    expect(await labels(POOL)).toMatchObject({ [one]: "platform" });
  });

  test("and changes nothing where the cloud does not answer, denies it, asks for patience, or is cut short", async () => {
    const first = pool("worker");
    const second = pool("loadbalancer");
    await register([launch(first)], [launch(second), "worker"], ["stranger", "worker"]);
    pools.page = 1;
    const before = await roles();
    const silences: readonly (() => unknown)[] = [
      () => master.cutOff("cloud"),
      () => (pools.throttledPage = 1),
      () => (pools.broken = true),
      ...of.silences(lab),
    ];
    for (const silence of silences) {
      silence();
      const status = await run();
      master.reconnect();
      lab.cloud.api.heal();
      pools.heal();
      pools.page = 1;
      expect([silence.toString(), status === 0, await roles()]).toEqual([silence.toString(), false, before]);
    }
    expect(await run()).toBe(0);
    expect(await roles()).toMatchObject({ [master.hostname]: "", stranger: "" });
  }, 60_000);

  test("and goes by what the cloud knows of one zone where another is down, but takes nothing off then", async () => {
    const balancers = pool("loadbalancer");
    // EC2 is asked zone by zone, a scale set is asked whole.
    const others = cloud === "AWS" ? balancers : pool("loadbalancer", "others");
    const [here, gone] = [launch(balancers), launch(others, "us-east-1b")];
    await register([here], [gone, "loadbalancer"], ["stranger", "worker"]);
    pools.down.add("us-east-1b");
    expect(await run()).not.toBe(0);
    expect(await roles()).toMatchObject({
      [here]: "loadbalancer",
      [gone]: "loadbalancer",
      stranger: "worker",
    });
  });

  test("and waits for a machine that the cloud does not know yet with that one alone", async () => {
    const workers = pool("worker");
    const [old, fresh] = [launch(workers), launch(workers)];
    await register([old], [fresh, "worker"]);
    pools.unknown.add(workers.machines[1]?.id ?? "");
    expect(await run()).not.toBe(0);
    expect(await roles()).toMatchObject({ [old]: "worker", [fresh]: "worker" });
  });

  if (cloud === "AWS") {
    test("and names no Node after a machine that is terminated, whose name may be another's", async () => {
      const workers = pool("worker");
      const node = launch(workers);
      workers.machines.push({ id: "i-0123456789abcdef0", zone: "us-east-1a", name: "" });
      await register([node]);
      expect(await run()).toBe(0);
      expect(await roles()).toMatchObject({ [node]: "worker" });
    });
  } else {
    test("and reads what Azure says of hundreds of machines in one answer within seconds", async () => {
      const workers = pool("worker");
      const names = Array.from({ length: 500 }, () => launch(workers));
      pools.page = 1000;
      await register(...names.slice(-2).map((name) => [name] as const));
      const begun = Date.now();
      expect(await run()).toBe(0);
      expect(Date.now() - begun).toBeLessThan(10_000);
      expect(await roles()).toMatchObject(
        Object.fromEntries(names.slice(-2).map((name) => [name, "worker"])),
      );
    }, 60_000);
  }

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
    const { received } = lab.cloud.api;
    expect(await run()).toBe(0);
    await must(master, ": >/run/keelson/serving");
    expect(lab.cloud.api.received).toBe(received);
    expect(Object.values(await roles())).toEqual(["", ""]);
  });
});
