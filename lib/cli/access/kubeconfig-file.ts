import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { packageRoot } from "../project";
import { AccessError } from "./access-error";

/** What a file begins with that may be written anew. */
const HEADER = "# Written by 'keelson kubeconfig', which writes it anew. There is no secret in it.\n";

export interface Kubeconfig {
  readonly environment: string;
  readonly server: string;
  /** The certificate of the cluster's authority, in PEM. */
  readonly ca: string;
  /** The project that the credential is found by. */
  readonly project: string;
}

/** The text of a kubeconfig that has kubectl ask us for the credential, wherever it is run. */
export function kubeconfigText({ environment, server, ca, project }: Kubeconfig): string {
  // Texts in JSON are texts in YAML.
  const [name, url, authority] = [environment, server, Buffer.from(ca).toString("base64")].map((text) =>
    JSON.stringify(text),
  );
  const program = path.join(packageRoot(), "bin/keelson.js");
  const args = [program, "credential", environment, "--project", project];
  return `${HEADER}apiVersion: v1
kind: Config
current-context: ${name}
clusters:
  - name: ${name}
    cluster:
      server: ${url}
      certificate-authority-data: ${authority}
contexts:
  - name: ${name}
    context:
      cluster: ${name}
      user: ${name}
users:
  - name: ${name}
    user:
      exec:
        apiVersion: client.authentication.k8s.io/v1
        command: ${JSON.stringify(process.execPath)}
        args:
${args.map((arg) => `          - ${JSON.stringify(arg)}\n`).join("")}        interactiveMode: Never
        installHint: "Node or the project is not where it was: run 'keelson kubeconfig' again."
`;
}

/** @throws AccessError where something else is there, which may hold other clusters. */
export function refuseOthers(file: string): void {
  if (!existsSync(file)) return;
  if (!readFileSync(file, "utf8").startsWith(HEADER)) {
    throw new AccessError(`${file} is there, and keelson has not written it: name another file with --out`);
  }
}

/** The file has all of the text, or what it had before. Nobody else may read it. */
export function writeWhole(file: string, text: string): void {
  const beside = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}`);
  try {
    const descriptor = openSync(beside, "wx", 0o600);
    try {
      writeSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new AccessError(`${file} cannot be written (${code})`);
  }
}
