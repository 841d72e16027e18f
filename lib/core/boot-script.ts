import * as path from "node:path";
import { AssetType, Fn, TerraformAsset } from "cdktf";
import { Construct } from "constructs";

/** Absolute, since cdktf takes a relative path from the consumer's cdktf.json. The same from lib and from dist/lib. */
const SCRIPTS = path.resolve(__dirname, "../../scripts/node");

/** A single quote inside a single-quoted shell string: close it, quote the quote, open it again. */
const QUOTE = Fn.rawString(`'"'"'`);

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
    const exports = Object.entries(environment).map(([name, value]) =>
      Fn.join("", [`export ${name}='`, Fn.replace(value, "'", QUOTE), "'"]),
    );
    this.text = Fn.join("\n", ["#!/bin/bash", ...exports, Fn.file(script.path)]);
  }
}
