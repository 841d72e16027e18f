import { readFileSync } from "node:fs";
import * as path from "node:path";
import { has, testWith } from "../support/tools";
import { type DebSpec, writeAptRepository } from "./support/apt-repository";
import { Lab } from "./support/lab";
import { type Machine, MACHINE_NEEDS, PORTS } from "./support/machine";
import { S3_SERVER } from "./support/s3-server";

const needs = {
  ...MACHINE_NEEDS,
  MinIO: S3_SERVER !== undefined,
  "apt-get, dpkg-deb and gpg": has("apt-get") && has("dpkg-deb") && has("gpg"),
};
const test = testWith(needs, "scripts/dev/setup.sh nodes, as root on Debian or Ubuntu");
const possible = Object.values(needs).every(Boolean);

const HOST = `http://127.0.0.1:${PORTS.packages}`;
/** The libraries as the boot has them; images and the like are named in kubeadm's configuration. */
const BOOT = `export PART=boot; . /opt/keelson/current/lib/load.sh; kubeadm_config 10.0.1.10 node`;
/** What a node does for it, with as much as its scripts find in their environment. */
const NODE_INSTALL = `export PART=boot; . /opt/keelson/current/lib/load.sh; node_packages && programs_are_here`;
const OLDER = "1.34.9";
const INSTALL = `${BOOT}; packages_install && packages_are_here`;
const UNREACHABLE = 14;
const PROGRAMS = "kubeadm,kubectl,kubelet,containerd,ctr,runc,crictl,etcd,etcdctl,etcdutl";

/** Takes away what deb-systemd-invoke says and the lab's stand-in for systemctl does not know. */
const SYSTEMCTL = `#!/bin/bash
for word; do shift; [[ $word == @(--|--system) ]] || set -- "$@" "$word"; done
exec /usr/local/bin/systemctl "$@"
`;

const standIn = (name: string) => readFileSync(path.join(__dirname, "stand-ins", name), "utf8");
/** Real packages; what is in them leads to the lab's own tools and stand-ins. */
function debs(version: string): Readonly<Record<"kubernetes" | "kubelet" | "containerd", DebSpec[]>> {
  const tool = (name: string, more: Partial<DebSpec> = {}) => ({
    ...{ name, version: `${version}-1.1`, links: { [`usr/bin/${name}`]: `/srv/lab/bin/${name}` } },
    ...more,
  });
  return {
    kubernetes: [
      tool("kubeadm", { depends: "cri-tools (>= 1.30.0)" }),
      tool("kubectl"),
      {
        ...{ name: "kubelet", version: `${version}-1.1`, files: { "usr/bin/kubelet": standIn("kubelet") } },
        // As debhelper writes it for a package that has a service; the lab's systemctl has its own notion of "enabled".
        postinst: `if [ "$1" = configure ]; then systemctl enable kubelet; deb-systemd-invoke start kubelet.service; fi`,
      },
      { name: "kubelet", version: "1.99.0-1.1" },
      { name: "cri-tools", version: "1.36.0-1.1", files: { "usr/bin/crictl": standIn("crictl") } },
    ],
    kubelet: [
      {
        ...{ name: "kubelet", version: `${OLDER}-1.1` },
        files: { "usr/bin/kubelet": standIn("kubelet").replace("$(</srv/lab/kubernetes)", OLDER) },
      },
    ],
    containerd: [
      { name: "containerd.io", version: "1.7.30-1" },
      {
        ...{ name: "containerd.io", version: "2.2.1-1", conffiles: ["/etc/containerd/config.toml"] },
        files: {
          ...{ "usr/bin/containerd": standIn("containerd"), "usr/bin/runc": standIn("runc") },
          "usr/bin/ctr": standIn("ctr"),
          "etc/containerd/config.toml": 'disabled_plugins = ["cri"]\n',
        },
      },
    ],
  };
}

describe("what a master needs", () => {
  let lab: Lab;
  let first: Machine;
  let count = 0;
  const environment = {
    PACKAGES_URL: `${HOST}/kubernetes/`,
    CONTAINERD_PACKAGES_URL: `${HOST}/containerd`,
    CLOCK_SCALE: "0.01",
  };

  /** A machine with nothing on it that a fresh Ubuntu has not. */
  const stock = async (): Promise<Machine> => stripped(await lab.machine(`m${count++}`, { environment }));
  /** The same as a machine of a pool, which may only read what it knows the names of. */
  const stockNode = async (more: Readonly<Record<string, string>> = {}): Promise<Machine> => {
    const options = {
      environment: { ...environment, KUBELET_PACKAGES_URL: environment.PACKAGES_URL, ...more },
    };
    const machine = await stripped(await lab.node(`n${count++}`, first, options));
    const statement = { Effect: "Allow", Action: ["s3:GetObject"], Resource: "arn:aws:s3:::*/packages/*" };
    lab.metadataOf(machine).credentials = lab.store.session([statement]);
    return machine;
  };
  const stripped = async (machine: Machine): Promise<Machine> => {
    machine.write("/usr/local/sbin/systemctl", SYSTEMCTL);
    const made = await machine.run(`
      chmod 755 /usr/local/sbin/systemctl
      dpkg --purge --force-all kubectl >/dev/null 2>&1 || true
      rm -f /usr/local/bin/{${PROGRAMS}} /usr/bin/{${PROGRAMS}} /usr/sbin/policy-rc.d
      rm -rf /etc/apt/{sources.list,sources.list.d,apt.conf.d,preferences.d}/*`);
    expect(made).toMatchObject({ status: 0 });
    return machine;
  };
  const nothingIsInstalled = async (machine: Machine) =>
    expect(await machine.run(`! dpkg --status kubelet containerd.io && ! type kubeadm`)).toMatchObject({
      status: 0,
    });
  const alarmOf = (machine: Machine) => machine.read("/run/keelson/boot/alarm").trim();

  beforeAll(async () => {
    if (!possible) return;
    lab = await Lab.start({ store: "S3", minor: "3.6" });
    const any = await lab.machine("version", { environment });
    const version = (await any.run('printf %s "$KUBERNETES_VERSION"')).stdout;
    await lab.lose(any);
    const { kubernetes, kubelet, containerd } = debs(version);
    const at = (name: string) => path.join(lab.packages.directory, name);
    writeAptRepository(at("kubernetes"), kubernetes, { key: "Release.key", flat: true });
    writeAptRepository(at("kubelet"), kubelet, { key: "Release.key", flat: true });
    writeAptRepository(at("containerd"), containerd, { key: "gpg", flat: false });
  }, 60_000);
  afterAll(() => lab?.stop());

  describe("that the store keeps", () => {
    beforeAll(async () => {
      if (!possible) return;
      first = await stock();
      const { status, stderr } = await first.run(`${INSTALL} && packages_keep`);
      if (status !== 0) throw new Error(stderr);
    }, 60_000);

    test("the first machine has it from the hosts, in exact versions, and kubelet does not run", async () => {
      const { stdout } = await first.run(`
        apt-mark showhold | sort | xargs
        for name in kubelet containerd.io cri-tools; do
          dpkg-query --show --showformat '\${Package} \${Version}\n' $name
        done
        systemctl is-active kubelet || systemctl is-enabled kubelet || true
        systemctl is-active containerd
        [ ! -e /usr/sbin/policy-rc.d ] && echo 'no policy'
        etcdutl version`);
      expect(stdout.trim().split("\n")).toEqual([
        "containerd.io kubeadm kubectl kubelet",
        expect.stringMatching(/^kubelet 1\.36\.\d+-1\.1$/),
        "containerd.io 2.2.1-1",
        "cri-tools 1.36.0-1.1",
        ...["inactive", "disabled", "active", "no policy", expect.stringMatching(/^etcdutl version: 3\.6\./)],
        expect.stringMatching(/^API version/),
      ]);
      expect(first.read("/etc/containerd/config.toml")).toMatch(/sandbox = 'registry.k8s.io\/pause:[\d.]+'/);
      expect(first.read("/etc/sysctl.d/90-keelson.conf")).toContain("net.ipv4.ip_forward = 1");
    });

    test("another machine has it from the store alone", async () => {
      const second = await stock();
      second.cutOff("packages");
      lab.packages.asked.length = 0;
      expect(await second.run(INSTALL)).toMatchObject({ status: 0 });
      expect(lab.packages.asked).toEqual([]);
      expect(second.exists("/run/keelson/boot/alarm")).toBe(false);
      expect((await second.run("systemctl is-active kubelet")).stdout).toBe("inactive\n");
    }, 60_000);

    test("a machine that has it all asks nobody, and keeps nothing twice", async () => {
      first.cutOff();
      expect(await first.run(`${BOOT}; packages_are_here`)).toMatchObject({ status: 0 });
      first.reconnect();
      const before = lab.store.keys();
      expect(await first.run(`${BOOT}; packages_keep`)).toMatchObject({ status: 0, stderr: "" });
      expect(lab.store.keys()).toEqual(before);
    });

    test("a node has the packages from the store alone, where its kubelet is the control plane's, and no images", async () => {
      const node = await stockNode();
      node.cutOff("packages");
      expect(await node.run(NODE_INSTALL)).toMatchObject({ status: 0 });
      const { stdout } = await node.run(
        "ctr -n k8s.io images ls -q; ls /var/cache/keelson; type etcdctl || true",
      );
      expect(stdout).toBe("");
      expect(node.read("/etc/containerd/config.toml")).toMatch(/sandbox = 'registry.k8s.io\/pause:[\d.]+'/);
    }, 60_000);

    test("a node whose pool has an older kubelet has that one from its own host, and the control plane's kubeadm", async () => {
      const older = { KUBELET_VERSION: OLDER, KUBELET_PACKAGES_URL: `${HOST}/kubelet` };
      const node = await stockNode(older);
      expect(await node.run(NODE_INSTALL)).toMatchObject({ status: 0 });
      const { stdout } = await node.run(
        "kubelet --version; kubeadm version -o short; apt-mark showhold | sort | xargs",
      );
      expect(stdout).toMatch(
        RegExp(`^Kubernetes v${OLDER}\nv1\\.36\\.\\d+\ncontainerd.io kubeadm kubectl kubelet\n$`),
      );
    }, 60_000);

    test("one that was ended while it installed goes on with what it has", async () => {
      const machine = await stock();
      // dpkg is ended with what called it, after the first package.
      machine.write(
        "/root/bin/dpkg",
        '#!/bin/bash\n[[ " $* " != *" --install "* ]] || { /usr/bin/dpkg --unpack "${!#}"; kill -KILL "$PPID"; exit; }\nexec /usr/bin/dpkg "$@"\n',
      );
      await machine.run(`chmod 755 /root/bin/dpkg; PATH=/root/bin:$PATH; ${INSTALL}`);
      expect(await machine.run("dpkg --status kubelet && ! dpkg --status kubeadm")).toMatchObject({
        status: 0,
      });
      machine.cutOff();
      await machine.run(INSTALL);
      expect(await machine.run("kubeadm version -o short && dpkg --audit")).toMatchObject({
        stdout: expect.stringMatching(/^v1\.36\.\d+\n$/),
      });
      machine.reconnect();
      expect(await machine.run(INSTALL)).toMatchObject({ status: 0 });
    }, 60_000);

    // Last, since it damages what the others use.
    test("a kept package with a byte flipped is not installed, and comes from its host where that answers", async () => {
      const list = await lab.admin(
        "store_get packages/$(store_list packages/1 | cut -d/ -f2) list && cat list",
      );
      const digest = /"name": "kubelet_[^}]*"sha256": "([0-9a-f]{64})"/.exec(list)?.[1] ?? "";
      expect(digest).toHaveLength(64);
      await lab.admin(`
        store_get packages/sha256/${digest} deb
        printf '\\xff' | dd of=deb bs=1 seek=1000 conv=notrunc status=none
        remove packages/sha256/${digest} && store_put_new packages/sha256/${digest} deb`);
      const machine = await stock();
      machine.cutOff("packages");
      expect((await machine.run(INSTALL)).status).toBe(UNREACHABLE);
      await nothingIsInstalled(machine);
      expect(alarmOf(machine)).toBe("package-damaged");
      machine.reconnect();
      lab.packages.asked.length = 0;
      expect(await machine.run(INSTALL)).toMatchObject({ status: 0 });
      expect(lab.packages.asked.filter((asked) => /\.deb$|images/.test(asked))).toEqual([
        expect.stringMatching(/kubelet_.*\.deb$/),
      ]);
    }, 60_000);
  });

  describe("that the store does not keep", () => {
    beforeEach(() => (possible ? lab.store.renew() : undefined));

    // S3 says to those who may not list that they may not read what is not there; MinIO says that it is not there.
    test("a node that is not told what the store has goes to the hosts", async () => {
      const node = await stockNode();
      const statement = { Effect: "Allow", Action: ["s3:GetObject"], Resource: "arn:aws:s3:::*/boot/*" };
      lab.metadataOf(node).credentials = lab.store.session([statement]);
      const { status, stderr } = await node.run(NODE_INSTALL);
      expect(stderr).toContain("the list of kept packages could not be used (denied)");
      expect(status).toBe(0);
    }, 60_000);

    test("what is half kept does not count, and the next try keeps the rest", async () => {
      const machine = await stock();
      expect(await machine.run(INSTALL)).toMatchObject({ status: 0 });
      const keeping = machine.spawn(`${BOOT}; packages_keep`);
      await machine.waitFor(() => /kept: /.test(keeping.stderr), 30, "something is kept");
      await keeping.kill();
      const half = lab.store.keys();
      expect(half.filter((key) => key.startsWith("packages/sha256/")).length).toBeGreaterThan(0);
      expect(half.filter((key) => key.endsWith(".json"))).toEqual([]);
      const other = await stock();
      other.cutOff("packages");
      expect((await other.run(INSTALL)).status).toBe(UNREACHABLE);
      await nothingIsInstalled(other);

      const { status, stderr } = await machine.run(`${BOOT}; packages_keep`);
      expect(status).toBe(0);
      const all = lab.store.keys().filter((key) => key.startsWith("packages/sha256/")).length;
      expect(stderr.match(/kept: /g) ?? []).toHaveLength(all - half.length);
      expect(await other.run(INSTALL)).toMatchObject({ status: 0 });
    }, 90_000);

    test("a list of another version is not used", async () => {
      const machine = await stock();
      machine.cutOff("packages");
      await lab.admin(`
        printf '{\\n  "kubernetes": "1.35.0",\\n  "etcd": "3.6.1",\\n  "architecture": "amd64",\\n  "items": [\\n    {"kind": "package", "name": "kubelet_1_amd64.deb", "size": 1, "sha256": "${"0".repeat(64)}"}\\n  ]\\n}\\n' >list
        store_put_new packages/1.35.0-3.6.1-amd64.json list`);
      const keys = (await machine.run(`${BOOT}; kept_key`)).stdout;
      await lab.admin(`store_put_new ${keys} list`);
      const { status, stderr } = await machine.run(INSTALL);
      expect(status).toBe(UNREACHABLE);
      expect(stderr).toMatch(/is not the list of this version/);
      await nothingIsInstalled(machine);
    }, 60_000);

    test("nothing is installed while neither the store nor the hosts answer", async () => {
      const machine = await stock();
      machine.cutOff("store", "packages");
      expect((await machine.run(INSTALL)).status).toBe(UNREACHABLE);
      await nothingIsInstalled(machine);
      machine.reconnect();
      expect(await machine.run(INSTALL)).toMatchObject({ status: 0 });
    }, 60_000);
  });
});
