import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
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

/**
 * The file that may be written by this name: where a link leads to, for a file that keelson has written; else one that is not there.
 *
 * @throws AccessError where something else is there, which may hold other clusters, and where nothing can be written
 */
export function ownFile(name: string): string {
  const file = path.resolve(name);
  try {
    if (lstatSync(file, { throwIfNoEntry: false }) === undefined) {
      accessSync(path.dirname(file), constants.W_OK);
      return file;
    }
    const found = realpathSync(file);
    // A pipe would be waited for, and a device may never end.
    if (!statSync(found).isFile()) throw new AccessError(`${file} is no file: name one with --out`);
    if (beginning(found) !== HEADER) {
      throw new AccessError(`${file} is there, and keelson has not written it: name another file with --out`);
    }
    accessSync(path.dirname(found), constants.W_OK);
    return found;
  } catch (error) {
    throw error instanceof AccessError ? error : unwritable(file, error);
  }
}

/** As much of a file as the header has. */
function beginning(file: string): string {
  const bytes = Buffer.alloc(Buffer.byteLength(HEADER));
  const descriptor = openSync(file, "r");
  try {
    return bytes.toString("utf8", 0, readSync(descriptor, bytes));
  } finally {
    closeSync(descriptor);
  }
}

function unwritable(file: string, error: unknown): AccessError {
  const { code = "" } = error as NodeJS.ErrnoException;
  return new AccessError(`${file} cannot be written (${code})`);
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
    throw unwritable(file, error);
  }
}
