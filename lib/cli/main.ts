import { readFileSync } from "node:fs";
import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { addAccessCommands } from "./access/commands";
import type { PreviewOptions } from "./preview/preview";
import { packageRoot } from "./project";
import type { SimulateOptions } from "./simulate";

function milliseconds(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError("a whole number of milliseconds, please.");
  return value;
}

const collect = (text: string, sofar: readonly string[] = []) => [...sofar, text];

/** The `keelson` command line. What a command needs is loaded when it runs: kubectl runs one of them each time. */
export function program(): Command {
  const { version } = JSON.parse(readFileSync(path.join(packageRoot(), "package.json"), "utf8")) as {
    version: string;
  };
  const keelson = new Command("keelson")
    .description("Kubernetes on AWS and Azure as CDK for Terraform constructs.")
    .version(version)
    .enablePositionalOptions()
    .showHelpAfterError("(see --help)");

  keelson
    .command("simulate")
    .description("Run a command, such as 'cdktf deploy', with simulated providers in place of the clouds.")
    .usage("[options] -- <command> [arguments]")
    .passThroughOptions()
    .argument("<command...>", "what to run, with its arguments")
    .option("--reset", "forget what earlier simulations made in this project")
    .option(
      "--fail <step:type[=message]>",
      "make a step (read, plan, apply, destroy, data, open) of a resource type fail",
      collect,
    )
    .option(
      "--real <provider>",
      "leave a provider, such as kubernetes, to the real one: for a test cluster of your own",
      collect,
    )
    .option("--latency <ms>", "how long each create, update and destroy takes", milliseconds, 0)
    .option("--quiet", "say nothing but errors")
    .addHelpText(
      "after",
      `
Terraform, cdktf and state are the real ones; the cloud is not. State is kept in .keelson/ of the project.

Examples:
  $ keelson simulate -- cdktf deploy prod-us-east-1
  $ keelson simulate -- cdktf diff prod-us-east-1
  $ keelson simulate --fail apply:aws_nat_gateway -- cdktf deploy prod-us-east-1 --auto-approve`,
    )
    .action(async (command: string[], options: SimulateOptions) => {
      const { simulate } = require("./simulate") as typeof import("./simulate");
      process.exitCode = await simulate(command, options);
    });

  keelson
    .command("preview")
    .description(
      "Say what merging the working tree would create, change, replace and destroy, without a cloud.",
    )
    .argument("[stack...]", "the stacks to preview; all by default")
    .option("--base <ref>", "the branch to be merged into; by default what the remote says, else main")
    .option("--plan <file...>", "render real plans instead: 'terraform show -json' of saved ones")
    .option("--from <file>", "render a preview that was written with --format json instead")
    .option("--format <format>", "terminal, markdown or json; may be given several times", collect)
    .option(
      "--out <file>",
      "write the format that was given at the same place to a file, or with - to stdout",
      collect,
    )
    .option("--guard", "exit with 3 when something would be lost for good")
    .option("--quiet", "no progress on stderr")
    .addHelpText(
      "after",
      `
The base is deployed to simulated clouds, and the real Terraform plans the working tree on them. Exit code: 0 nothing
changes, 2 something does, 3 something is lost for good (with --guard), 1 error.

Examples:
  $ keelson preview
  $ keelson preview --base origin/main prod-us-east-1
  $ keelson preview --plan prod-us-east-1.json --format markdown
  $ keelson preview --format terminal --format json --out - --out preview.json`,
    )
    .action(async (stacks: string[], options: PreviewOptions) => {
      const { preview } = require("./preview/preview") as typeof import("./preview/preview");
      process.exitCode = await preview(stacks, options);
    });

  addAccessCommands(keelson);
  return keelson;
}

/** Parses `argv` and runs it. Errors are one line on stderr and exit code 1. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await program().parseAsync(argv);
  } catch (error) {
    process.stderr.write(`keelson: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
