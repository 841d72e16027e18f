import { execFileSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { Attributes } from "../support/synth";
import { has, testWith } from "../support/tools";
import { asPlatform, type Credential } from "./support/access";
import { Azurite, bearerToken, standInForVersions } from "./support/azurite";
import { Deployed } from "./support/deployed";
import { FakeAzure } from "./support/fake-azure";
import { FaultProxy } from "./support/fault-proxy";
import { Lab } from "./support/lab";
import { Machine, MACHINE_NEEDS, type MachineOptions } from "./support/machine";
import { boot, epochOf, kubectl, must, serves, unit, write, written } from "./support/masters";
import { FakeMetadataService } from "./support/metadata-service";
import { PackageHost } from "./support/package-host";
import { join, POOL_NEEDS } from "./support/pool";
import { assignmentsIn, environmentIn } from "./support/synthesized";

const NEEDS = { ...MACHINE_NEEDS, ...POOL_NEEDS, terraform: has("terraform") };
const test = testWith(NEEDS, "scripts/dev/setup.sh nodes, as root");
const ready = Object.values(NEEDS).every(Boolean);

const USER_DATA = "/var/lib/cloud/instance/scripts/part-001";
const MICROSOFT = readFileSync(path.join(__dirname, "support/microsoft.sh"), "utf8");
const ENVIRONMENT = "prod-eastus";
const STORE = `${ENVIRONMENT}-store`;
/** The resources of masters and of the only pool. */
const MASTERS = /_control-plane_/;
const AGENTS = /_agents_/;
/** The tags from which the autoscaler, and a master, know the labels of a pool's nodes. */
const LABEL_TAG = /^k8s\.io_cluster-autoscaler_node-template_label_/;
const ROLE = "node-restriction.kubernetes.io/role";
const POOL = "node-restriction.kubernetes.io/pool";
/** Labels that every Node has. */
const EVERYBODYS = /^(beta\.)?kubernetes\.io\/(arch|hostname|os)$/;

/** What only the labs' machines are told, and what they are told otherwise: where the lab's servers are, and who it is. */
const LABS_ALONE = ["ARM_URL", "CURL_CA_BUNDLE", "IMDS", "MONITOR_URL"];
const LABS_OTHERWISE = [
  ...["CLIENT_ID", "CLUSTER", "CONTAINERD_PACKAGES_URL", "KEY_VAULT_URL", "PACKAGES_URL"],
  ...["SERVICES_GROUP", "STORE_URL", "SUBNET", "TENANT"],
];

/**
 * What the scale sets of the reference estate hold, after a deploy in the simulator, run as it stands, without a byte of it
 * changed: a machine finds Azure's names and addresses, behind which are Azurite, with the bundles that the stack uploads, and
 * the lab's fakes. Azurite knows no rights, so what the roles of masters and nodes lack does not show here.
 */
describe("the custom data of prod-eastus", () => {
  const stops: (() => unknown)[] = [];
  let deployed: Deployed;
  let azure: FakeAzure;
  let servers: MachineOptions["servers"];
  let launched = 0;
  let master: Awaited<ReturnType<typeof launch>>;

  const of = (type: string, name?: RegExp) => deployed.resource(ENVIRONMENT, type, name);
  const kept = (type: string, name?: RegExp) => String(deployed.resource(STORE, type, name)["name"]);
  const set = (which: RegExp) => of("azurerm_linux_virtual_machine_scale_set", which) as Attributes;
  const customData = (which: RegExp) => Buffer.from(String(set(which)["custom_data"]), "base64");
  const bundle = (which: RegExp) => {
    const { name, source } = of("azurerm_storage_blob", which);
    return { name: String(name), content: deployed.file(ENVIRONMENT, String(source)) };
  };

  /** Puts the bundles where Terraform does, as an administrator of the container. */
  const upload = (azurite: Azurite) => {
    const directory = mkdtempSync(path.join(tmpdir(), "keelson-bundle-"));
    const file = path.join(directory, "bundle.tar");
    const curl = (...args: string[]) =>
      execFileSync("curl", [
        ...["--disable", "--silent", "--show-error", "--fail", "--cacert", azurite.certificate],
        ...["--header", `Authorization: Bearer ${bearerToken()}`, "--header", "x-ms-version: 2023-11-03"],
        ...args,
      ]);
    const url = `${azurite.url}/${kept("azurerm_storage_account")}/${kept("azurerm_storage_container")}`;
    curl("--request", "PUT", "--data", "", `${url}?restype=container`);
    for (const { name, content } of [MASTERS, AGENTS].map(bundle)) {
      writeFileSync(file, content);
      curl("--upload-file", file, "--header", "x-ms-blob-type: BlockBlob", `${url}/${name}`);
    }
    rmSync(directory, { recursive: true });
  };

  /** The nth machine that a set has had: it has nothing but what cloud-init brings, and runs that. */
  const launch = async (which: RegExp, n = 0) => {
    const { id, name, computer_name_prefix: prefix, location } = set(which);
    const metadata = await FakeMetadataService.start();
    stops.push(() => metadata.stop());
    metadata.bearerToken = bearerToken();
    metadata.address = `10.2.1.${10 + launched++}`;
    metadata.scaleSet = String(id);
    metadata.resourceId = `${metadata.scaleSet}/virtualMachines/${n}`;
    metadata.vm = `${String(name)}_${n}`;
    metadata.vmId = randomUUID();
    metadata.computerName = `${String(prefix)}00000${n}`;
    const { address, resourceId, vmId, computerName: hostname } = metadata;
    azure.machines.set(resourceId, { vmId, provisioningState: "Succeeded" });
    const machine = await Machine.start({
      ...{ minor: "3.6", instance: `${resourceId}#${vmId}`, address, hostname, controllers: true },
      servers: { ...servers, metadata: { url: metadata.url } },
    });
    stops.push(() => machine.destroy());
    await must(machine, "rm -rf /opt/keelson /etc/keelson");
    machine.write("/root/microsoft.sh", MICROSOFT);
    const names = `ACCOUNT=${kept("azurerm_storage_account")} VAULT=${kept("azurerm_key_vault")}`;
    await must(machine, `${names} LOCATION=${String(location)} bash /root/microsoft.sh`);
    machine.write(USER_DATA, customData(which));
    await must(machine, `chmod 700 ${USER_DATA} && ${USER_DATA}`);
    expect(await must(machine, "readlink /opt/keelson/current")).toBe(
      `/opt/keelson/${path.basename(bundle(which).name, ".tar")}`,
    );
    return { machine, resourceId };
  };

  const bootsAndServes = async (machine: Machine) => {
    const booting = boot(machine);
    await machine.waitFor(() => serves(machine) || !booting.running, 90, "it does not serve");
    expect(await booting.ended).toMatchObject({ status: 0 });
  };

  beforeAll(async () => {
    if (!ready) return;
    deployed = await Deployed.start(ENVIRONMENT);
    stops.push(() => deployed.stop());
    const azurite = await Azurite.start(kept("azurerm_storage_account"));
    const store = await FaultProxy.start(azurite.url, azurite.tls);
    store.rewrite = standInForVersions();
    azure = await FakeAzure.start();
    azure.addKey(kept("azurerm_key_vault_key", /^sealing/));
    const packages = await PackageHost.start();
    stops.push(() => azurite.stop(), ...[store, azure, packages].map((server) => () => server.stop()));
    upload(azurite);
    servers = {
      ...{ store: { url: store.url, tls: azurite.tls }, cloud: { url: azure.url } },
      packages: { url: packages.url },
    };
    master = await launch(MASTERS);
    await bootsAndServes(master.machine);
  }, 300_000);
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  test("has all that the boot needs: a first master founds the cluster and serves", async () => {
    const api = `master.${ENVIRONMENT}.kube`;
    expect(azure.secrets.get("witness")?.value).toMatch(/^initialised /);
    expect(azure.secrets.get("join")?.value.split(" ")[0]).toBe(`${api}:6443`);
    expect(new Set(azure.calls)).toContain("keys keys/encrypt");
    const sans = await must(
      master.machine,
      "openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -ext subjectAltName",
    );
    expect(sans).toContain(`DNS:${api}`);
    expect(sans).toContain(`DNS:master.${ENVIRONMENT}.example.com`);
  });

  test("brings the cluster back when its master is gone: the set's next machine has it", async () => {
    await write(master.machine, "before");
    expect(await unit(master.machine, "backup.sh").ended).toMatchObject({ status: 0 });
    await master.machine.destroy();
    azure.machines.delete(master.resourceId);

    master = await launch(MASTERS, 1);
    await bootsAndServes(master.machine);
    expect(await written(master.machine)).toContain("before");
    expect(epochOf(master.machine)).toBe(2);
  }, 180_000);

  test("has a master publish the way into the cluster in the vault, and when the credential there ends", async () => {
    const { machine } = master;
    await must(
      machine,
      "export PART=renew CLOCK_SCALE=0.02; . /opt/keelson/current/lib/load.sh; access_publish",
    );
    const [ca, credential] = ["ca", "credential"].map((name) => azure.secrets.get(name));
    expect(ca).toMatchObject({ value: machine.read("/etc/kubernetes/pki/ca.crt"), ends: undefined });
    const status = JSON.parse(credential?.value ?? "") as Credential;
    expect(credential?.ends).toBe(Date.parse(status.expirationTimestamp) / 1000);
    expect(await asPlatform(machine, status, "auth can-i delete nodes")).toMatchObject({ stdout: "yes\n" });
  }, 60_000);

  test("makes a node of an agent, with its own scripts, the master's credentials and its pool's labels", async () => {
    const {
      name,
      resource_group_name: group,
      tags,
    } = set(AGENTS) as Attributes & {
      readonly tags: Readonly<Record<string, string>>;
    };
    const { machine } = await launch(AGENTS);
    expect(machine.read("/etc/keelson/environment")).toContain(`POOL='keelson-${ENVIRONMENT}/agents'\n`);
    machine.connect(master.machine);
    await must(machine, `echo "${master.machine.address} master.${ENVIRONMENT}.kube" >>/etc/hosts`);
    azure.calls.length = 0;
    await join(machine);
    // Once for each try: it may be early for a master that was just rebuilt.
    expect(new Set(azure.calls)).toEqual(new Set(["secrets secrets/get"]));

    const labels = async () => {
      const text = await kubectl(
        master.machine,
        `get node ${machine.hostname} -o jsonpath={.metadata.labels}`,
      );
      const all = Object.entries(JSON.parse(text) as Record<string, string>);
      return Object.fromEntries(all.filter(([key]) => !EVERYBODYS.test(key)));
    };
    const {
      [ROLE]: role,
      [POOL]: pool,
      ...others
    } = Object.fromEntries(
      Object.entries(tags)
        .filter(([key]) => LABEL_TAG.test(key))
        .map(([key, value]) => [key.replace(LABEL_TAG, "").replaceAll("_", "/"), value]),
    );
    expect({ role, pool }).toEqual({ role: "worker", pool: "agents" });
    expect(await labels()).toEqual(others);
    azure.pools.resourceGroup = String(group);
    azure.pools.groups.push({
      ...{ name: String(name), tags },
      machines: [{ id: "0", zone: "1", name: machine.hostname }],
    });
    expect(await unit(master.machine, "nodes.sh").ended).toMatchObject({ status: 0 });
    expect(await labels()).toEqual({ ...others, [ROLE]: role, [POOL]: pool });
  }, 120_000);

  test("is what the drill's and the fault table's masters on Blob have: its environment, and its scripts", async () => {
    const lab = await Lab.start({ store: "Blob", minor: "3.6" });
    stops.push(() => lab.stop());
    const machine = await lab.machine("like");
    const userData = customData(MASTERS).toString();

    const [inLab, inStack] = [
      assignmentsIn(machine.read("/etc/keelson/environment")),
      environmentIn(userData),
    ];
    expect(Object.keys(inLab).sort()).toEqual([...Object.keys(inStack), ...LABS_ALONE].sort());
    const others = Object.keys(inStack).filter((name) => inLab[name] !== inStack[name]);
    expect(others.sort()).toEqual(LABS_OTHERWISE);

    const { name, content } = bundle(MASTERS);
    const digest = createHash("sha256").update(content).digest("hex");
    expect(path.basename(name)).toBe(`${digest}.tar`);
    expect(userData).toContain(`\nBUNDLE='${name}'\n`);
    machine.write("/root/bundle.tar", content);
    expect(await must(machine, "tar --compare --file /root/bundle.tar -C /opt/keelson/current")).toBe("");
  }, 60_000);
});
