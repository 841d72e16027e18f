import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { BootBundle } from "../../lib/core";
import { applied } from "../support/applied";
import { has, testWith } from "../support/tools";
import { LabStore, type StoreKind } from "./support/lab-store";
import { Machine, MACHINE_NEEDS } from "./support/machine";
import { FakeMetadataService } from "./support/metadata-service";
import { S3_SERVER } from "./support/s3-server";

const NEEDS = { ...MACHINE_NEEDS, MinIO: S3_SERVER !== undefined, terraform: has("terraform") };
const test = testWith(NEEDS, "scripts/dev/setup.sh nodes, as root");
const ready = Object.values(NEEDS).every(Boolean);

/** Where cloud-init puts user data, and where what it is to run at each boot lies. */
const USER_DATA = "/var/lib/cloud/instance/scripts/part-001";
const AT_EACH_BOOT = "/var/lib/cloud/scripts/per-boot/keelson";
const CERTIFICATE = "/etc/ssl/lab.pem";

describe.each<StoreKind>(["S3", "Blob"])("user data and its bundle, in a store on %s", (kind) => {
  let store: LabStore;
  let metadata: FakeMetadataService;
  let directory: string;
  let machine: Machine;
  let userData: string;
  let key: string;
  let place: string;

  /** What the user data of this store's machines is, as Terraform works it out; the archive comes to `directory`. */
  const build = () => {
    const environment = {
      ...{
        CLUSTER: 'it\'s "the" $CLUSTER',
        WITNESS: "witness",
        JOIN: "join",
        CA: "ca",
        CREDENTIAL: "credential",
        SEALING_KEY: "key",
        API_NAME: "master.prod.kube",
      },
      ...{ KUBERNETES_VERSION: "1.36.4", ETCD_VERSION: "3.6.16", POD_CIDR: "10.244.0.0/16" },
      ...{
        SERVICE_CIDR: "10.96.0.0/12",
        PACKAGES_URL: "https://packages.example",
        CONTAINERD_PACKAGES_URL: "https://packages.example",
        IMDS: "http://127.0.0.1:9002",
      },
      ...(store.cloud === "aws"
        ? { AWS_REGION: "us-east-1", GROUP: "group", LAUNCH_HOOK: "launch", TERMINATION_HOOK: "end" }
        : {
            KEY_VAULT_URL: "https://prod.vault.azure.net",
            TENANT: "tenant",
            CLIENT_ID: "identity",
            SUBNET: "subnet",
          }),
      ...(store.server.tls && { CURL_CA_BUNDLE: CERTIFICATE }),
    };
    const storeUrl = new URL(
      store.path,
      store.server.tls ? "https://127.0.0.1:9000" : "http://127.0.0.1:9000",
    ).href;
    let archive = "";
    const values = applied(
      (stack) => {
        const bundle = new BootBundle(stack, "boot", { cloud: store.cloud, role: "control-plane" });
        archive = bundle.path;
        return { key: bundle.key, text: bundle.userData({ storeUrl, environment }) };
      },
      (stack) => copyFileSync(path.join(stack, archive), path.join(directory, "archive.tar")),
    );
    key = values.key;
    userData = values.text;
    place = `/opt/keelson/${path.basename(key, ".tar")}`;
  };

  const upload = (file = "archive.tar") =>
    store.admin(`store_put_new '${key}' '${path.join(directory, file)}'`);
  const run = (script = USER_DATA) => machine.spawn(script, { CLOCK_SCALE: "0.02" });
  const says = (text: string) =>
    machine.waitFor(() => machine.journal.includes(text), 20, `never said: ${text}`);
  const isInstalled = async () => {
    const { stdout } = await machine.run(
      `cd ${place}; find . -type f | sort | xargs sha256sum; readlink /opt/keelson/current; ls --ignore current /opt/keelson`,
    );
    const there = await machine.run("cat /run/stand-in/calls");
    const local = await machine.run(
      `rm -rf /tmp/expected; mkdir /tmp/expected; cd /tmp/expected; tar -xf /tmp/archive.tar; find . -type f | sort | xargs sha256sum`,
    );
    expect(stdout).toBe(`${local.stdout}${place}\n${path.basename(place)}\n`);
    expect(there.stdout).toBe("daemon-reload\nenable keelson-boot.service\nstart keelson-boot.service\n");
    expect(machine.exists(AT_EACH_BOOT)).toBe(false);
    for (const secret of [
      metadata.credentials.SecretAccessKey,
      metadata.credentials.Token,
      metadata.bearerToken,
    ]) {
      if (secret)
        expect(userData + machine.journal + machine.read("/etc/keelson/environment")).not.toContain(secret);
    }
  };

  beforeAll(async () => {
    if (!ready) return;
    directory = mkdtempSync(path.join(tmpdir(), "keelson-bundle-"));
    store = await LabStore.start(kind);
    metadata = await FakeMetadataService.start();
    store.lend(metadata);
  }, 60_000);
  afterAll(async () => {
    if (!ready) return;
    rmSync(directory, { recursive: true });
    await metadata.stop();
    await store.stop();
  });
  beforeEach(async () => {
    if (!ready) return;
    await store.renew();
    build();
    machine = await Machine.start({
      ...{ minor: "3.6", instance: "i-1", address: "10.0.0.10", hostname: "master" },
      servers: { store: store.server, metadata: { url: metadata.url } },
    });
    // It comes to a machine that has nothing of ours.
    await machine.run("rm -rf /opt/keelson /etc/keelson");
    if (store.server.tls) machine.write(CERTIFICATE, store.server.tls.cert);
    machine.write("/tmp/archive.tar", readFileSync(path.join(directory, "archive.tar")));
    machine.write(USER_DATA, userData);
    await machine.run(`chmod 700 ${USER_DATA}`);
  }, 60_000);
  afterEach(async () => {
    if (ready) await machine.destroy();
  });

  test("bring a machine that has nothing to the start of its boot, and do no harm when they run again", async () => {
    await upload();
    expect(await run().ended).toMatchObject({ status: 0, stderr: "" });
    await isInstalled();

    const { stdout: modes } = await machine.run(
      `cd ${place}; stat -c '%a %U %n' control-plane.sh lib/log.sh /etc/keelson/environment /etc/systemd/system/keelson-boot.service`,
    );
    expect(modes.split("\n").slice(0, 4)).toEqual([
      "755 root control-plane.sh",
      "644 root lib/log.sh",
      "644 root /etc/keelson/environment",
      "644 root /etc/systemd/system/keelson-boot.service",
    ]);
    const { stdout: cluster } = await machine.run('. /etc/keelson/environment; printf %s "$CLUSTER"');
    expect(cluster).toBe('it\'s "the" $CLUSTER');
    const units = await machine.run(
      `for role in ${place}/units/*; do diff -r $role /etc/systemd/system | grep -v '^Only in /etc'; done; true`,
    );
    expect(units.stdout).toBe("");

    expect(await run().ended).toMatchObject({ status: 0, stderr: "" });
    expect(machine.exists(`${place}/install.sh`)).toBe(true);

    const elsewhere = await machine.run(
      `cp -r ${place} /root/clone; rm -r /etc/systemd/system; /root/clone/install.sh`,
    );
    expect(elsewhere).toMatchObject({ status: 2, stderr: expect.stringContaining("/opt/keelson") as string });
    expect(machine.exists("/etc/systemd/system")).toBe(false);
  });

  test("wait for a store that cannot be reached, and say so", async () => {
    await upload();
    machine.cutOff();
    const started = run();
    await says(`${key} cannot be had: unreachable`);
    machine.reconnect();
    expect(await started.ended).toMatchObject({ status: 0 });
    await isInstalled();
  });

  test("wait for an archive that is not there", async () => {
    const started = run();
    await says(`${key} cannot be had: absent`);
    await upload();
    expect(await started.ended).toMatchObject({ status: 0 });
    await isInstalled();
  });

  test("never run an archive with another byte in it, and go on when the right one is there", async () => {
    const archive = readFileSync(path.join(directory, "archive.tar"));
    const at = archive.indexOf("systemctl daemon-reload");
    archive[at] = 0x58;
    writeFileSync(path.join(directory, "changed.tar"), archive);
    await upload("changed.tar");
    const started = run();
    await says(`${key} is not what it was, and is not run`);
    const { stdout } = await machine.run(
      "ls /opt/keelson | grep -v '[.]tar'; ls /run/stand-in 2>&1 | grep calls; true",
    );
    expect(stdout).toBe("");

    await store.admin(`remove '${key}'`);
    await upload();
    expect(await started.ended).toMatchObject({ status: 0 });
    await isInstalled();
  });

  test("lose nothing to a power cut while they unpack: the next boot goes on", async () => {
    await upload();
    machine.write(
      "/usr/local/bin/tar",
      '#!/bin/bash\n/usr/bin/tar "$@" --exclude install.sh --exclude units\ntouch /tmp/half\nsleep 1000\n',
    );
    await machine.run("chmod 755 /usr/local/bin/tar");
    run();
    await machine.waitFor(() => machine.exists("/tmp/half"), 20, "never unpacked");
    await machine.reboot();
    await machine.run("rm /usr/local/bin/tar");
    machine.write("/tmp/archive.tar", readFileSync(path.join(directory, "archive.tar")));
    expect(machine.exists(place)).toBe(false);

    // cloud-init takes user data for done, and runs only what is there for each boot.
    expect(await run(AT_EACH_BOOT).ended).toMatchObject({ status: 0, stderr: "" });
    await isInstalled();
  });
});
