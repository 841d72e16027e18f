import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

/** A Debian package in the making. */
export interface DebSpec {
  readonly name: string;
  readonly version: string;
  readonly depends?: string;
  /** Texts by path; those in a `bin` directory are executable. */
  readonly files?: Readonly<Record<string, string>>;
  /** Targets by path. */
  readonly links?: Readonly<Record<string, string>>;
  readonly conffiles?: readonly string[];
  readonly postinst?: string;
}

const architecture = () => run("dpkg", ["--print-architecture"]).trim();

/**
 * Writes a real apt repository, signed by a key made for it: the packages, their index, and the key.
 *
 * @param flat with its index at the top, as Kubernetes' is; else one below `dists/<codename>/stable`
 */
export function writeAptRepository(
  directory: string,
  specs: readonly DebSpec[],
  { key, flat }: { key: string; flat: boolean },
): void {
  const codename = /VERSION_CODENAME=(\w+)/.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "";
  const top = flat ? "." : `dists/${codename}`;
  const index = flat ? "Packages" : `stable/binary-${architecture()}/Packages`;
  const packages = specs.map((spec) => makeDeb(directory, spec)).join("\n");
  write(path.join(directory, top, index), packages);
  const release = [
    ...[`Origin: test`, `Suite: ${codename}`, `Codename: ${codename}`, `Components: stable`],
    ...[`Architectures: ${architecture()}`, `Date: ${new Date().toUTCString()}`],
    ...["SHA256:", ` ${sha256(packages)} ${packages.length} ${index}`, ""],
  ].join("\n");
  const home = mkdtempSync(path.join(tmpdir(), "gpg-"));
  try {
    const gpg = (args: readonly string[], input = "") =>
      run("gpg", ["--homedir", home, "--batch", ...args], input);
    gpg(["--passphrase", "", "--quick-generate-key", "test@example.com", "ed25519", "sign", "1d"]);
    write(path.join(directory, top, "InRelease"), gpg(["--clearsign"], release));
    write(path.join(directory, key), gpg(["--armor", "--export"]));
    run("gpgconf", ["--homedir", home, "--kill", "gpg-agent"]);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Makes the package in the repository's pool, and gives its paragraph of the index. */
export function makeDeb(repository: string, spec: DebSpec): string {
  const root = mkdtempSync(path.join(tmpdir(), "deb-"));
  try {
    for (const [file, text] of Object.entries(spec.files ?? {})) {
      write(path.join(root, file), text, /\bbin\//.test(file) ? 0o755 : 0o644);
    }
    for (const [link, target] of Object.entries(spec.links ?? {})) {
      mkdirSync(path.dirname(path.join(root, link)), { recursive: true });
      symlinkSync(target, path.join(root, link));
    }
    const control = [
      ...[`Package: ${spec.name}`, `Version: ${spec.version}`, `Architecture: ${architecture()}`],
      ...["Maintainer: a test <test@example.com>", ...(spec.depends ? [`Depends: ${spec.depends}`] : [])],
      `Description: stands in for ${spec.name}`,
      "",
    ].join("\n");
    write(path.join(root, "DEBIAN/control"), control);
    if (spec.conffiles)
      write(path.join(root, "DEBIAN/conffiles"), spec.conffiles.map((file) => `${file}\n`).join(""));
    if (spec.postinst)
      write(path.join(root, "DEBIAN/postinst"), `#!/bin/sh\nset -e\n${spec.postinst}\n`, 0o755);
    const file = `pool/${spec.name}_${spec.version}_${architecture()}.deb`;
    mkdirSync(path.join(repository, "pool"), { recursive: true });
    run("dpkg-deb", ["--root-owner-group", "-Znone", "--build", root, path.join(repository, file)]);
    const deb = readFileSync(path.join(repository, file));
    const { size } = statSync(path.join(repository, file));
    return `${control.trimEnd()}\nFilename: ${file}\nSize: ${size}\nSHA256: ${sha256(deb)}\n`;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function write(file: string, text: string, mode = 0o644): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function run(command: string, args: readonly string[], input = ""): string {
  const { status, stdout, stderr } = spawnSync(command, args, { input, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return stdout;
}
