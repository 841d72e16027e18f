import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Project, start } from "../support/project";

const required_providers = { aws: { source: "hashicorp/aws" } };
const vpc = { aws_vpc: { v: { cidr_block: "10.0.0.0/16" } } };
const APPLY = "terraform apply -auto-approve";

let project: Project;
afterEach(() => {
  project.remove();
});

describe("modules", () => {
  test("are served, with providers that only they use", async () => {
    project = new Project({ module: { m: { source: "./m" } } });
    project.write("m/main.tf", 'resource "aws_vpc" "v" {\n  cidr_block = "10.0.0.0/16"\n}\n');
    const { code, stdout } = await project.terraform(APPLY);
    expect(stdout).toContain("module.m.aws_vpc.v: Creation complete");
    expect(code).toBe(0);
  });

  test.each(["./m", "../m"])(
    "that read a remote state are refused before anything is read: %s",
    async (source) => {
      project = new Project();
      project.write("root/cdk.tf.json", { module: [{ m: [{ source }] }] });
      const remote = 'data "terraform_remote_state" "r" {\n  backend = "s3"\n}\n';
      project.write(path.join("root", source, "main.tf"), remote);
      const { code, stderr } = await project.simulate(["terraform", "-chdir=root", "init"]);
      expect(stderr).toMatch(/m\/main\.tf reads a remote state in native syntax, which cannot be simulated/);
      expect(code).toBe(1);
    },
  );

  test("that read a remote state in JSON are refused too", async () => {
    project = new Project({ module: { m: { source: "./m" } } });
    project.write("m/main.tf.json", { data: { terraform_remote_state: { r: { backend: "s3" } } } });
    const { code, stderr } = await project.simulate(["terraform", "init"]);
    expect(stderr).toMatch(/the module in \S+\/m reads a remote state, which cannot be simulated/);
    expect(code).toBe(1);
  });
});

describe("a configuration", () => {
  test("may be written with lists, as Terraform's JSON allows", async () => {
    project = new Project({
      terraform: [{ required_providers: [required_providers] }],
      resource: [{ aws_vpc: [{ v: [{ cidr_block: "10.0.0.0/16" }] }] }],
    });
    expect(await project.terraform(APPLY)).toMatchObject({ code: 0 });
  });

  test("may have its back end completed on the command line, and keeps that state apart", async () => {
    project = new Project({
      terraform: { required_providers, backend: { s3: { key: "k", region: "us-east-1" } } },
      resource: vpc,
    });
    const init = "terraform init -no-color -backend-config=bucket=one";
    const { code } = await project.simulate(["sh", "-c", `${init} && ${APPLY}`]);
    expect(code).toBe(0);
    expect(project.resources("s3/one/k.simulated.tfstate")).toEqual(["aws_vpc.v"]);
  });

  test("that lacks several bindings hears of all of them", async () => {
    project = new Project({
      terraform: { required_providers: { a: { source: "acme/a" }, b: { source: "acme/b" } } },
    });
    const { stderr } = await project.simulate(["terraform", "init"]);
    expect(stderr).toContain("provider 'acme/a' cannot be simulated");
    expect(stderr).toContain("provider 'acme/b' cannot be simulated");
  });
});

describe("the surroundings", () => {
  test("may have a temporary folder that a shell would act on", async () => {
    project = new Project({ terraform: { required_providers }, resource: vpc });
    const TMPDIR = project.path("it's $(touch hacked)");
    mkdirSync(TMPDIR);
    const { code } = await project.simulate(["terraform", "init"], [], { TMPDIR });
    expect(code).toBe(0);
    expect(project.exists("hacked")).toBe(false);
  });

  test("may have a temporary folder too long for a socket", async () => {
    project = new Project({ terraform: { required_providers }, resource: vpc });
    const TMPDIR = project.path("x".repeat(100));
    mkdirSync(TMPDIR);
    expect(await project.simulate(["terraform", "init"], [], { TMPDIR })).toMatchObject({ code: 0 });
  });

  test("may have no place for a cache", async () => {
    project = new Project({ terraform: { required_providers }, resource: vpc });
    const { code, stderr } = await project.simulate(["terraform", "init"], [], {
      XDG_CACHE_HOME: project.path("cdktf.json"),
    });
    expect(code).toBe(0);
    expect(stderr).not.toContain("keelson:");
  });

  test("with a damaged state are told of it, and the rest goes on", async () => {
    project = new Project({ output: { a: { value: "b" } } });
    project.write(".keelson/state/s3/x/y.simulated.tfstate", '{"resources":5}');
    const { code, stderr } = await project.terraform(APPLY);
    expect(stderr).toContain("y.simulated.tfstate is damaged and was left out");
    expect(code).toBe(0);
  });

  test("that are no terminal get no colours", async () => {
    project = new Project({ terraform: { required_providers }, resource: vpc });
    const { stdout } = await project.terraform("terraform plan");
    expect(stdout).toContain("Plan: 1 to add");
    expect(stdout).not.toContain("\u001b[");
  });
});

test("--reset is refused while another simulation needs the state", async () => {
  project = new Project();
  const other = start(["simulate", "--", "sh", "-c", "echo running; read -r line"], project.directory);
  await once(other.stdout, "data");
  const { code, stderr } = await project.simulate(["true"], ["--reset"]);
  expect(stderr).toMatch(/--reset would take the state from under another simulation here \(process \d+\)/);
  expect(code).toBe(1);
  other.stdin.end("\n");
  await once(other, "exit");
  expect(await project.simulate(["true"], ["--reset"])).toMatchObject({ code: 0 });
});

test("a failure that never happened is said at the end", async () => {
  project = new Project();
  const { stderr } = await project.simulate(["true"], ["--fail", "apply:aws_vcp"]);
  expect(stderr).toContain("the failure apply:aws_vcp was asked for, but nothing of the kind was done");
});

test("the folder of a run that was killed is swept by the next", async () => {
  project = new Project();
  const left = project.path("tmp/keelson-abcdef");
  mkdirSync(left, { recursive: true });
  writeFileSync(path.join(left, "pid"), "2147483646");
  expect(await project.simulate(["true"], [], { TMPDIR: project.path("tmp") })).toMatchObject({ code: 0 });
  expect(project.exists("tmp/keelson-abcdef")).toBe(false);
});
