import path from "node:path";
import { App, type TerraformResource } from "cdktf";
import type { AwsEnvironment } from "../../stacks";
import { AwsClusterStack } from "../../stacks/aws-cluster";
import { prodUsEast1 as prod } from "../../stacks/environments/prod-us-east-1";
import { Project, run } from "../support/project";
import { BUILT, ROOT } from "../support/run";

/** The reference estate's own app, in a folder of its own: cdktf, Terraform and main.ts are the real ones. */
const project = new Project();
beforeAll(() => {
  project.write("cdktf.json", {
    language: "typescript",
    app: `node ${BUILT}/dist/main.js`,
    sendCrashReports: "false",
  });
});
afterAll(() => {
  project.remove();
});

const TRY = path.join(ROOT, "scripts/dev/try.sh");
const stateOf = (name: string) => `s3/keelson-${name}-state-000000000000/${name}.tfstate.simulated.tfstate`;

/** What Terraform plans for prod-us-east-1 when `environment` is its environment, with `change` done to its stack. */
async function planOf(
  environment: AwsEnvironment,
  change: (stack: AwsClusterStack) => void = () => undefined,
): Promise<string> {
  const app = new App({ outdir: project.path("cdktf.out") });
  change(new AwsClusterStack(app, "prod-us-east-1", environment));
  app.synth();
  const { code, stdout, stderr } = await project.simulate([
    ...["terraform", "-chdir=cdktf.out/stacks/prod-us-east-1", "plan"],
  ]);
  expect(code).toBe(0);
  return stdout + stderr;
}

describe("prod-us-east-1", () => {
  test("deploys through cdktf, has nothing to change on a second plan, and shows its outputs", async () => {
    const { code, stdout, stderr } = await project.simulate(
      [TRY, "prod-us-east-1-store", "prod-us-east-1"],
      ["--reset"],
    );
    expect(stdout.match(/No changes\. Your infrastructure matches the configuration\./g)).toHaveLength(2);
    expect(stdout).toContain('endpoint = "https://master.prod-us-east-1.kube:6443"');
    expect(stdout).toMatch(/vpc_id = "vpc-[0-9a-f]{17}"/);
    // Three of NAT gateways, three of load-balancer nodes.
    expect(new Set(stdout.match(/"203\.0\.113\.\d+"/g)).size).toBe(6);
    expect(stderr).toContain("simulated: 208 created; no cloud was asked.");
    expect(code).toBe(0);
  });

  test("is replaced with a cause on all that follows when its VPC's range changes", async () => {
    const printed = await planOf({
      ...prod,
      network: { ...prod.network, cidrBlock: "10.9.0.0/16" },
    });
    expect(printed).toMatch(/aws_vpc\.network_vpc_4E8F0223 .*must be replaced/);
    expect(printed).toMatch(/cidr_block .*"10\.0\.0\.0\/16" -> "10\.9\.0\.0\/16" # forces replacement/);
    const replaced = [...printed.matchAll(/# (aws_\w+)\.\S+ .*must be replaced/g)].map(([, type]) => type);
    for (const type of [
      "aws_subnet",
      "aws_route_table",
      "aws_nat_gateway",
      "aws_network_acl",
      "aws_vpc_endpoint",
    ]) {
      expect(replaced).toContain(type);
    }
    expect(replaced).not.toContain("aws_eip");
    expect(printed).not.toMatch(/may replace this (?!aws_lb\n|aws_vpc_security_group_)/);
  });

  test("gets a new version of its master's template, and nothing starts, when the machine changes", async () => {
    const printed = await planOf({
      ...prod,
      controlPlane: { ...prod.controlPlane, diskGiB: 80 },
    });
    expect(printed).toMatch(/latest_version += 1 -> \(known after apply\)/);
    expect(printed).toMatch(/version = "1" -> \(known after apply\)/);
    expect(printed).not.toContain("instance_refresh");
    expect(printed).toContain("Plan: 0 to add, 2 to change, 0 to destroy.");
    expect(printed).not.toContain("may replace");
  });

  test("gets an instance refresh where its rollout is automatic", async () => {
    const printed = await planOf({
      ...prod,
      controlPlane: { ...prod.controlPlane, rollout: "automatic" },
    });
    expect(printed).toMatch(/\+ instance_refresh \{/);
    expect(printed).toContain("Plan: 0 to add, 1 to change, 0 to destroy.");
  });

  test("is updated in place when a tag changes", async () => {
    const printed = await planOf(prod, (stack) => {
      const vpc = stack.node.findChild("network").node.findChild("vpc") as TerraformResource;
      vpc.addOverride("tags.team", "platform");
    });
    expect(printed).toMatch(/aws_vpc\.network_vpc_4E8F0223 .*will be updated in-place/);
    expect(printed).toContain("Plan: 0 to add, 1 to change, 0 to destroy.");
    expect(printed).not.toContain("may replace");
  });

  describe("with what its controllers made", () => {
    const idsOf = (type: string) => {
      const { resources } = JSON.parse(project.read(`.keelson/state/${stateOf("prod-us-east-1")}`)) as {
        resources: { type: string; instances: { attributes: { id: string } }[] }[];
      };
      const instances = resources.filter((one) => one.type === type).flatMap((one) => one.instances);
      return instances.map(({ attributes }) => attributes.id);
    };
    const controllers = (command: string) =>
      project.simulate([
        "sh",
        "-c",
        `cd controllers && terraform init >/dev/null && terraform ${command} -no-color`,
      ]);
    const destroy = () => project.simulate(["cdktf", "destroy", "prod-us-east-1", "--auto-approve"]);
    let held: Record<string, readonly string[]>;

    beforeAll(async () => {
      const [vpc = ""] = idsOf("aws_vpc");
      const [subnet = ""] = idsOf("aws_subnet");
      const [zone = ""] = idsOf("aws_route53_zone");
      held = { aws_vpc: [vpc], aws_subnet: [subnet], aws_route53_zone: [zone] };
      // A Service's load balancer and the record that leads to it; Terraform stands in for the controllers.
      project.write("controllers/cdk.tf.json", {
        terraform: {
          required_providers: { aws: { source: "hashicorp/aws", version: "6.25.0" } },
          backend: { local: {} },
        },
        provider: { aws: [{ region: "us-east-1" }] },
        resource: {
          aws_security_group: { service: { name: "k8s-elb", vpc_id: vpc } },
          aws_lb: {
            service: {
              name: "k8s",
              subnets: [subnet],
              security_groups: ["${aws_security_group.service.id}"],
            },
          },
          aws_route53_record: {
            service: { zone_id: zone, name: "shop", type: "A", ttl: 60, records: ["192.0.2.1"] },
          },
        },
      });
      expect(await controllers("apply -auto-approve")).toMatchObject({ code: 0 });
    });

    test("is not destroyed too early: network and zone stay, and it is said what is in the way", async () => {
      expect(project.resources(stateOf("prod-us-east-1"))).toHaveLength(197);
      const { code, stdout, stderr } = await destroy();
      const said = (stdout + stderr).replace(/\s+/g, " ").replace(/^.*?Error: /, "");
      expect(said).toContain("DependencyViolation: The subnet");
      expect(said).toMatch(/aws_lb \S+loadbalancer\S+ still refers to it in 'subnets'/);
      expect(said).toContain("HostedZoneNotEmpty");
      expect(stderr).toContain("2 refused");
      expect(code).toBe(1);
      for (const [type, ids] of Object.entries(held)) expect(idsOf(type)).toEqual(ids);
      expect(project.resources(stateOf("prod-us-east-1"))).toHaveLength(3);
    });

    test("leaves no resource in state when it is destroyed after they are gone", async () => {
      expect(await controllers("destroy -auto-approve")).toMatchObject({ code: 0 });
      const { code, stderr } = await destroy();
      expect(stderr).toContain("3 destroyed");
      expect(project.resources(stateOf("prod-us-east-1"))).toEqual([]);
      expect(code).toBe(0);
    });
  });

  test("leaves its store, which Terraform refuses to destroy", async () => {
    const store = "cdktf.out/stacks/prod-us-east-1-store";
    const { code, stdout, stderr } = await project.simulate([
      ...["terraform", `-chdir=${store}`, "destroy", "-auto-approve", "-no-color"],
    ]);
    expect(stdout + stderr).toContain("Instance cannot be destroyed");
    expect(code).toBe(1);
    expect(
      project.resources(
        "s3/keelson-prod-us-east-1-state-000000000000/prod-us-east-1-store.tfstate.simulated.tfstate",
      ),
    ).toHaveLength(11);
  });
});

test("dev-us-east-1 deploys with its NAT instance, and its state bucket beside it", async () => {
  const { code, stdout } = await project.simulate([TRY, "dev-us-east-1-state", "dev-us-east-1"]);
  expect(stdout.match(/No changes\./g)).toHaveLength(2);
  expect(stdout).toContain('state_bucket = "keelson-dev-us-east-1-state-000000000000"');
  expect(code).toBe(0);
  expect(project.resources(stateOf("dev-us-east-1"))).toContainEqual(
    expect.stringMatching(/^aws_instance\./),
  );
});

test("a real deploy of the placeholders is refused, and told how to go on", async () => {
  const { code, stdout, stderr } = await run(
    path.join(ROOT, "node_modules/.bin/cdktf"),
    ["deploy", "prod-us-east-1", "--auto-approve", "--output", "real.out"],
    project.directory,
    { KEELSON_SIMULATED: "" },
  );
  expect(stdout + stderr).toContain("'account' must be your own account's number for a real deploy");
  expect(stdout + stderr).toContain("npx keelson simulate -- cdktf deploy prod-us-east-1");
  expect(project.exists("real.out")).toBe(false);
  expect(code).toBe(1);
});
