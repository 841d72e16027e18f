import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { output, tool } from "./tools";

export interface Mount {
  readonly source: string;
  /** Where it stands in the container. */
  readonly target: string;
  readonly mode: "ro" | "rw";
}

/**
 * What an image's commands are: BusyBox, which is the shell of both, and beside it what its Dockerfile installs.
 *
 * @see https://github.com/hashicorp/consul/blob/v1.22.0/Dockerfile
 * @see https://github.com/hashicorp/vault/blob/v1.21.4/Dockerfile
 */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  "hashicorp/consul": ["consul", "curl", "jq", "openssl", "gpg"],
  "hashicorp/vault": ["vault"],
};

const FROM_HOST = ["/usr/lib", "/usr/lib64", "/etc/ssl"].filter((directory) => existsSync(directory));

/** Makes a root directory with what a container of an image has, and says what is mounted into it. */
export function unpackImage(image: string, root: string): Mount[] {
  const repository = /^[^:@]+/.exec(image)?.[0] ?? "";
  const commands = COMMANDS[repository];
  if (commands === undefined) throw new Error(`nobody has said which commands ${image} has`);
  const directories = ["bin", "usr/bin", "runtime", "etc", "proc", "dev", "tmp"];
  for (const directory of directories) mkdirSync(path.join(root, directory), { recursive: true });
  execFileSync("busybox", ["--install", "-s", path.join(root, "bin")]);
  // The links lead to where BusyBox is on this machine.
  const mounts: Mount[] = [{ source: which("busybox"), target: which("busybox"), mode: "ro" }];
  mounts.push({ source: which("setpriv"), target: "/runtime/setpriv", mode: "ro" });
  for (const name of commands) {
    const built = tool(name);
    mounts.push({
      source: existsSync(built) ? output("realpath", [built]).trim() : which(name),
      target: `/usr/bin/${name}`,
      mode: "ro",
    });
  }
  for (const { target } of mounts) writeFileSync(path.join(root, target), "");
  for (const [link, to] of [
    ["lib", "usr/lib"],
    ["lib64", "usr/lib64"],
  ]) {
    execFileSync("ln", ["-sfn", to ?? "", path.join(root, link ?? "")]);
  }
  for (const directory of FROM_HOST) {
    mkdirSync(path.join(root, directory), { recursive: true });
    mounts.push({ source: directory, target: directory, mode: "ro" });
  }
  return [
    ...mounts,
    { source: "/proc", target: "/proc", mode: "rw" },
    { source: "/dev", target: "/dev", mode: "rw" },
  ];
}

function which(command: string): string {
  return output("sh", ["-c", `realpath "$(command -v "$1")"`, "sh", command]).trim();
}
