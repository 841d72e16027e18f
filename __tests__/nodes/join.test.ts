import { testWith } from "../support/tools";
import { FakeParameter } from "./support/fake-aws";
import { Lab } from "./support/lab";
import { type Machine, MACHINE_NEEDS } from "./support/machine";
import { kubectl, must, serve, unit } from "./support/masters";
import { asNode, bootNode, consoleOf, ends, join, POOL_NEEDS } from "./support/pool";
import { S3_SERVER } from "./support/s3-server";

const needs = { ...MACHINE_NEEDS, ...POOL_NEEDS, MinIO: S3_SERVER !== undefined };
const test = testWith(needs, "scripts/dev/setup.sh nodes, as root on Linux");
const possible = Object.values(needs).every(Boolean);

const JOIN = "/keelson/lab/join";
const CONF = "/etc/kubernetes/kubelet.conf";
const BOOTSTRAP = "/etc/kubernetes/bootstrap-kubelet.conf";
/** A quarter of an hour in two seconds. */
const FAST = { CLOCK_SCALE: "0.002" };
const now = () => Math.floor(Date.now() / 1000);

interface Node {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly taints: readonly { key: string; value: string; effect: string }[] };
}

describe("joining", () => {
  let lab: Lab;
  let master: Machine;
  let credentials: FakeParameter;

  /** What a node finds for credentials: the master's, changed. */
  const give = (change: (value: string) => string) =>
    lab.aws.parameters.set(JOIN, { ...credentials, value: change(credentials.value) });
  const nodes = async () => (await kubectl(master, "get nodes -o name")).split("\n");
  const nodeOf = async (machine: Machine) =>
    JSON.parse(await kubectl(master, `get node ${machine.hostname} -o json`)) as Node;
  const launched = ({ instance }: Machine) =>
    lab.aws.completions.filter((call) => call.instance === instance).map(({ hook }) => hook);
  const abandoned = ({ instance }: Machine) => lab.aws.abandoned.some((call) => call.instance === instance);
  const tells = (machine: Machine, text: string, seconds = 30) =>
    machine.waitFor(() => consoleOf(machine).includes(text), seconds, `its console never said: ${text}`);
  /** Of the machine's own files, those with the secret half of the token in them. */
  const filesWithToken = (machine: Machine) => {
    const token = /\.([a-z0-9]{16}) /.exec(credentials.value)?.[1] ?? "no token";
    return must(
      machine,
      `grep -rlF ${token} /etc /run /tmp /var/lib/keelson /var/lib/kubelet 2>/dev/null || true`,
    );
  };

  beforeAll(async () => {
    if (!possible) return;
    lab = await Lab.start({ store: "S3", minor: "3.6" });
    master = await lab.machine("master", { controllers: true });
    await serve(master);
    credentials = lab.aws.parameters.get(JOIN) as FakeParameter;
  }, 120_000);
  beforeEach(() => {
    if (!possible) return;
    lab.aws.heal();
    give((value) => value);
  });
  afterEach(() => (possible ? lab.loseAllBut(master) : undefined));
  afterAll(() => lab?.stop());

  test("makes a node with its name, labels and taints, which its group may count on, and leaves no token behind", async () => {
    const machine = await lab.node("first", master, {
      environment: {
        NODE_LABELS: "team=search,tier=",
        NODE_TAINTS: "dedicated=search:NoSchedule,old:NoExecute",
      },
    });
    await join(machine);
    const { metadata, spec } = await nodeOf(machine);
    expect(metadata.name).toBe(machine.hostname);
    expect(metadata.labels).toMatchObject({ team: "search", tier: "", "kubernetes.io/os": "linux" });
    expect(spec.taints.map(({ key, value = "", effect }) => `${key}=${value}:${effect}`)).toEqual(
      expect.arrayContaining([
        ...["dedicated=search:NoSchedule", "old=:NoExecute"],
        "node.cloudprovider.kubernetes.io/uninitialized=true:NoSchedule",
      ]),
    );
    expect(machine.read("/var/lib/kubelet/kubeadm-flags.env")).toContain(
      `--cloud-provider=external --node-ip=${machine.address} `,
    );
    expect(launched(machine)).toEqual(["launch"]);
    expect(lab.aws.heartbeats).toContainEqual({ hook: "launch", instance: machine.instance });
    expect(await filesWithToken(machine)).toBe("");
    expect(consoleOf(machine)).toBe("");

    // Nothing is asked after a reboot: what kubelet needs is on the disk.
    await machine.reboot();
    machine.cutOff();
    await join(machine);
    expect(machine.read("/run/stand-in/calls")).toBe("start keelson-watch.service\nstart kubelet\n");
    expect(machine.exists("/run/keelson/kubelet")).toBe(true);
    expect(await asNode(machine, `get node ${machine.hostname} -o name`)).toBe(`node/${machine.hostname}`);
    expect(launched(machine)).toEqual(["launch"]);
  }, 90_000);

  test("waits while no master serves, says why, and goes on when one does, on day 400 too", async () => {
    lab.aws.parameters.delete(JOIN);
    const machine = await lab.node("patient", master);
    const hosts = machine.read("/etc/hosts");
    machine.write("/etc/hosts", hosts.replace(master.address, "127.0.0.9"));
    const started = bootNode(machine);
    await tells(machine, "this machine waits: there are no join credentials: no master has served yet");
    give((value) => value.replace(/\d+$/, String(now() - 400 * 86_400)));
    await tells(machine, "this machine waits: the join credentials ended 20");
    give(() => "what somebody has put there");
    await tells(machine, "this machine waits: nobody can make sense of the join credentials");
    give((value) => value);
    await tells(machine, `this machine waits: ${lab.apiName}:6443 does not answer: no master serves`);
    expect(abandoned(machine)).toBe(false);
    expect(launched(machine)).toEqual([]);

    // As on a day when all tokens of before have ended, and only the timer makes new ones.
    give((value) => value.replace(/\d+$/, String(now() - 400 * 86_400)));
    await kubectl(
      master,
      "-n kube-system delete secrets --field-selector type=bootstrap.kubernetes.io/token",
    );
    machine.write("/etc/hosts", hosts);
    expect(started.running).toBe(true);
    await unit(master, "renew.sh").ended;
    credentials = lab.aws.parameters.get(JOIN) as FakeParameter;
    expect(credentials.value.split(" ")[0]).toBe(`${lab.apiName}:6443`);
    await ends(machine, started);
    expect(await nodes()).toContain(`node/${machine.hostname}`);
    expect(launched(machine)).toEqual(["launch"]);
  }, 120_000);

  test("gives a machine up that does not find the authority of the pin, and says so where one sees it from outside", async () => {
    give((value) => value.replace(/sha256:[0-9a-f]{64}/, `sha256:${"0".repeat(64)}`));
    const machine = await lab.node("pinned", master);
    await ends(machine, bootNode(machine, FAST));
    const [first = "", last = "", ...more] = consoleOf(machine).trim().split("\n");
    expect(first).toMatch(/^keelson: this machine cannot join: kubeadm join: .*pinned/);
    expect(last).toBe(first.replace("cannot join", "is given up, and its group replaces it"));
    expect(more).toEqual([]);
    expect(abandoned(machine)).toBe(true);
    expect(launched(machine)).toEqual([]);
    expect(machine.exists(CONF)).toBe(false);
    expect(await filesWithToken(machine)).toBe("");
    expect(await nodes()).not.toContain(`node/${machine.hostname}`);
  }, 60_000);

  test("fails with a token that the API server has forgotten, though nobody says so, and tells no secret", async () => {
    const { value } = credentials;
    const secret = /\.([a-z0-9]{16}) /.exec(value)?.[1] ?? "";
    await kubectl(
      master,
      "-n kube-system delete secrets --field-selector type=bootstrap.kubernetes.io/token",
    );
    const machine = await lab.node("forgotten", master);
    const started = bootNode(machine);
    await tells(machine, "this machine cannot join: kubeadm join: ");
    expect(consoleOf(machine) + machine.journal).not.toContain(secret);
    expect(abandoned(machine)).toBe(false);
    await unit(master, "renew.sh").ended;
    credentials = lab.aws.parameters.get(JOIN) as FakeParameter;
    await ends(machine, started);
    expect(await nodes()).toContain(`node/${machine.hostname}`);
  }, 90_000);

  test("fails where the credentials may not be read, after a quarter of an hour and no sooner", async () => {
    lab.aws.deny("ssm");
    const machine = await lab.node("denied", master);
    const started = bootNode(machine, { CLOCK_SCALE: "0.01" });
    const before = Date.now();
    await tells(machine, "this machine cannot join: the join credentials could not be read (denied)");
    expect(abandoned(machine)).toBe(false);
    await ends(machine, started);
    expect(Date.now() - before).toBeGreaterThan(8_000);
    expect(abandoned(machine)).toBe(true);
  }, 60_000);

  test("switches a machine off that was in service and can join no more, but not while it waits for a master", async () => {
    lab.aws.parameters.delete(JOIN);
    const machine = await lab.node("useless", master);
    lab.aws.members.set(machine.instance, "InService");
    const off = () => machine.readIfThere("/run/stand-in/calls").includes("poweroff");
    const started = bootNode(machine, FAST);
    await tells(machine, "this machine waits: there are no join credentials");
    // Longer than its patience is by its clock.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(off()).toBe(false);
    give((value) => value);
    lab.aws.deny("ssm");
    await ends(machine, started);
    expect(off()).toBe(true);
    const why = "the join credentials could not be read (denied)";
    expect(consoleOf(machine).trim().split("\n").slice(1)).toEqual([
      `keelson: this machine cannot join: ${why}`,
      `keelson: this machine is switched off, so that its group replaces it: ${why}`,
    ]);
    expect(abandoned(machine)).toBe(false);
  }, 60_000);

  test("registers no node with a label that a kubelet may not set on itself: the API server refuses it", async () => {
    const label = "node-restriction.kubernetes.io/role=worker";
    const machine = await lab.node("forbidden", master, { environment: { NODE_LABELS: label } });
    const started = bootNode(machine);
    await tells(machine, `${machine.hostname}" is forbidden`, 60);
    expect(consoleOf(machine)).toContain("kubelet has not registered this machine: ");
    expect(consoleOf(machine)).toContain("node-restriction.kubernetes.io/role");
    await started.kill();
    expect(launched(machine)).toEqual([]);
    expect(await nodes()).not.toContain(`node/${machine.hostname}`);
  }, 90_000);

  test("is done again by a machine that was off until its certificate had ended", async () => {
    const machine = await lab.node("off", master);
    await join(machine);
    const current = "/var/lib/kubelet/pki/kubelet-client-current.pem";
    await must(
      machine,
      `faketime -f -400d openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=old -days 1 \
        -keyout /dev/null -out ${current}`,
    );
    await machine.reboot();
    // As the controllers do soon when a machine is off.
    const unknown = '{"status":{"conditions":[{"type":"Ready","status":"Unknown"}]}}';
    await kubectl(master, `patch node ${machine.hostname} --subresource status -p '${unknown}'`);
    await join(machine);
    expect(await asNode(machine, `get node ${machine.hostname} -o name`)).toBe(`node/${machine.hostname}`);
    expect(await must(machine, `openssl x509 -in ${current} -noout -checkend 3600 -subject`)).toContain(
      machine.hostname,
    );
  }, 90_000);

  test.each([
    ["while kubeadm writes", BOOTSTRAP],
    ["when kubelet has its certificate", CONF],
  ])(
    "goes on after a power cut %s",
    async (_, file) => {
      const machine = await lab.node(file === CONF ? "late" : "early", master);
      const started = bootNode(machine);
      await machine.waitFor(() => machine.exists(file) || !started.running, 30, `nobody writes ${file}`);
      await machine.reboot();
      await join(machine);
      expect(await nodes()).toContain(`node/${machine.hostname}`);
      expect(launched(machine)).toEqual(["launch"]);
      expect(machine.exists(BOOTSTRAP)).toBe(false);
      expect(await filesWithToken(machine)).toBe("");
    },
    90_000,
  );

  test("takes an address of its pool first, waits for one where all are taken, and asks for none where none is wanted", async () => {
    const { addresses } = lab.aws;
    addresses.all.push({ allocation: "eipalloc-1", pool: "lab/general", instance: "i-before" });
    const machine = await lab.node("edge", master, { environment: { ADDRESSES: "yes" } });
    lab.aws.calls.length = 0;
    const started = bootNode(machine);
    await tells(machine, "this machine waits: all addresses of the pool are in use");
    expect(lab.aws.calls.join()).not.toContain("GetParameter");
    expect(abandoned(machine)).toBe(false);
    delete addresses.all[0]?.instance;
    await ends(machine, started);
    expect(addresses.all[0]?.instance).toBe(machine.instance);
    expect(launched(machine)).toEqual(["launch"]);
  }, 60_000);
});
