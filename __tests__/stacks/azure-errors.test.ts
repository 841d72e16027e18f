import { readFileSync } from "node:fs";
import path from "node:path";
import { Facts } from "../../lib/cli/simulator/facts/facts";
import { retirementOf } from "../../lib/azure/instance-type";
import { addStacks } from "../../stacks";
import { prodEastus } from "../../stacks/environments/prod-eastus";
import { ROOT } from "../support/run";
import { synthApp } from "../support/synth";

const facts = Facts.shipped();
const page = readFileSync(path.join(ROOT, "docs/azure-errors.md"), "utf8");

test("docs/azure-errors.md registers the providers of all that prod-eastus makes, and no other", () => {
  const stacks = synthApp((app) => {
    addStacks(app, prodEastus);
  });
  const types = Object.values(stacks).flatMap(({ resource = {} }) => Object.keys(resource));
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
