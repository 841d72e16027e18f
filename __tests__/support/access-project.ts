import { once } from "node:events";
import type { Pair } from "./certificates";
import { keelson, type Outcome, Project, start } from "./project";

/** What the stack of an environment on AWS says of the way in. */
export const AWS = {
  ...{ cloud: "aws", region: "us-east-1" },
  ...{ ca: "/keelson/acme-prod/ca", credential: "/keelson/acme-prod/credential" },
  endpoint: "https://master.prod.kube:6443",
};

/** The same on Azure. */
export const AZURE = {
  ...{ cloud: "azure", vault: "https://acme-prod.vault.azure.net", ca: "ca", credential: "credential" },
  endpoint: "https://master.prod.kube:6443",
};

/** A project that has been synthesized, with stacks by what their output `access` is. */
export function accessProject(stacks: Readonly<Record<string, object | undefined>>): Project {
  const project = new Project();
  for (const [stack, value] of Object.entries(stacks)) {
    project.write(`cdktf.out/stacks/${stack}/cdk.tf.json`, value ? { output: { access: { value } } } : {});
  }
  return project;
}

/** What a master publishes as the platform's credential. */
export function published({ cert, key }: Pair, secondsLeft = 3000): string {
  const expirationTimestamp = new Date(Date.now() + secondsLeft * 1000).toISOString().replace(/\.\d+/, "");
  return JSON.stringify({ clientCertificateData: cert, clientKeyData: key, expirationTimestamp });
}

/** Nothing of the surroundings but a path to programs. */
function bareEnvironment(cwd: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const nothing = Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined]));
  const { PATH } = process.env;
  return { ...nothing, PATH, HOME: cwd, AWS_EC2_METADATA_DISABLED: "true", ...env };
}

/** Runs the command line with nothing of the surroundings but a path to programs. */
export function bare(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Outcome> {
  return keelson(args, cwd, bareEnvironment(cwd, env));
}

/** The same, without waiting for the end. */
export function bareStart(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
  const child = start(args, cwd, bareEnvironment(cwd, env));
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, stdout, stderr }) as Ended);
  return {
    ended,
    interrupt: () => child.kill("SIGINT"),
    /** Waits until it says so. */
    says: async (what: RegExp) => {
      const over = ended.then(() => "over");
      while (!what.test(stderr)) {
        if ((await Promise.race([once(child.stderr, "data"), over])) === "over" && !what.test(stderr)) {
          throw new Error(`it never said ${what}, but: ${stderr}`);
        }
      }
    },
  };
}

interface Ended extends Outcome {
  readonly signal: NodeJS.Signals | null;
}
