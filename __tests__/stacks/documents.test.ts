import { readFileSync } from "node:fs";
import path from "node:path";
import { Facts } from "../../lib/cli/simulator/facts/facts";
import { retirementOf } from "../../lib/azure/instance-type";
import { prodEastus } from "../../stacks/environments/prod-eastus";
import { estate } from "../support/estate";
import { ROOT } from "../support/run";
import { addresses } from "../support/synth";

const facts = Facts.shipped();
const pageOf = (name: string) => readFileSync(path.join(ROOT, "docs", name), "utf8");
const page = pageOf("azure-errors.md");
const stacks = estate();
const eastus = Object.entries(stacks).filter(([id]) => id.startsWith("prod-eastus"));

test("docs/azure-errors.md registers the providers of all that prod-eastus makes, and no other", () => {
  const types = eastus.flatMap(([, { resource = {} }]) => Object.keys(resource));
  const needed = types.flatMap((type) => {
    const ids = JSON.stringify([
      facts.find(type, "id", "computed")?.value,
      facts.find(type, "role_definition_resource_id", "computed")?.value,
    ]);
    return [...ids.matchAll(/providers\/([A-Za-z.]+)\//g)].map(([, namespace = ""]) => namespace);
  });
  const [, registered = ""] = /for namespace in ([^;]+); do/.exec(page) ?? [];
  expect(registered.split(" ")).toEqual([...new Set(needed)].sort());
});

test("docs/azure-errors.md names the successor that synthesis names", () => {
  const { instanceType = "" } = prodEastus.controlPlane;
  const [, before, after = "none"] =
    /-\s+instanceType: "(\S+)",\n\+\s+instanceType: "(\S+)"/.exec(page) ?? [];
  expect(before).toBe(instanceType);
  expect(retirementOf(instanceType)).toContain(`take ${after}`);
});

test("docs/state.md imports each resource of the account that prod-eastus keeps its state in", () => {
  const imported = [...pageOf("state.md").matchAll(/^terraform import (azurerm_\S+)/gm)].map(
    ([, one]) => one,
  );
  expect(imported.sort()).toEqual(addresses(stacks["prod-eastus-state"] ?? {}).sort());
});
