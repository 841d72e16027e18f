import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { keelson, Project, run, start } from "../support/project";
import { ROOT } from "../support/run";

const STATE = "s3/state/a.tfstate.simulated.tfstate";
const backend = { s3: { bucket: "state", key: "a.tfstate", region: "eu-west-1" } };
const required_providers = { aws: { source: "hashicorp/aws", version: "6.25.0" } };

/** A VPC with a subnet and two addresses of equal configuration. */
const network = (vpc: object = {}) => ({
  terraform: { backend, required_providers },
  provider: { aws: [{ region: "eu-west-1", default_tags: [{ tags: { estate: "test" } }] }] },
  resource: {
    aws_vpc: { v: { cidr_block: "10.0.0.0/16", ...vpc } },
    aws_subnet: { s: { vpc_id: "${aws_vpc.v.id}", cidr_block: "10.0.1.0/24" } },
    aws_eip: { one: {}, two: {} },
  },
  output: { vpc_id: { value: "${aws_vpc.v.id}" } },
});

const APPLY = "terraform apply -auto-approve -no-color";
const PLAN = "terraform plan -no-color -detailed-exitcode";

let project: Project;
afterEach(() => {
  project.remove();
});

describe("a deployed configuration", () => {
  // Deployed once; each test goes on from a copy.
  const deployed = new Project(network());
  beforeAll(async () => {
    expect(await deployed.terraform(APPLY)).toMatchObject({ code: 0 });
  });
  afterAll(() => {
    deployed.remove();
  });
  beforeEach(() => {
    project = deployed.copy();
  });

  test("is in the simulation's state, and nothing was written beside the configuration", () => {
    expect(project.resources(STATE)).toEqual(["aws_eip.one", "aws_eip.two", "aws_subnet.s", "aws_vpc.v"]);
    expect(readdirSync(project.directory).sort()).toEqual([
      ".keelson",
      "cdk.tf.json",
      "cdktf.json",
      "init.log",
      "node_modules",
    ]);
  });

  test("has nothing to change on a second plan", async () => {
    const { code, stdout } = await project.terraform(PLAN);
    expect(stdout).toContain("No changes.");
    expect(code).toBe(0);
  });

  test("gives different ids to resources of equal configuration", async () => {
    const { stdout } = await project.terraform("terraform show -json");
    const ids = (
      JSON.parse(stdout) as { values: { root_module: { resources: { values: { id: string } }[] } } }
    ).values.root_module.resources.map(({ values }) => values.id);
    expect(new Set(ids).size).toBe(4);
    expect(ids).toContainEqual(expect.stringMatching(/^vpc-[0-9a-f]{17}$/));
  });

  test("shows a replacement with its cause, and on everything that follows from it", async () => {
    project.write("cdk.tf.json", network({ cidr_block: "10.1.0.0/16" }));
    const { stdout, code } = await project.terraform(PLAN);
    expect(stdout).toMatch(/aws_vpc\.v must be replaced/);
    expect(stdout).toMatch(/cidr_block .*"10\.0\.0\.0\/16" -> "10\.1\.0\.0\/16" # forces replacement/);
    expect(stdout).toMatch(/aws_subnet\.s must be replaced/);
    expect(stdout).toMatch(/vpc_id .*\(known after apply\) # forces replacement/);
    expect(code).toBe(2);
  });

  test("shows a changed tag as an update in place", async () => {
    project.write("cdk.tf.json", network({ tags: { Name: "new" } }));
    const { stdout } = await project.terraform(PLAN);
    expect(stdout).toMatch(/aws_vpc\.v will be updated in-place/);
    expect(stdout).toContain("Plan: 0 to add, 1 to change, 0 to destroy.");
    expect(stdout).not.toContain("may replace");
  });

  test("loses what stands in its state and no longer in itself", async () => {
    const { resource, ...rest } = network();
    project.write("cdk.tf.json", { ...rest, resource: { aws_vpc: resource.aws_vpc } });
    const { stdout, code } = await project.terraform(APPLY);
    expect(stdout).toContain("Apply complete! Resources: 0 added, 0 changed, 3 destroyed.");
    expect(code).toBe(0);
  });

  test("takes a plan that was saved before it changed", async () => {
    const { resource, ...rest } = network();
    const bucket = { aws_s3_bucket: { b: { bucket: "planned" } } };
    project.write("cdk.tf.json", { ...rest, resource: { ...resource, ...bucket } });
    expect(await project.terraform("terraform plan -out=saved")).toMatchObject({ code: 0 });
    project.write("cdk.tf.json", network());
    const { stdout, code } = await project.simulate(["terraform", "apply", "-no-color", "saved"]);
    expect(stdout).toContain("aws_s3_bucket.b: Creation complete");
    expect(code).toBe(0);
  });

  test("leaves no resource in state when it is destroyed", async () => {
    expect(await project.terraform("terraform destroy -auto-approve -no-color")).toMatchObject({ code: 0 });
    expect(project.resources(STATE)).toEqual([]);
  });

  test("is forgotten with --reset", async () => {
    const { stdout } = await project.terraform("terraform plan -no-color", ["--reset"]);
    expect(stdout).toContain("Plan: 4 to add, 0 to change, 0 to destroy.");
  });

  test("is read by another configuration's remote state", async () => {
    project.write("b/cdk.tf.json", {
      data: { terraform_remote_state: { a: { backend: "s3", config: backend.s3 } } },
      output: { seen: { value: "${data.terraform_remote_state.a.outputs.vpc_id}" } },
    });
    const { stdout, stderr } = await project.simulate([
      "sh",
      "-c",
      "terraform -chdir=b init -no-color >&2 && terraform -chdir=b apply -auto-approve -no-color",
    ]);
    expect(stderr).toContain("simulated");
    expect(stdout).toMatch(/seen = "vpc-[0-9a-f]{17}"/);
  });

  test("cannot lose its VPC while another configuration has a subnet there", async () => {
    const [id] = /vpc-[0-9a-f]{17}/.exec(project.read(`.keelson/state/${STATE}`)) ?? [];
    project.write("b/cdk.tf.json", {
      terraform: { required_providers, backend: { s3: { ...backend.s3, key: "b.tfstate" } } },
      resource: { aws_subnet: { s: { vpc_id: id, cidr_block: "10.0.2.0/24" } } },
    });
    const deployed = await project.simulate([
      "sh",
      "-c",
      `terraform -chdir=b init && terraform -chdir=b ${APPLY.slice(10)}`,
    ]);
    expect(deployed).toMatchObject({ code: 0 });
    const { code, stderr } = await project.terraform("terraform destroy -auto-approve -no-color");
    expect(code).toBe(1);
    expect(stderr).toContain("simulated: cannot delete this aws_vpc");
    expect(stderr).toContain("DependencyViolation");
    expect(project.resources(STATE)).toEqual(["aws_vpc.v"]);
  });
});

test("two aliases of a provider each keep their own region", async () => {
  project = new Project({
    terraform: { required_providers },
    provider: { aws: [{ region: "eu-west-1" }, { alias: "far", region: "ap-southeast-2" }] },
    resource: {
      aws_vpc: {
        near: { cidr_block: "10.0.0.0/16" },
        far: { cidr_block: "10.0.0.0/16", provider: "aws.far" },
      },
    },
    output: { near: { value: "${aws_vpc.near.arn}" }, far: { value: "${aws_vpc.far.arn}" } },
  });
  const { stdout } = await project.terraform(APPLY);
  expect(stdout).toMatch(/near = "arn:aws:ec2:eu-west-1:/);
  expect(stdout).toMatch(/far = "arn:aws:ec2:ap-southeast-2:/);
});

test("a provider that is wished to be the real one is left to Terraform, and the others are simulated", async () => {
  project = new Project({
    terraform: { required_providers: { ...required_providers, kubernetes: { source: "kubernetes" } } },
    resource: { aws_vpc: { v: { cidr_block: "10.0.0.0/16" } }, kubernetes_namespace_v1: { n: {} } },
  });
  // Where Terraform looks for it, it is not; so nothing is fetched.
  project.write("terraform.rc", 'provider_installation {\n  filesystem_mirror { path = "nowhere" }\n}\n');
  const env = { TF_CLI_CONFIG_FILE: project.path("terraform.rc") };
  const { stderr } = await project.simulate(
    ["terraform", "init", "-no-color"],
    ["--real", "kubernetes"],
    env,
  );
  expect(stderr).toContain("simulated: the provider kubernetes is the real one too");
  expect(stderr).toMatch(/Failed to query available provider packages[^]*hashicorp\/kubernetes/);
  expect(stderr).not.toContain("hashicorp/aws");
});

test("a committed lock file survives byte for byte", async () => {
  const lock =
    'provider "registry.terraform.io/hashicorp/aws" {\n  version = "6.25.0"\n  hashes = ["h1:wrong="]\n}\n';
  project = new Project(network());
  project.write(".terraform.lock.hcl", lock);
  expect(await project.terraform(APPLY)).toMatchObject({ code: 0 });
  expect(project.read(".terraform.lock.hcl")).toBe(lock);
});

test("a failure that is asked for fails the apply, keeps what was made, and the next run converges", async () => {
  project = new Project(network());
  const failed = await project.terraform(APPLY, ["--fail", "apply:aws_subnet=InsufficientFreeAddresses"]);
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain("InsufficientFreeAddresses");
  expect(project.resources(STATE)).toEqual(["aws_eip.one", "aws_eip.two", "aws_vpc.v"]);
  const { stdout } = await project.terraform(APPLY);
  expect(stdout).toContain("Apply complete! Resources: 1 added");
});

test("an import takes over the id and says that nothing else is known", async () => {
  project = new Project({
    terraform: { required_providers },
    import: [{ to: "aws_s3_bucket.b", id: "my-bucket" }],
    resource: { aws_s3_bucket: { b: { bucket: "my-bucket" } } },
  });
  const { stdout, code } = await project.terraform(APPLY);
  expect(stdout).toContain("1 imported, 0 added");
  expect(stdout).toContain("nothing is known of the aws_s3_bucket that is imported");
  expect(code).toBe(0);
});

test("an interrupt in the middle of an apply keeps the state, leaves nothing running, and the next run converges", async () => {
  project = new Project(network());
  // Its own, since others on this machine make and remove such directories, too.
  const TMPDIR = mkdtempSync(path.join(os.tmpdir(), "k-"));
  const run = start(
    ["simulate", "--latency", "1000", "--", "sh", "-c", `terraform init >/dev/null; exec ${APPLY}`],
    project.directory,
    { TMPDIR },
  );
  let printed = "";
  await new Promise<void>((resolve) => {
    run.stdout.on("data", (text: Buffer) => {
      printed += text.toString();
      if (printed.includes("aws_subnet.s: Creating...")) resolve();
    });
  });
  expect(readdirSync(TMPDIR)).toContainEqual(expect.stringMatching(/^keelson-\w{6}$/));
  run.kill("SIGINT");
  await once(run, "exit");

  expect(printed).toContain("Interrupt received");
  expect(project.resources(STATE)).toContain("aws_vpc.v");
  expect(readdirSync(TMPDIR).filter((name) => name.startsWith("keelson-"))).toEqual([]);
  rmSync(TMPDIR, { recursive: true });
  expect(await project.terraform(APPLY)).toMatchObject({ code: 0 });
  expect(await project.terraform(PLAN)).toMatchObject({ code: 0 });
});

describe("bad input", () => {
  test("a provider without a binding is named, with every place that was looked in", async () => {
    project = new Project({ terraform: { required_providers: { x: { source: "acme/roadrunner" } } } });
    const { code, stderr } = await project.simulate(["terraform", "init"]);
    expect(code).toBe(1);
    expect(stderr).toContain("acme/roadrunner");
    expect(stderr).toContain("@cdktf/provider-roadrunner");
  });

  test("every resource type that the binding lacks is named, with the binding", async () => {
    project = new Project({
      terraform: { required_providers },
      resource: { aws_vpcc: { v: {} }, aws_hovercraft: { v: {} } },
      data: { aws_eels: { v: {} } },
    });
    const { code, stderr } = await project.simulate(["terraform", "plan"]);
    expect(code).toBe(1);
    for (const type of ["resource 'aws_vpcc'", "resource 'aws_hovercraft'", "data source 'aws_eels'"]) {
      expect(stderr).toContain(`${type} cannot be simulated: it is not in @cdktf/provider-aws 21.22.1`);
    }
  });

  test("no Terraform is said before anything starts, with the version and where to get it", async () => {
    project = new Project(network());
    const node = process.execPath.replace(/\/node$/, "");
    const { code, stderr, stdout } = await project.simulate(["echo", "started"], [], {
      PATH: project.directory,
      NODE: node,
    });
    expect(stderr).toMatch(
      /neither 'terraform' nor 'tofu' is on the PATH; version 1\.10\.0 or later is needed/,
    );
    expect(stderr).toContain("https://developer.hashicorp.com/terraform/install");
    expect(stdout).not.toContain("started");
    expect(code).toBe(1);
    expect(project.exists(".keelson")).toBe(false);
  });

  test("a Terraform that is too old is refused with its version", async () => {
    project = new Project();
    project.write("bin/terraform", '#!/bin/sh\necho "Terraform v1.5.7"\n');
    const { code, stderr } = await project.simulate(["true"], [], {
      TERRAFORM_BINARY_NAME: await executable("bin/terraform"),
    });
    expect(stderr).toMatch(/is version 1\.5\.7; 1\.10\.0 or later is needed/);
    expect(code).toBe(1);
  });

  test("a command that does not exist is one line and exit code 1", async () => {
    project = new Project();
    const { code, stderr } = await project.simulate(["no-such-command"]);
    expect(stderr).toContain("keelson: command not found: no-such-command");
    expect(code).toBe(1);
  });

  test("a failure rule that cannot be read says what one looks like", async () => {
    project = new Project();
    const { code, stderr } = await project.simulate(["true"], ["--fail", "create:aws_vpc"]);
    expect(stderr).toContain("--fail must be <step>:<resource type>[=<message>]");
    expect(code).toBe(1);
  });

  test("the command's own exit code comes through", async () => {
    project = new Project();
    expect(await project.simulate(["sh", "-c", "exit 7"])).toMatchObject({ code: 7 });
  });

  test("a clone's command runs its sources as they are", async () => {
    project = new Project();
    const command = [path.join(ROOT, "bin/keelson.js"), "simulate", "--", "sh", "-c", "exit 7"];
    const { code, stderr } = await run(process.execPath, command, project.directory);
    expect(stderr).toContain("simulated: nothing was changed");
    expect(code).toBe(7);
  });

  test("names that a shell would act on are only names", async () => {
    project = new Project();
    const folder = "it's $(touch hacked) `touch hacked`";
    project.write(`${folder}/cdk.tf.json`, { output: { a: { value: "b" } } });
    const { code } = await project.simulate(["terraform", `-chdir=${folder}`, "init"]);
    expect(code).toBe(0);
    expect(project.exists("hacked")).toBe(false);
  });

  test("without a command, the usage is shown", async () => {
    project = new Project();
    expect(await keelson(["simulate"], project.directory)).toMatchObject({ code: 1 });
  });
});

async function executable(name: string): Promise<string> {
  const { chmodSync } = await import("node:fs");
  chmodSync(project.path(name), 0o755);
  return project.path(name);
}
