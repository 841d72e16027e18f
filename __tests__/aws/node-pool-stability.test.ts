import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack } from "cdktf";
import type { IAwsCluster } from "../../lib/aws";
import { changesIn } from "../support/changes";
import { BALANCERS, CLUSTER, makePools, type Pool, WORKERS } from "../support/node-pool";
import { Project } from "../support/project";

/** Two pools that are deployed once, through the real Terraform and a simulated AWS. */
const project = new Project();
const DEPLOYED = [WORKERS, BALANCERS];
const { zones, privateSubnetIds, publicSubnetIds } = CLUSTER.network;
const IN_TWO_ZONES = {
  network: {
    ...CLUSTER.network,
    zones: zones.slice(0, 2),
    privateSubnetIds: privateSubnetIds.slice(0, 2),
    publicSubnetIds: publicSubnetIds.slice(0, 2),
  },
};
afterAll(() => project.remove());

const STACK = "terraform -chdir=cdktf.out/stacks/pools";

/** Runs a command of Terraform's on a stack with these pools. */
async function terraform(
  command: string,
  pools: readonly Pool[],
  own: Partial<IAwsCluster>,
): Promise<string> {
  const app = new App({ outdir: project.path("cdktf.out") });
  const stack = new TerraformStack(app, "pools");
  new AwsProvider(stack, "aws", { region: "us-east-1" });
  makePools(stack, pools, { ...IN_TWO_ZONES, ...own });
  app.synth();
  const { code, stdout, stderr } = await project.simulate(["sh", "-c", command]);
  expect([code, code === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
  return stdout;
}

/** What a deploy of other pools would do: each resource that it touches, and of one that it changes which attributes. */
async function changes(
  pools: readonly Pool[],
  own: Partial<IAwsCluster> = {},
): Promise<Readonly<Record<string, string>>> {
  const show = `${STACK} plan -out=plan >plan.log && ${STACK} show -json plan`;
  return changesIn(await terraform(show, pools, own));
}

beforeAll(async () => {
  await terraform(
    `${STACK} init -no-color >init.log && ${STACK} apply -auto-approve -no-color >apply.log`,
    DEPLOYED,
    {},
  );
});

test("the same pools again change nothing", async () => {
  expect(await changes(DEPLOYED)).toEqual({});
});

test("one machine more at most changes one attribute of one resource", async () => {
  expect(await changes([{ ...WORKERS, maxCount: 4 }, BALANCERS])).toEqual({
    "aws_autoscaling_group.pools_general_group": "max_size",
  });
});

test("one load balancer more at most has one address more, with its health check and its two names", async () => {
  expect(await changes([WORKERS, { ...BALANCERS, maxCount: 4 }])).toEqual({
    "aws_autoscaling_group.pools_edge_group": "max_size",
    "aws_eip.pools_edge_addresses_4": "create",
    "aws_route53_health_check.pools_edge_addresses_4_health": "create",
    "aws_route53_record.pools_edge_addresses_4_names_pool": "create",
    "aws_route53_record.pools_edge_addresses_4_names_wildcard": "create",
  });
});

test("a pool with another name is another pool, and no other one is touched", async () => {
  const touched = await changes([{ ...WORKERS, name: "batch" }, BALANCERS]);
  const of = (pool: string, action: string) =>
    Object.entries(touched)
      .filter(([address, done]) => address.includes(`.pools_${pool}_`) && done === action)
      .map(([address]) => address.replace(`pools_${pool}_`, ""));
  expect(of("batch", "create")).toContain("aws_autoscaling_group.group");
  expect(of("general", "delete").sort()).toEqual(of("batch", "create").sort());
  expect(Object.keys(touched)).toHaveLength(2 * of("batch", "create").length);
});

test("a zone more replaces nothing", async () => {
  expect(await changes(DEPLOYED, { network: CLUSTER.network })).toEqual({
    "aws_autoscaling_group.pools_general_group": "vpc_zone_identifier",
    "aws_autoscaling_group.pools_edge_group": "vpc_zone_identifier",
  });
});

test("another image is a new version of the template, which the group rolls out", async () => {
  const image = { id: "ami-0f0e0d0c0b0a09080", architecture: "arm64" } as const;
  expect(await changes([{ ...WORKERS, image }, BALANCERS])).toEqual({
    "aws_autoscaling_group.pools_general_group": "mixed_instances_policy",
    "aws_launch_template.pools_general_launch-template": "default_version,image_id,latest_version",
  });
});

test("an upgrade of the master that is not done changes no node", async () => {
  expect(
    await changes(DEPLOYED, { kubernetesVersion: "1.37.0", previousKubernetesVersion: "1.36.4" }),
  ).toEqual({});
});
