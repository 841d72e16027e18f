import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { isAlive } from "./processes";

/**
 * How long the path of a Unix socket may be, in bytes. Node cuts off the rest without a word, so that two runs would
 * meet in one socket.
 *
 * @see https://man7.org/linux/man-pages/man7/unix.7.html sun_path holds 108 bytes with its end; macOS has 104
 */
const SOCKET_PATH_MAX = 103;
const LONGEST_SOCKET = "keelson-XXXXXX/control.sock";

/**
 * Makes a folder for one run that only its owner can enter, and takes away those of runs that were killed.
 *
 * @throws Error when every temporary folder's path is too long for a socket in it.
 */
export function makeRunDirectory(): string {
  const fits = (directory: string) =>
    Buffer.byteLength(path.join(directory, LONGEST_SOCKET)) <= SOCKET_PATH_MAX;
  const parent = [os.tmpdir(), "/tmp"].find(fits);
  if (!parent)
    throw new Error(`TMPDIR is too long for a socket in it: ${os.tmpdir()}; set it to a shorter path`);
  sweep(parent);
  const directory = mkdtempSync(path.join(parent, "keelson-"));
  writeFileSync(path.join(directory, "pid"), String(process.pid));
  return directory;
}

function sweep(parent: string): void {
  for (const name of readdirSync(parent).filter((one) => /^keelson-\w{6}$/.test(one))) {
    const directory = path.join(parent, name);
    const pid = numberIn(path.join(directory, "pid"));
    if (pid !== undefined && !isAlive(pid)) rmSync(directory, { recursive: true, force: true });
  }
}

/** Notes in `home` that this process simulates there. */
export function markRunning(home: string): void {
  mkdirSync(path.join(home, "running"), { recursive: true });
  writeFileSync(path.join(home, "running", String(process.pid)), "");
}

export function unmarkRunning(home: string): void {
  rmSync(path.join(home, "running", String(process.pid)), { force: true });
}

/** The processes that simulate in `home` now, but for this one. */
export function othersRunning(home: string): number[] {
  const directory = path.join(home, "running");
  mkdirSync(directory, { recursive: true });
  const others = readdirSync(directory)
    .map(Number)
    .filter((pid) => pid !== process.pid);
  for (const pid of others.filter((one) => !isAlive(one)))
    rmSync(path.join(directory, String(pid)), { force: true });
  return others.filter(isAlive);
}

function numberIn(file: string): number | undefined {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
