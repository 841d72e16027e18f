import { spawnSync } from "node:child_process";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { Project } from "../support/project";
import { cluster, store } from "./support/estate";
import { provide } from "./support/synth";

/** A folder with the stacks "store" and "prod" in it, synthesized as `cdktf deploy` does. */
function synthesize(made: Project, own: Parameters<typeof cluster>[0] = {}): void {
  const app = new App({ outdir: made.path("cdktf.out") });
  for (const [id, build] of Object.entries({ store, prod: cluster(own) })) {
    const stack = new TerraformStack(app, id);
    provide(stack);
    new LocalBackend(stack, { path: made.path(`${id}.tfstate`) });
    build(stack);
  }
  app.synth();
}

const project = new Project();
const terraform = (id: string, ...commands: string[]) =>
  project.simulate([
    "sh",
    "-c",
    [
      `cd cdktf.out/stacks/${id}`,
      "terraform init -no-color >init.log",
      ...commands.map((command) => `terraform ${command} -no-color`),
    ].join(" && "),
  ]);
const deploy = (id: string) => terraform(id, "apply -auto-approve", "plan -detailed-exitcode");

/** What Terraform plans to do with the deployed cluster when this is changed. */
async function planned(own: Parameters<typeof cluster>[0]): Promise<string> {
  synthesize(project, own);
  const { code, stdout, stderr } = await terraform("prod", "plan");
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  return stdout + stderr;
}

afterAll(() => {
  project.remove();
});

test("the store and the cluster deploy, and have nothing to change on a second plan", async () => {
  synthesize(project);
  for (const id of ["store", "prod"]) {
    const { code, stdout } = await deploy(id);
    expect(stdout).toContain("No changes. Your infrastructure matches the configuration.");
    expect(code).toBe(0);
  }
});

test("the machine's custom data is a script that bash reads, with its values in it and no template", async () => {
  const { stdout } = await terraform("prod", "show -json");
  const json = stdout.slice(stdout.indexOf('{"format_version'), stdout.lastIndexOf("}") + 1);
  const custom = /"custom_data":"([A-Za-z0-9+/=]+)"/.exec(json)?.[1] ?? "";
  const script = Buffer.from(custom, "base64").toString();
  expect(spawnSync("bash", ["-n"], { input: script, encoding: "utf8" })).toMatchObject({
    status: 0,
    stderr: "",
  });
  for (const line of [
    "CLOUD='azure'",
    "STORE_URL='https://acmeprod1a2b3c4d.blob.core.windows.net/cluster'",
    "KEY_VAULT_URL='https://acme-prod-1a2b3c4d.vault.azure.net'",
    "SEALING_KEY='sealing'",
    "PUBLIC_API_NAME='master.prod.acme.io'",
  ]) {
    expect(script.split("\n")).toContain(line);
  }
  expect(script.startsWith("#!/bin/bash\nBUNDLE='boot/control-plane/")).toBe(true);
});

test("another size, disk, image or version changes the scale set in place, and what has a new bundle or text", async () => {
  const printed = await planned({
    instanceType: "Standard_D4s_v5",
    diskGiB: 80,
    kubernetesVersion: "1.36.5",
  });
  expect(printed).toContain("Plan: 0 to add, 1 to change, 0 to destroy.");
  expect(printed).toMatch(/azurerm_linux_virtual_machine_scale_set\.\S+ will be updated in-place/);
  expect(printed).not.toContain("may replace");
});

test("a range more of the public API changes a rule at the master and one at the subnet", async () => {
  const printed = await planned({
    publicApi: { allowedCidrs: ["203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24"] },
  });
  expect(printed).toContain("Plan: 0 to add, 2 to change, 0 to destroy.");
});

test("Terraform refuses to destroy the store and the key, and takes down the cluster in an order that Azure takes", async () => {
  synthesize(project);
  const refused = await terraform("store", "destroy -auto-approve");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("Instance cannot be destroyed");
  expect(await terraform("prod", "destroy -auto-approve")).toMatchObject({ code: 0 });
});
