import * as path from "node:path";
import { AssetType, Fn, TerraformAsset } from "cdktf";
import { Construct } from "constructs";
import { assignment, SCRIPTS } from "./node-scripts";

/**
 * A shell script from scripts/node that a machine runs at its first boot, with values exported before it.
 *
 * The script stays a plain file that Terraform reads, so nothing in it is ever taken for a template.
 */
export class BootScript extends Construct {
  /** The script with its environment, as EC2 takes it for user data. It is readable on the machine: no secrets. */
  readonly text: string;

  constructor(scope: Construct, id: string, file: string, environment: Readonly<Record<string, string>>) {
    super(scope, id);

    const script = new TerraformAsset(this, "file", { path: path.join(SCRIPTS, file), type: AssetType.FILE });
    const exported = Object.entries(environment).map(([name, value]) => assignment(`export ${name}`, value));
    this.text = Fn.join("\n", ["#!/bin/bash", ...exported, Fn.file(script.path)]);
  }
}
