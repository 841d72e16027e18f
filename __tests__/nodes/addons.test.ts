import { testWith } from "../support/tools";
import {
  ENDLESS,
  hasHelm,
  IMAGE,
  offerAddons,
  sha256Of,
  WRONG,
  writePatch,
  writeTable,
} from "./support/addons";
import { flip } from "./support/founded";
import { Lab } from "./support/lab";
import { type Machine, MACHINE_NEEDS } from "./support/machine";
import { alarm, backUp, kubectl, must, serve, serves, unit } from "./support/masters";
import { S3_SERVER } from "./support/s3-server";

const needs = { ...MACHINE_NEEDS, MinIO: S3_SERVER !== undefined, helm: hasHelm };
const test = testWith(needs, "scripts/dev/setup.sh nodes, as root on Linux");
const possible = Object.values(needs).every(Boolean);

const LANTERN = { name: "lantern" };
const ANCHOR = { name: "anchor" };

/** Starts the add-ons' service once, as its unit does, which has no home. */
const start = (machine: Machine) => unit(machine, "addons.sh", { HOME: "" });
/** Runs it to its end; its status. */
const layDown = async (machine: Machine) => (await start(machine).ended).status;
const cluster = (machine: Machine, name: string) =>
  kubectl(machine, `-n lab get configmap ${name} -o jsonpath={.data.cluster}`);
const images = (machine: Machine) => must(machine, "ctr -n k8s.io images ls -q");
/** As a machine is that was just made: what it fetched is gone. */
const forget = (machine: Machine) =>
  must(machine, `rm -rf /var/cache/keelson/addons; ctr -n k8s.io images rm ${IMAGE.asked}`);

describe("the core add-ons", () => {
  let lab: Lab;
  let master: Machine;

  const record = (kind: string, name: string) =>
    lab.admin(`store_get packages/addons/${kind}/${name}.json record && cat record`);
  const digestOf = async (kind: string, name: string) =>
    /"sha256": "([0-9a-f]{64})"/.exec(await record(kind, name))?.[1] ?? "";
  const asked = (pattern: RegExp) => lab.packages.asked.filter((path) => pattern.test(path));

  beforeAll(async () => {
    if (!possible) return;
    lab = await Lab.start({ store: "S3", minor: "3.6" });
    offerAddons(lab.packages, [
      ...[LANTERN, ANCHOR, { name: "wrong", more: WRONG }, { name: "slow", more: ENDLESS }],
      ...[
        { name: "slow", version: "1.0.1" },
        { ...LANTERN, version: "2.0.0" },
      ],
    ]);
    master = await lab.machine("first");
    await serve(master);
  }, 120_000);
  afterAll(() => lab?.stop());
  beforeEach(() => {
    if (possible) lab.packages.asked.length = 0;
  });

  test("are laid down by a first master with what the machine knows, and all that it took for that is kept", async () => {
    writeTable(master, [LANTERN, ANCHOR]);
    writePatch(master, "anchor");
    expect(await layDown(master)).toBe(0);
    expect(await cluster(master, "lantern")).toBe("of lab");
    expect(await cluster(master, "anchor")).toBe("of lab");
    expect(await images(master)).toContain(IMAGE.asked);
    expect(alarm(master, "addons")).toBe("");
    expect(master.journal).toContain(
      `lantern-1.0.0 comes from its host for the first time, unverified: sha256 ${sha256Of(lab.packages, "lantern-1.0.0.tgz")}`,
    );
    const records = lab.store.keys().filter((key) => key.startsWith("packages/addons/"));
    expect(records.sort()).toEqual([
      "packages/addons/chart/anchor-1.0.0.json",
      "packages/addons/chart/lantern-1.0.0.json",
      `packages/addons/image/${IMAGE.asked}-amd64.json`,
      "packages/addons/tool/helm-4.0.0-amd64.json",
    ]);
  }, 120_000);

  test("are set right by the next run where somebody has changed them, and what a chart cannot say stays", async () => {
    await kubectl(master, `-n lab patch configmap lantern --type merge -p '{"data":{"cluster":"changed"}}'`);
    const keys = lab.store.keys();
    expect(await layDown(master)).toBe(0);
    expect(await cluster(master, "lantern")).toBe("of lab");
    expect(
      await kubectl(master, "-n lab get deploy anchor -o jsonpath={.spec.template.spec.hostNetwork}"),
    ).toBe("true");
    expect(
      await kubectl(master, "-n lab get deploy lantern -o jsonpath={.spec.template.spec.hostNetwork}"),
    ).toBe("");
    expect(lab.store.keys()).toEqual(keys);
    expect(lab.packages.asked).toEqual([]);
  }, 60_000);

  test("come from the store alone in a rebuild, images too", async () => {
    await backUp(lab, master);
    await lab.lose(master);
    master = await lab.machine("second");
    await serve(master);
    writeTable(master, [LANTERN, ANCHOR]);
    await kubectl(master, "-n lab delete configmap,deployment --all");
    master.cutOff("packages");
    lab.packages.asked.length = 0;
    expect(await layDown(master)).toBe(0);
    master.reconnect();
    expect(lab.packages.asked).toEqual([]);
    expect(await cluster(master, "lantern")).toBe("of lab");
    expect(await images(master)).toContain(IMAGE.asked);
  }, 180_000);

  test("that fail leave the others laid down and the master serving", async () => {
    writeTable(master, [{ name: "wrong" }, { ...LANTERN, version: "2.0.0" }]);
    expect(await layDown(master)).not.toBe(0);
    expect(alarm(master, "addons")).toBe("addons-failed");
    expect(master.journal).toMatch(/ALARM addons-failed: .*: wrong$/m);
    expect(
      await kubectl(master, "-n lab get secrets -l owner=helm,name=lantern,status=deployed -o name"),
    ).toMatch(/lantern\.v\d+$/);
    expect(serves(master)).toBe(true);
    expect(await kubectl(master, "get --raw /readyz")).toBe("ok");
    writeTable(master, [LANTERN]);
    expect(await layDown(master)).toBe(0);
    expect(alarm(master, "addons")).toBe("");
  }, 90_000);

  test("go on after helm was ended in the middle of one", async () => {
    writeTable(master, [{ name: "slow" }]);
    const running = start(master);
    const pending = () =>
      kubectl(master, "-n lab get secrets -l owner=helm,name=slow,status=pending-install -o name");
    await master.waitFor(async () => (await pending()) !== "", 30, "helm has begun");
    await running.kill();
    expect(await pending()).not.toBe("");
    writeTable(master, [{ name: "slow", version: "1.0.1" }]);
    expect(await layDown(master)).toBe(0);
    expect(await cluster(master, "slow")).toBe("of lab");
  }, 90_000);

  test("that go on failing are tried at longer and longer intervals, until they are laid down", async () => {
    writeTable(master, [{ name: "wrong" }]);
    await layDown(master);
    await layDown(master);
    expect(master.journal).toMatch(/tried again in 20 s\n[^]*tried again in 40 s\n/);
    writeTable(master, [LANTERN]);
    await layDown(master);
    expect(master.exists("/run/keelson/addons/tries")).toBe(false);
  }, 60_000);

  test("do nothing on a machine that does not serve", async () => {
    writeTable(master, [LANTERN]);
    await must(master, "rm /run/keelson/serving");
    master.cutOff();
    expect(await layDown(master)).toBe(0);
    master.reconnect();
    await must(master, ": >/run/keelson/serving");
  });

  test("are none where the table has none", async () => {
    writeTable(master, [LANTERN]);
    await must(master, "sed -i '/^chart.*aws/d' /opt/keelson/current/addons/charts.tsv");
    expect([await layDown(master), alarm(master, "addons")]).toEqual([0, ""]);
  });

  describe("by what the scripts read", () => {
    const inside = (script: string, env = {}) =>
      master.run(`export PART=addons; . /opt/keelson/current/lib/load.sh; ${script}`, env);

    test("values get what they ask for, and nothing that would be more than a plain word in YAML", async () => {
      master.write("/tmp/values.yaml", "a: ${CLUSTER}\nb: [of ${CLUSTER}, $CLUSTER]\n");
      expect((await inside("addons_filled /tmp/values.yaml", { CLUSTER: "prod-1" })).stdout).toBe(
        "a: prod-1\nb: [of prod-1, $CLUSTER]\n",
      );
      for (const CLUSTER of ["a: b", "x\ny: z", "&x", "", "a-"]) {
        const { status, stdout } = await inside("addons_filled /tmp/values.yaml", { CLUSTER });
        expect([CLUSTER, status, stdout]).toEqual([CLUSTER, 1, ""]);
      }
    });

    test("values that ask for something unknown are not used", async () => {
      master.write("/tmp/values.yaml", "a: ${HOME}\n");
      expect(await inside("addons_filled /tmp/values.yaml")).toMatchObject({ status: 1, stdout: "" });
    });

    test("images are found however they are written, by the name that kubelet asks for", async () => {
      const digest = `sha256:${"0".repeat(64)}`;
      master.write(
        "/tmp/manifests",
        [
          "      - image: a.io/one:v1\n        imagePullPolicy: Always",
          `        image: "b.io:5000/two/deep:v2@${digest}"`,
          `    containers: [{ name: x, image: 'c.io/three@${digest}' }]`,
          "        image: a.io/one:v1\n  podimage: no\n",
        ].join("\n"),
      );
      expect((await inside("addons_images </tmp/manifests")).stdout.split("\n")).toEqual([
        ...["a.io/one:v1", `b.io:5000/two/deep@${digest}`, `c.io/three@${digest}`, ""],
      ]);
    });
  });

  describe("of which an archive is not what it has to be", () => {
    afterEach(() => (possible ? must(master, "rm -rf /var/cache/keelson/addons") : undefined));

    test("are refused where the table names another digest", async () => {
      writeTable(master, [{ ...LANTERN, version: "2.0.0", sha256: "0".repeat(64) }]);
      await must(master, "rm -rf /var/cache/keelson/addons");
      expect(await layDown(master)).not.toBe(0);
      expect(alarm(master, "addons")).toBe("addons-failed");
      expect(master.journal).toContain("what its host gives for lantern-2.0.0 is not what it has to be");
    }, 60_000);

    test("are taken where the table names the right one, from the store too, though no record names it", async () => {
      const sha256 = sha256Of(lab.packages, "lantern-1.0.0.tgz");
      await lab.admin("remove packages/addons/chart/lantern-1.0.0.json");
      writeTable(master, [{ ...LANTERN, sha256 }]);
      expect(await layDown(master)).toBe(0);
      expect(asked(/lantern/)).toEqual([]);
      expect(await digestOf("chart", "lantern-1.0.0")).toBe(sha256);
    }, 60_000);

    test("are not taken from a host while the store cannot say what was kept", async () => {
      writeTable(master, [LANTERN]);
      master.cutOff("store");
      expect(await layDown(master)).not.toBe(0);
      master.reconnect();
      expect(alarm(master, "addons")).toBe("addons-failed");
      expect(lab.packages.asked).toEqual([]);
    }, 60_000);

    // The last ones, since they damage what the others use.
    test("come from their host where the store's is damaged, with an alarm", async () => {
      const digest = await digestOf("chart", "lantern-1.0.0");
      await lab.admin(flip(`packages/sha256/${digest}`));
      await forget(master);
      writeTable(master, [LANTERN]);
      expect(await layDown(master)).toBe(0);
      expect(asked(/lantern-/)).toEqual(["/lantern-1.0.0.tgz"]);
      expect(alarm(master, "addons")).toBe("package-damaged");
    }, 60_000);

    test("are refused where the store's is damaged and the host has another by now", async () => {
      offerAddons(lab.packages, [{ ...LANTERN, more: WRONG }]);
      expect(await layDown(master)).not.toBe(0);
      expect(alarm(master, "addons")).toBe("addons-failed");
      expect(master.journal).toContain("what its host gives for lantern-1.0.0 is not what it has to be");
    }, 60_000);

    test("have images from their registries where the store's are damaged, with an alarm", async () => {
      writeTable(master, [ANCHOR]);
      await lab.admin(flip(`packages/sha256/${await digestOf("image", `${IMAGE.asked}-amd64`)}`));
      await must(master, `ctr -n k8s.io images rm ${IMAGE.asked}`);
      expect(await layDown(master)).toBe(0);
      expect(asked(/images/)).toEqual([`/images/${IMAGE.asked}`]);
      expect(alarm(master, "addons")).toBe("package-damaged");
    }, 60_000);
  });
});
