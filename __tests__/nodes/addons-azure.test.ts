import { testWith } from "../support/tools";
import { hasHelm, offerAddons, POLICY_KIND, writeTable } from "./support/addons";
import { Lab } from "./support/lab";
import { type Machine, MACHINE_NEEDS } from "./support/machine";
import { alarm, kubectl, must, unit } from "./support/masters";
import { serve } from "./support/serving";

const needs = { ...MACHINE_NEEDS, helm: hasHelm };
const test = testWith(needs, "scripts/dev/setup.sh nodes, as root on Linux");
const possible = Object.values(needs).every(Boolean);

const ADDONS = "/opt/keelson/current/addons";
const LANTERN = { name: "lantern" };

describe("the core add-ons on Azure", () => {
  const NAMES = "SUBSCRIPTION RESOURCE_GROUP CLIENT_ID";
  let lab: Lab;
  let master: Machine;

  beforeAll(async () => {
    if (!possible) return;
    lab = await Lab.start({ store: "Blob", minor: "3.6" });
    offerAddons(lab.packages, [LANTERN]);
    master = await lab.machine("first");
    await serve(master);
    writeTable(master, [LANTERN], "azure");
  }, 120_000);
  afterAll(() => lab?.stop());

  test("are told who and where they are, and a fence waits for the kind that it is of", async () => {
    const asked = NAMES.split(" ").map((name) => `\${${name}}`);
    master.write(`${ADDONS}/lantern.azure.yaml`, `cluster: "${asked.join(" ")}"\n`);
    await must(master, `cp ${ADDONS}/cilium.patch.yaml ${ADDONS}/lantern.patch.yaml`);
    const running = unit(master, "addons.sh", { HOME: "" });
    const waits = () => master.journal.includes("waiting for a kind that lantern.patch.yaml names");
    await master.waitFor(waits, 60, "it does not wait");
    await kubectl(master, `apply -f - <<'END'\n${JSON.stringify(POLICY_KIND)}\nEND`);
    expect((await running.ended).status).toBe(0);
    expect(alarm(master, "addons")).toBe("");
    expect(await kubectl(master, "-n lab get configmap lantern -o jsonpath={.data.cluster}")).toBe(
      "5ca1ab1e-0000-4000-8000-000000000000 lab 1de47171-lab",
    );
    expect(
      await kubectl(
        master,
        "get ciliumclusterwidenetworkpolicies -o jsonpath={.items[*].spec.egressDeny[*].toCIDR}",
      ),
    ).toBe('["168.63.129.16/32"] ["169.254.169.254/32"] ["169.254.169.254/32"]');
    expect(JSON.parse(await must(master, "cat /etc/kubernetes/azure.json"))).toEqual({
      ...{ cloud: "AzurePublicCloud", location: "eastus", vmType: "vmss", resourceGroup: "lab" },
      ...{ tenantId: "7e4a47f0-lab", subscriptionId: "5ca1ab1e-0000-4000-8000-000000000000" },
      ...{ vnetResourceGroup: "lab_net", vnetName: "net", subnetName: "private" },
      ...{ securityGroupResourceGroup: "lab", securityGroupName: "lab-services" },
      ...{ useManagedIdentityExtension: true, userAssignedIdentityID: "1de47171-lab" },
      ...{ useInstanceMetadata: true, disableOutboundSNAT: true },
      ...{ loadBalancerSku: "Standard", loadBalancerBackendPoolConfigurationType: "nodeIP" },
    });
  }, 120_000);

  test.each([
    ["SUBNET", 'a/resourceGroups/"/providers/Microsoft.Network/virtualNetworks/a/subnets/a', "is no subnet"],
    [
      "SERVICES_GROUP",
      "a/resourceGroups/a/providers/Microsoft.Network/virtualNetworks/a",
      "is no security group",
    ],
    ["TENANT", 'x", "aadClientSecret": "', "one of these is no name: x"],
  ])("are not laid down where %s is %s", async (name, value, why) => {
    await must(master, "rm -f /etc/kubernetes/azure.json /run/keelson/addons/tries");
    const { status } = await unit(master, "addons.sh", { HOME: "", [name]: value }).ended;
    expect([status, alarm(master, "addons")]).toEqual([1, "addons-failed"]);
    expect(master.journal).toContain(why);
    expect(master.exists("/etc/kubernetes/azure.json")).toBe(false);
  });

  describe("of which cloud-node-manager has a token on each node", () => {
    const AS =
      "--kubeconfig /dev/null --server https://127.0.0.1:6443 --certificate-authority /etc/kubernetes/pki/ca.crt";
    /** Writes to a Node as the pod on `node` does; empty where it is taken. */
    const write = async (to: string, change: string, node = "one") => {
      const token = await kubectl(
        master,
        `-n kube-system create token cloud-node-manager --bound-object-kind Node --bound-object-name ${node}`,
      );
      const { status, stderr } = await master.run(
        `kubectl ${AS} --token ${token} ${change.replace("NODE", to)}`,
      );
      return status === 0 ? "" : stderr;
    };
    const LABEL = "node-restriction.kubernetes.io/role";

    beforeAll(async () => {
      if (!possible) return;
      for (const name of ["one", "two"]) {
        const node = { apiVersion: "v1", kind: "Node", metadata: { name, labels: { [LABEL]: "none" } } };
        await kubectl(master, `apply -f - <<'END'\n${JSON.stringify(node)}\nEND`);
      }
      await kubectl(master, "-n kube-system create serviceaccount cloud-node-manager");
      const may = "--verb=get,update,patch --resource=nodes,nodes/status";
      await kubectl(master, `create clusterrole cloud-node-manager ${may}`);
      const to = "--clusterrole cloud-node-manager --serviceaccount kube-system:cloud-node-manager";
      await kubectl(master, `create clusterrolebinding cloud-node-manager ${to}`);
      await kubectl(master, `apply -f ${ADDONS}/cloud-provider-azure.patch.yaml`);
      const isRefused = async () =>
        (await write("two", "taint node NODE a=b:NoSchedule --dry-run=server")) !== "";
      await master.waitFor(isRefused, 30, "the policy does not hold");
    }, 60_000);

    test("it writes to the Node that it is on, and to no other", async () => {
      expect(await write("one", "taint node NODE a=b:NoSchedule")).toBe("");
      expect(await write("one", "label node NODE topology.kubernetes.io/zone=eastus-1")).toBe("");
      for (const change of ["label node NODE a=b", "taint node NODE a=b:NoSchedule"]) {
        expect(await write("two", change)).toContain(
          "may write to the Node that it runs on, and to no other",
        );
      }
    });

    test.each([`${LABEL}=loadbalancer`, `${LABEL}-`, "x.node-restriction.kubernetes.io/y=z"])(
      "it does not do what no kubelet may: label its Node %s",
      async (label) => {
        expect(await write("one", `label --overwrite node NODE ${label}`)).toContain(
          "may not change labels of node-restriction.kubernetes.io",
        );
      },
    );
  });
});
