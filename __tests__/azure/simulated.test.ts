import { spawnSync } from "node:child_process";
import { Deployed } from "./support/deployed";

const deployed = new Deployed();

/** What Terraform plans to do with the deployed cluster when this is changed. */
async function planned(own: Parameters<Deployed["synthesize"]>[0]): Promise<string> {
  deployed.synthesize(own);
  const { code, stdout, stderr } = await deployed.terraform("prod", "plan");
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  return stdout + stderr;
}

afterAll(() => {
  deployed.remove();
});

test("the store and the cluster deploy, and have nothing to change on a second plan", async () => {
  deployed.synthesize();
  for (const id of ["store", "prod"]) {
    const { code, stdout } = await deployed.terraform(id, "apply -auto-approve", "plan -detailed-exitcode");
    expect(stdout).toContain("No changes. Your infrastructure matches the configuration.");
    expect(code).toBe(0);
  }
});

test("the machine's custom data is a script that bash reads, with its values in it and no template", async () => {
  const { custom_data: custom } = await deployed.resource("prod", "azurerm_linux_virtual_machine_scale_set");
  const script = Buffer.from(String(custom), "base64").toString();
  expect(spawnSync("bash", ["-n"], { input: script, encoding: "utf8" })).toMatchObject({
    status: 0,
    stderr: "",
  });
  for (const line of [
    "CLOUD='azure'",
    "STORE_URL='https://devstoreaccount1.blob.core.windows.net/cluster'",
    "KEY_VAULT_URL='https://acme-prod-1a2b3c4d.vault.azure.net'",
    "SEALING_KEY='sealing'",
    "PUBLIC_API_NAME='master.prod.acme.io'",
  ]) {
    expect(script.split("\n")).toContain(line);
  }
  expect(script.startsWith("#!/bin/bash\nBUNDLE='boot/control-plane/")).toBe(true);
});

test("another size, disk or version changes the scale set in place, and nothing else", async () => {
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
  deployed.synthesize();
  const refused = await deployed.terraform("store", "destroy -auto-approve");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("Instance cannot be destroyed");
  expect(await deployed.terraform("prod", "destroy -auto-approve")).toMatchObject({ code: 0 });
});
