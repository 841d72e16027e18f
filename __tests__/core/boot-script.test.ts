import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { TerraformVariable } from "cdktf";
import { BootScript } from "../../lib/core";
import { applied } from "../support/applied";
import { ROOT } from "../support/run";
import { has, testWith } from "../support/tools";

const withTerraform = testWith({ terraform: has("terraform") }, "install Terraform 1.10 or newer");

withTerraform("what a machine gets is the script as it is, after its values exported as they are", () => {
  const value = "o'brien \"at\" $HOME `id` \\ 'end'";
  const { text } = applied((stack) => {
    const { stringValue } = new TerraformVariable(stack, "range", { type: "string", default: value });
    const { text } = new BootScript(stack, "boot", "nat.sh", { NETWORK_RANGE: stringValue, OTHER: "plain" });
    return { text };
  });

  const script = readFileSync(path.join(ROOT, "scripts/node/nat.sh"), "utf8");
  expect(text.endsWith(`\n${script}`)).toBe(true);
  expect(text.startsWith("#!/bin/bash\n")).toBe(true);

  const before = text.slice(0, -script.length);
  const seen = execFileSync("bash", ["-c", `${before}\nenv -0`], { encoding: "utf8" }).split("\0");
  expect(seen).toEqual(expect.arrayContaining([`NETWORK_RANGE=${value}`, "OTHER=plain"]));
});
