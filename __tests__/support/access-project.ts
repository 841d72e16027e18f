import { type Outcome, Project } from "./project";
import { keelson } from "./project";
import type { Pair } from "./certificates";

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

/** Runs the command line with nothing of the surroundings but a path to programs. */
export function bare(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Outcome> {
  const nothing = Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined]));
  const { PATH } = process.env;
  return keelson(args, cwd, { ...nothing, PATH, HOME: cwd, AWS_EC2_METADATA_DISABLED: "true", ...env });
}
