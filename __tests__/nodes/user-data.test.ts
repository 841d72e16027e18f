import { readFileSync } from "node:fs";
import * as path from "node:path";
import { has, testWith } from "../support/tools";
import { Deployed } from "./support/deployed";
import { FakeAws } from "./support/fake-aws";
import { Machine, MACHINE_NEEDS } from "./support/machine";
import { boot, must, serves } from "./support/masters";
import { FakeMetadataService } from "./support/metadata-service";
import { PackageHost } from "./support/package-host";
import { S3_SERVER, S3Server } from "./support/s3-server";

const NEEDS = { ...MACHINE_NEEDS, MinIO: S3_SERVER !== undefined, terraform: has("terraform") };
const test = testWith(NEEDS, "scripts/dev/setup.sh nodes, as root");
const ready = Object.values(NEEDS).every(Boolean);

const USER_DATA = "/var/lib/cloud/instance/scripts/part-001";
const REGION = "us-east-1";
/** The resources of masters, beside which there are those of node pools. */
const MASTERS = /_control-plane_/;
const AMAZON = readFileSync(path.join(__dirname, "support/amazon.sh"), "utf8");

interface Statement {
  readonly Action: readonly string[];
}

/**
 * What a launch template of the reference estate holds, after a deploy in the simulator, run as it stands, without a byte of it
 * changed: the machine finds AWS' names and addresses, behind which are a real S3 server, with the bundle that the stack
 * uploads and the rights that the stack's policy gives, and the lab's fakes.
 */
describe("the user data of a synthesized stack", () => {
  let deployed: Deployed;
  let store: S3Server;
  let packages: PackageHost;

  beforeAll(async () => {
    if (!ready) return;
    deployed = await Deployed.start("prod-us-east-1", "dev-us-east-1");
    store = await S3Server.start();
    packages = await PackageHost.start();
  }, 180_000);
  afterAll(async () => {
    deployed?.stop();
    await packages?.stop();
    await store?.stop();
  });

  /** Makes the bucket with the bundle in it, and gives the master's role on it. */
  const upload = (environment: string) => {
    const object = deployed.resource(environment, "aws_s3_object", MASTERS);
    const [bucket, key] = [String(object["bucket"]), String(object["key"])];
    store.createBucket(bucket);
    store.put(bucket, key, deployed.file(environment, String(object["source"])));
    const policy = deployed.resource(environment, "aws_iam_policy", /_control-plane_role_policies_boot/)[
      "policy"
    ];
    const { Statement } = JSON.parse(String(policy)) as { Statement: readonly Statement[] };
    const role = store.session(
      Statement.filter(({ Action }) => Action.every((action) => action.startsWith("s3:"))),
    );
    return { bucket, key, role };
  };

  /** A machine that the stack's group launches: it has nothing but what cloud-init brings. */
  const launch = async (environment: string) => {
    const { bucket, key, role } = upload(environment);
    const aws = await FakeAws.start(role);
    const hooks = deployed.resource(environment, "aws_autoscaling_group", MASTERS)[
      "initial_lifecycle_hook"
    ] as {
      name: string;
      lifecycle_transition: string;
    }[];
    const hook = (when: string) =>
      hooks.find((one) => one.lifecycle_transition.endsWith(when))?.name ?? `no hook ${when}`;
    aws.group = String(deployed.resource(environment, "aws_autoscaling_group", MASTERS)["name"]);
    aws.launchHook = hook("LAUNCHING");
    aws.terminationHook = hook("TERMINATING");
    aws.addKey(`alias/keelson-${environment}`);
    const metadata = await FakeMetadataService.start();
    metadata.credentials = role;
    const { instance, address, hostname } = metadata;
    aws.instances.set(instance, "running");
    aws.members.set(instance, "Pending:Wait");
    const machine = await Machine.start({
      ...{ minor: "3.6", instance, address, hostname },
      servers: {
        ...{ store: { url: store.url }, cloud: { url: aws.url } },
        ...{ metadata: { url: metadata.url }, packages: { url: packages.url } },
      },
    });
    await must(machine, "rm -rf /opt/keelson /etc/keelson");
    machine.write("/root/amazon.sh", AMAZON);
    await must(machine, `BUCKET=${bucket} REGION=${REGION} bash /root/amazon.sh`);
    const template = deployed.resource(environment, "aws_launch_template", MASTERS);
    machine.write(USER_DATA, Buffer.from(String(template["user_data"]), "base64"));
    const stop = async () => {
      await machine.destroy();
      await metadata.stop();
      await aws.stop();
    };
    return { machine, aws, key, stop };
  };

  test.each(["prod-us-east-1", "dev-us-east-1"])(
    "of %s brings a machine to the start of its boot, with the bundle that the stack names",
    async (environment) => {
      const { machine, key, stop } = await launch(environment);
      try {
        await must(machine, `chmod 700 ${USER_DATA} && ${USER_DATA}`);
        expect(await must(machine, "readlink /opt/keelson/current")).toBe(
          `/opt/keelson/${path.basename(key, ".tar")}`,
        );
        expect(machine.read("/run/stand-in/calls")).toBe(
          "daemon-reload\nenable keelson-boot.service\nstart keelson-boot.service\n",
        );
        expect(machine.read("/etc/keelson/environment")).toContain(`CLUSTER='keelson-${environment}'\n`);
      } finally {
        await stop();
      }
    },
    60_000,
  );

  test("of prod-us-east-1 has all that the boot needs: a first master founds the cluster and serves", async () => {
    const { machine, aws, stop } = await launch("prod-us-east-1");
    try {
      await must(machine, `chmod 700 ${USER_DATA} && ${USER_DATA}`);
      const booting = boot(machine);
      await machine.waitFor(() => serves(machine) || !booting.running, 90, "it does not serve");
      expect(await booting.ended).toMatchObject({ status: 0 });
      expect(aws.completions).toEqual([{ hook: aws.launchHook, instance: machine.instance }]);
      expect(aws.parameters.get("/keelson/keelson-prod-us-east-1/witness")?.value).toMatch(/^initialised /);
      const sans = await must(
        machine,
        "openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -ext subjectAltName",
      );
      expect(sans).toContain("DNS:master.prod-us-east-1.kube");
    } finally {
      await stop();
    }
  }, 120_000);
});
