import { testWith } from "../support/tools";
import { Lab } from "./support/lab";
import { type Machine, MACHINE_NEEDS } from "./support/machine";
import { kubectl, serve } from "./support/masters";
import { S3_SERVER } from "./support/s3-server";
import { hasController, join } from "./support/pool";

const needs = { ...MACHINE_NEEDS, MinIO: S3_SERVER !== undefined, "kube-controller-manager": hasController };
const test = testWith(needs, "scripts/dev/setup.sh nodes, as root on Linux");
const possible = Object.values(needs).every(Boolean);

describe("joining", () => {
  let lab: Lab;
  let master: Machine;
  beforeAll(async () => {
    if (!possible) return;
    lab = await Lab.start({ store: "S3", minor: "3.6" });
    master = await lab.machine("master", { controllers: true });
    await serve(master);
  }, 120_000);
  afterAll(() => lab?.stop());

  test("a machine becomes a node", async () => {
    const node = await lab.node("first", master, {
      environment: { NODE_LABELS: "team=search", NODE_TAINTS: "dedicated=search:NoSchedule" },
    });
    await join(node).catch(async (e) => {
      console.log(
        e,
        await node.run(
          "kubectl --kubeconfig /etc/kubernetes/kubelet.conf get node $(hostname) -o yaml; ps axf; cat /run/keelson/boot/kubeadm; ls -la /var/lib/kubelet /var/lib/kubelet/pki /etc/kubernetes; cat /etc/kubernetes/kubelet.conf; for i in 1 2 3; do ps axo pid,stat,time,args | grep node.sh; sleep 0.3; done",
        ),
      );
    });
    console.log(await kubectl(master, `get node ${node.hostname} -o yaml`));
  }, 120_000);
});
