import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { Deployed } from "../azure/support/deployed";
import type { Attributes } from "../support/synth";
import { has, testWith } from "../support/tools";
import { Azurite, bearerToken, standInForVersions } from "./support/azurite";
import { FakeAzure } from "./support/fake-azure";
import { FaultProxy } from "./support/fault-proxy";
import { Machine, MACHINE_NEEDS, type MachineOptions } from "./support/machine";
import { boot, epochOf, must, serves, unit, write, written } from "./support/masters";
import { FakeMetadataService } from "./support/metadata-service";
import { PackageHost } from "./support/package-host";

const NEEDS = { ...MACHINE_NEEDS, terraform: has("terraform") };
const test = testWith(NEEDS, "scripts/dev/setup.sh nodes, as root");

const USER_DATA = "/var/lib/cloud/instance/scripts/part-001";
const MICROSOFT = readFileSync(path.join(__dirname, "support/microsoft.sh"), "utf8");

/**
 * What a scale set of lib/azure holds, after a deploy in the simulator, run as it stands, without a byte of it changed: the
 * machine finds Azure's names and addresses, behind which are Azurite, with the bundle that the stack uploads, and the lab's
 * fakes. Azurite knows no rights, so what the master's roles lack does not show here.
 */
describe("the custom data of a scale set on Azure", () => {
  const deployed = new Deployed();
  const stops: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
    deployed.remove();
  });

  /** Puts the bundle where Terraform does, as an administrator of the container. */
  const upload = async (azurite: Azurite, container: string) => {
    const { name, source } = await deployed.resource("prod", "azurerm_storage_blob");
    const directory = mkdtempSync(path.join(tmpdir(), "keelson-bundle-"));
    const bundle = path.join(directory, "bundle.tar");
    writeFileSync(bundle, deployed.file("prod", String(source)));
    const curl = (...args: string[]) =>
      execFileSync("curl", [
        ...["--disable", "--silent", "--show-error", "--fail", "--cacert", azurite.certificate],
        ...[
          "--header",
          `Authorization: Bearer ${bearerToken()}`,
          "--header",
          "x-ms-version: 2023-11-03",
          ...args,
        ],
      ]);
    const url = `${azurite.url}/devstoreaccount1/${container}`;
    curl("--request", "PUT", "--data", "", `${url}?restype=container`);
    curl("--upload-file", bundle, "--header", "x-ms-blob-type: BlockBlob", `${url}/${String(name)}`);
    rmSync(directory, { recursive: true });
    return String(name);
  };

  interface Lab {
    readonly set: Attributes;
    readonly servers: MachineOptions["servers"];
    readonly azure: FakeAzure;
  }

  /** The nth machine that the set has had: it has nothing but what cloud-init brings, and runs that. */
  const launch = async ({ set, servers, azure }: Lab, n: number) => {
    const metadata = await FakeMetadataService.start();
    stops.push(() => metadata.stop());
    metadata.bearerToken = bearerToken();
    metadata.address = `10.0.1.${10 + n}`;
    metadata.scaleSet = String(set["id"]);
    metadata.resourceId = `${metadata.scaleSet}/virtualMachines/${n}`;
    metadata.vm = `${String(set["name"])}_${n}`;
    metadata.vmId = randomUUID();
    metadata.computerName = `${String(set["computer_name_prefix"])}00000${n}`;
    azure.machines.set(metadata.resourceId, { vmId: metadata.vmId, provisioningState: "Succeeded" });
    const machine = await Machine.start({
      minor: "3.6",
      instance: `${metadata.resourceId}#${metadata.vmId}`,
      ...{ address: metadata.address, hostname: metadata.computerName },
      servers: { ...servers, metadata: { url: metadata.url } },
    });
    stops.push(() => machine.destroy());
    await must(machine, "rm -rf /opt/keelson /etc/keelson");
    machine.write("/root/microsoft.sh", MICROSOFT);
    await must(
      machine,
      "ACCOUNT=devstoreaccount1 VAULT=acme-prod-1a2b3c4d LOCATION=eastus bash /root/microsoft.sh",
    );
    machine.write(USER_DATA, Buffer.from(String(set["custom_data"]), "base64"));
    await must(machine, `chmod 700 ${USER_DATA} && ${USER_DATA}`);
    return { machine, resourceId: metadata.resourceId };
  };

  const bootsAndServes = async (machine: Machine) => {
    const booting = boot(machine);
    await machine.waitFor(() => serves(machine) || !booting.running, 90, "it does not serve");
    expect(await booting.ended).toMatchObject({ status: 0 });
  };

  test("has all that the boot needs: a master founds the cluster, and when it is gone, the next one has it", async () => {
    deployed.synthesize();
    expect(await deployed.terraform("prod", "apply -auto-approve")).toMatchObject({ code: 0 });
    const set = await deployed.resource("prod", "azurerm_linux_virtual_machine_scale_set");

    const azurite = await Azurite.start();
    const store = await FaultProxy.start(azurite.url, azurite.tls);
    store.rewrite = standInForVersions();
    const azure = await FakeAzure.start();
    azure.addKey("sealing");
    const packages = await PackageHost.start();
    stops.push(() => azurite.stop(), ...[store, azure, packages].map((server) => () => server.stop()));
    const bundle = await upload(azurite, "cluster");
    const servers = {
      ...{ store: { url: store.url, tls: azurite.tls }, cloud: { url: azure.url } },
      packages: { url: packages.url },
    };

    const first = await launch({ set, servers, azure }, 0);
    expect(await must(first.machine, "readlink /opt/keelson/current")).toBe(
      `/opt/keelson/${path.basename(bundle, ".tar")}`,
    );
    await bootsAndServes(first.machine);
    expect(azure.secrets.get("witness")?.value).toMatch(/^initialised /);
    expect(azure.secrets.get("join")?.value).toMatch(/^master\.prod\.kube:6443 /);
    expect(new Set(azure.calls)).toContain("keys keys/encrypt");
    const sans = await must(
      first.machine,
      "openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -ext subjectAltName",
    );
    expect(sans).toContain("DNS:master.prod.kube");
    expect(sans).toContain("DNS:master.prod.acme.io");
    await write(first.machine, "before");
    expect(await unit(first.machine, "backup.sh").ended).toMatchObject({ status: 0 });
    await first.machine.destroy();
    azure.machines.delete(first.resourceId);

    const { machine } = await launch({ set, servers, azure }, 1);
    await bootsAndServes(machine);
    expect(await written(machine)).toContain("before");
    expect(epochOf(machine)).toBe(2);
  }, 240_000);
});
