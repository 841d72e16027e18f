import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Facts } from "../../lib/cli/simulator/facts/facts";
import { spanningRanges } from "../../lib/core";
import { retirementOf } from "../../lib/azure/instance-type";
import { estate } from "../support/estate";
import { ROOT } from "../support/run";
import { addresses, resources } from "../support/synth";

const facts = Facts.shipped();
const pageOf = (name: string) => readFileSync(path.join(ROOT, "docs", name), "utf8");
const page = pageOf("azure-errors.md");
const eastus = Object.entries(estate()).filter(([id]) => id.startsWith("prod-eastus"));

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

test("docs/azure-errors.md names the successors that synthesis names of prod-eastus' sizes", () => {
  const sizes = eastus.flatMap(([, stack]) =>
    Object.values(resources(stack, "azurerm_linux_virtual_machine_scale_set")).map(({ sku }) => String(sku)),
  );
  const named = [...page.matchAll(/^\+ +\w+: \[?"(Standard_\w+)"/gm)].map(([, size]) => size);
  expect(named).toHaveLength(2);
  expect(sizes.map((size) => /take (\w+)/.exec(retirementOf(size) ?? "")?.[1]).sort()).toEqual(named.sort());
});

test("docs/azure-errors.md has every refusal that the simulator knows of Azure", () => {
  const types = eastus.flatMap(([, { resource = {} }]) => Object.keys(resource));
  const known = [...new Set(types)]
    .flatMap((type) => facts.blockersOf(type))
    // Its code, or else its words up to the first name.
    .map(({ error = "" }) => /^[A-Z]\w+(?=: )/.exec(error)?.[0] ?? error.replace(/ ["{].*/, ""));
  expect(known.length).toBeGreaterThan(10);
  expect(known.filter((words) => !page.includes(words))).toEqual([]);
});

test("docs/state.md imports each resource of the account that prod-eastus keeps its state in", () => {
  const imported = [...pageOf("state.md").matchAll(/^terraform import (azurerm_\S+)/gm)].map(
    ([, one]) => one,
  );
  const made = eastus.filter(([id]) => id.endsWith("-state")).flatMap(([, state]) => addresses(state));
  expect(imported.sort()).toEqual(made.sort());
});

test("docs/network.md divides Azure's ranges as networks do", () => {
  const rows = [...pageOf("network.md").matchAll(/^\| `([\d./]+)` +\| ([\d./]+),.*?\| ([\d./]+),/gm)];
  expect(rows).toHaveLength(2);
  for (const [, cidrBlock = "", inside, outside] of rows) {
    expect({ private: inside, public: outside }).toEqual(spanningRanges(cidrBlock));
  }
});

test("docs/clouds.md says why a file is on one side only, but for what node pools need", () => {
  const listed = (cloud: string) =>
    pageOf("clouds.md")
      .split("\n")
      .filter((line) => RegExp(`^\\| \`.*\\| ${cloud} +\\|`).test(line))
      .flatMap((line) => [...(line.split("|")[1] ?? "").matchAll(/`([a-z-]+)`/g)].map(([, name]) => name));
  const [aws, azure] = ["aws", "azure"].map((cloud) =>
    readdirSync(path.join(ROOT, "lib", cloud))
      .filter((name) => name.endsWith(".ts") && !/^node-|cluster|machine-packages/.test(name))
      .map((name) => name.replace(".ts", "")),
  );
  expect(listed("AWS").sort()).toEqual(aws?.filter((name) => !azure?.includes(name)).sort());
  expect(listed("Azure").sort()).toEqual(azure?.filter((name) => !aws?.includes(name)).sort());
});

test("docs/consul.md names jobs that every platform has", () => {
  const named = pageOf("consul.md").match(/kubernetes_job_v1\.\w+/g) ?? [];
  expect(named).toHaveLength(2);
  const platforms = Object.entries(estate()).filter(([id]) => id.endsWith("-platform"));
  for (const [, stack] of platforms) expect(addresses(stack)).toEqual(expect.arrayContaining(named));
  expect(platforms).toHaveLength(2);
});
