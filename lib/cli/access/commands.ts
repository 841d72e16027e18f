import { type Command, InvalidArgumentError } from "commander";
import type { CredentialOptions } from "./credential";
import type { KubeconfigOptions } from "./kubeconfig";

/** A cluster is founded in some minutes, and rebuilt in fewer. */
const TIMEOUT_S = 900;

const PROJECT = "--project <directory>";
const PROJECT_HELP = "the project; by default the one that the working directory is in";

function seconds(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 86_400)
    throw new InvalidArgumentError("a whole number of seconds, a day at most, please.");
  return value;
}

/** What was begun and does not answer, such as a program that signs in, keeps nobody waiting who runs this. */
async function thenEnd(work: Promise<void>): Promise<void> {
  try {
    await work;
  } finally {
    setTimeout(() => process.exit(), 500).unref();
  }
}

function endpoint(text: string): string {
  const isAddress = /^https:\/\/[^/?#@\\\s]+\/?$/.test(text) && URL.canParse(text);
  if (!["public", "internal"].includes(text) && !isAddress)
    throw new InvalidArgumentError('"public", "internal" or such as "https://127.0.0.1:6443", please.');
  return text;
}

/** The commands that lead into a cluster. What they need is loaded when they run. */
export function addAccessCommands(keelson: Command): void {
  keelson
    .command("credential")
    .description(
      "Print the credential of a cluster for kubectl and Terraform, which run this as their exec plugin.",
    )
    .argument("<environment>", "such as prod-us-east-1")
    .option(PROJECT, PROJECT_HELP)
    .addHelpText(
      "after",
      `
It is read from the cloud's secret store with your own rights, and kept nowhere: docs/access.md. Exit code: 0 and an
ExecCredential on stdout; 1 and one line on stderr.

Example:
  $ keelson credential prod-us-east-1`,
    )
    .action(async (environment: string, options: CredentialOptions) => {
      const { credential } = require("./credential") as typeof import("./credential");
      await thenEnd(credential(environment, options));
    });

  keelson
    .command("kubeconfig")
    .description("Wait until a cluster is ready, and write a kubeconfig for it that has no secret in it.")
    .argument("<environment>", "such as prod-us-east-1")
    .option("--out <file>", "what to write, - for stdout; by default <environment>.kubeconfig")
    .option(
      "--endpoint <where>",
      "where kubectl asks: public, which is the default where there is one, internal, or an address that leads there",
      endpoint,
    )
    .option("--timeout <seconds>", "how long to wait; 0 asks once", seconds, TIMEOUT_S)
    .option("--json", "say on stdout, in JSON, what was written")
    .option(PROJECT, PROJECT_HELP)
    .addHelpText(
      "after",
      `
The file names this keelson as the program that has the credential. A file that keelson has not written is left alone.

Examples:
  $ keelson kubeconfig prod-us-east-1 && kubectl --kubeconfig prod-us-east-1.kubeconfig get nodes
  $ keelson kubeconfig prod-us-east-1 --out ~/.kube/prod-us-east-1 --timeout 60
  $ keelson kubeconfig prod-us-east-1 --endpoint https://127.0.0.1:6443    # through a forwarded port`,
    )
    .action(async (environment: string, options: KubeconfigOptions) => {
      const { kubeconfig } = require("./kubeconfig") as typeof import("./kubeconfig");
      await thenEnd(kubeconfig(environment, options));
    });
}
