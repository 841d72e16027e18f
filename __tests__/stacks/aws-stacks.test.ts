import type { AwsEnvironment } from "../../stacks";
import { AwsClusterStack } from "../../stacks/aws-cluster";
import { AwsStateStack } from "../../stacks/aws-state";
import { addresses, only, resources, synthApp, type Terraform } from "../support/synth";

const environment: AwsEnvironment = {
  name: "prod-eu",
  cloud: "aws",
  prefix: "acme",
  account: "123456789012",
  region: "eu-west-1",
  domain: "acme.io",
  network: { zones: ["eu-west-1a", "eu-west-1b"], nat: "single" },
  controlPlane: {
    kubernetesVersion: "1.36.4",
    image: { id: "ami-0a1b2c3d4e5f60718", architecture: "amd64" },
  },
};

const existing = {
  networkId: "vpc-0a",
  cidrBlock: "10.9.0.0/16",
  zones: ["eu-west-1a", "eu-west-1b"],
  privateSubnetIds: ["subnet-0a", "subnet-0b"],
  publicSubnetIds: ["subnet-1a", "subnet-1b"],
};

const stacks = (own: Partial<AwsEnvironment> = {}) =>
  synthApp((app) => {
    new AwsStateStack(app, "state", { ...environment, ...own });
    new AwsClusterStack(app, "cluster", { ...environment, ...own });
  });
const { state, cluster } = stacks() as { state: Terraform; cluster: Terraform };

const outputs = (tf: Terraform) =>
  Object.fromEntries(Object.entries(tf.output ?? {}).map(([id, output]) => [id, output["value"]]));

test("state is kept in the environment's bucket, encrypted, and locked by S3 itself", () => {
  expect(cluster.terraform["backend"]).toEqual({
    s3: {
      bucket: "acme-prod-eu-state-123456789012",
      key: "cluster.tfstate",
      region: "eu-west-1",
      encrypt: true,
      use_lockfile: true,
    },
  });
});

test("a Terraform that does not know S3's locks is refused", () => {
  expect(cluster.terraform["required_version"]).toBe(">= 1.10");
});

test("the state stack makes the bucket that the other one names", () => {
  const { s3 } = cluster.terraform["backend"] as { s3: { bucket: string } };
  expect(only(state, "aws_s3_bucket")["bucket"]).toBe(s3.bucket);
  expect(outputs(state)).toEqual({ state_bucket: expect.stringContaining("aws_s3_bucket.state") });
});

test("the state stack keeps its own state in a file, since the bucket cannot hold it", () => {
  expect(Object.keys(state.terraform["backend"] as object)).toEqual(["local"]);
});

test.each([
  ["state", state],
  ["cluster", cluster],
])("the %s stack touches no other account, and tags all that it makes", (_id, tf) => {
  expect(tf.provider?.["aws"]).toEqual([
    {
      region: "eu-west-1",
      allowed_account_ids: ["123456789012"],
      default_tags: [{ tags: { estate: "acme", environment: "prod-eu", "managed-by": "keelson" } }],
    },
  ]);
});

test("names that are unique in an account carry the estate's prefix", () => {
  const types = ["aws_iam_role", "aws_iam_policy", "aws_cloudwatch_log_group", "aws_cloudwatch_metric_alarm"];
  const named = [...types, "aws_autoscaling_group", "aws_launch_template", "aws_lb", "aws_lb_target_group"];
  const names = named.flatMap((type) =>
    Object.values(resources(cluster, type)).map((one) => String(one["name"] ?? one["alarm_name"])),
  );
  expect(names.length).toBeGreaterThan(named.length);
  expect(names.filter((name) => !/^(\/vpc\/)?acme-prod-eu-/.test(name))).toEqual([]);
});

test("its outputs are what those who build on it need, each described", () => {
  expect(outputs(cluster)).toEqual({
    vpc_id: expect.stringContaining("aws_vpc.network_vpc"),
    private_subnet_ids: [expect.any(String), expect.any(String)],
    public_subnet_ids: [expect.any(String), expect.any(String)],
    nat_addresses: [expect.stringContaining("aws_eip.")],
    endpoint: "https://master.prod-eu.kube:6443",
    access: {
      ...{ cloud: "aws", region: "eu-west-1" },
      ...{ ca: "/keelson/acme-prod-eu/ca", credential: "/keelson/acme-prod-eu/credential" },
      endpoint: "https://master.prod-eu.kube:6443",
    },
  });
  expect(Object.values(cluster.output ?? {}).filter((output) => !output["description"])).toEqual([]);
});

test("an environment may name a VPC that exists; then none is made", () => {
  const { cluster: tf } = stacks({ network: existing }) as { cluster: Terraform };
  expect(addresses(tf).filter((address) => !address.includes(".cluster_"))).toEqual([]);
  expect(outputs(tf)).toEqual({
    vpc_id: "vpc-0a",
    private_subnet_ids: ["subnet-0a", "subnet-0b"],
    public_subnet_ids: ["subnet-1a", "subnet-1b"],
    endpoint: "https://master.prod-eu.kube:6443",
    access: outputs(cluster)["access"],
  });
});

test("its way in names the public endpoint, too, where there is one", () => {
  const controlPlane = { ...environment.controlPlane, publicApi: { allowedCidrs: ["203.0.113.0/24"] } };
  const { cluster: tf } = stacks({ publicZone: "new", controlPlane }) as { cluster: Terraform };
  expect(outputs(tf)["access"]).toMatchObject({
    endpoint: "https://master.prod-eu.kube:6443",
    publicEndpoint: "https://master.prod-eu.acme.io:6443",
  });
});

test("the id of the stack is no part of its addresses", () => {
  const other = synthApp((app) => new AwsClusterStack(app, "other", environment))["other"] as Terraform;
  expect(addresses(other)).toEqual(addresses(cluster));
});

test("what an environment says of its network reaches it", () => {
  expect(Object.keys(resources(cluster, "aws_nat_gateway"))).toEqual(["network_nat_eu-west-1a"]);
  expect(only(cluster, "aws_vpc_endpoint")["service_name"]).toBe("com.amazonaws.eu-west-1.s3");
});
