import { testWith } from "../support/tools";
import { POLICY_KIND } from "./support/addons";
import { Lab } from "./support/lab";
import { type Machine, MACHINE_NEEDS } from "./support/machine";
import { kubectl } from "./support/masters";
import { serve } from "./support/serving";

const test = testWith(MACHINE_NEEDS, "scripts/dev/setup.sh nodes, as root on Linux");
const possible = Object.values(MACHINE_NEEDS).every(Boolean);

/** What keeps pods of which the network's policies cannot tell where they are, or not at all. No pod runs here: they are only let in. */
describe("what cilium.patch.yaml lays down", () => {
  let lab: Lab;
  let master: Machine;
  const apply = (object: object, flags = "") =>
    master.run(
      `kubectl --kubeconfig /etc/kubernetes/admin.conf apply ${flags} -f - <<'END'\n${JSON.stringify(object)}\nEND`,
    );
  const pod = (namespace: string, labels: object = {}, spec: object = {}, name = "new") => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels },
    spec: { containers: [{ name: "one", image: "one" }], ...spec },
  });
  /** Why a pod is refused; empty where it is not. */
  const refused = async (...said: Parameters<typeof pod>) => {
    const { status, stderr } = await apply(pod(...said), "--dry-run=server");
    return status === 0 ? "" : stderr;
  };

  beforeAll(async () => {
    if (!possible) return;
    lab = await Lab.start({ store: "Blob", minor: "3.6" });
    master = await lab.machine("first");
    await serve(master);
    for (const name of ["plain", "vault"]) {
      await kubectl(master, `create namespace ${name}`);
      await kubectl(master, `-n ${name} create serviceaccount default`);
    }
    expect((await apply(pod("plain", { host: "before" }, {}, "old"))).status).toBe(0);
    await kubectl(master, "label namespace vault keelson.io/lends-identity=true");
    await apply(POLICY_KIND);
    await kubectl(master, "wait --for condition=established crd/ciliumclusterwidenetworkpolicies.cilium.io");
    await kubectl(master, "apply --server-side -f /opt/keelson/current/addons/cilium.patch.yaml");
    const holds = async () => (await refused("vault", { host: "x" }, { nodeName: "first" })) !== "";
    await master.waitFor(holds, 30, "the policies do not hold");
  }, 120_000);
  afterAll(() => lab?.stop());

  const MASTER = { key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" };
  const CANNOT_TOLERATE = "may not tolerate the master's taint, nor all taints";

  test.each([
    ["the master's taint", { tolerations: [MASTER] }, CANNOT_TOLERATE],
    ["all taints", { tolerations: [{ operator: "Exists" }] }, CANNOT_TOLERATE],
    ["no scheduler", { nodeName: "first" }, "may not say which node it runs on"],
  ])(
    "a pod that machines lend their identity to gets to no master by %s, and any other may",
    async (_by, spec, why) => {
      expect(await refused("vault", {}, spec)).toContain(why);
      expect(await refused("plain", {}, spec)).toBe("");
    },
  );

  test("it may tolerate other taints, and tolerates none of these later", async () => {
    const own = { key: "dedicated", operator: "Equal", value: "vault", effect: "NoSchedule" };
    expect(await refused("vault", {}, { tolerations: [own], nodeSelector: { pool: "vault" } })).toBe("");
    expect((await apply(pod("vault", {}, { tolerations: [own] }, "old"))).status).toBe(0);
    expect(await refused("vault", {}, { tolerations: [own, MASTER] }, "old")).toContain(CANNOT_TOLERATE);
  });

  test("no pod gets the label by which Cilium takes it for the host, and one that has it can be changed", async () => {
    expect(await refused("vault", { host: "" })).toContain("may not carry the label 'host'");
    expect(await refused("vault", { hosts: "", "example.org/host": "" })).toBe("");
    expect(await refused("plain", { host: "before", more: "x" }, {}, "old")).toBe("");
  });

  test("what is denied on the network leaves out pods alone that carry the label in such a namespace", async () => {
    const { items } = JSON.parse(
      await kubectl(master, "get ciliumclusterwidenetworkpolicies -o json"),
    ) as unknown as { readonly items: readonly { metadata: { name: string }; spec: object }[] };
    const without = (key: string) => ({
      endpointSelector: { matchExpressions: [{ key, operator: "NotIn", values: ["true"] }] },
      egressDeny: [{ toCIDR: ["169.254.169.254/32"] }],
    });
    expect(Object.fromEntries(items.map(({ metadata, spec }) => [metadata.name, spec]))).toMatchObject({
      "metadata-service": without("k8s:io.cilium.k8s.namespace.labels.keelson.io/lends-identity"),
      "metadata-service-pods": without("k8s:keelson.io/lends-identity"),
      "azure-host": {
        endpointSelector: {},
        egressDeny: [{ toCIDR: ["168.63.129.16/32"] }],
      },
    });
  });
});
