import { spawn } from "node:child_process";
import os from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Runs a command in the foreground. A signal reaches it too, and it decides when it is done. */
export function runForeground(
  [file = "", ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: "inherit", env });
    const handlers = {
      // A terminal interrupts the whole group, the command included; a second interrupt would make Terraform give
      // up without writing its state.
      SIGINT: () => process.stdin.isTTY || child.kill("SIGINT"),
      SIGTERM: () => child.kill("SIGTERM"),
      SIGHUP: () => child.kill("SIGTERM"),
    };
    const signals = Object.entries(handlers) as [NodeJS.Signals, () => void][];
    for (const [signal, handler] of signals) process.on(signal, handler);
    child.on("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "ENOENT" ? new Error(`command not found: ${file}`) : error);
    });
    child.on("exit", (code, signal) => {
      for (const [name, handler] of signals) process.off(name, handler);
      resolve(code ?? 128 + os.constants.signals[signal ?? "SIGTERM"]);
    });
  });
}

/**
 * Waits until none of `pids` is left. Those still there after `graceMs` are asked to stop, which lets Terraform
 * finish what it is at and write its state; after as long again they are killed.
 */
export async function outlive(pids: readonly number[], graceMs: number): Promise<void> {
  const left = () => pids.filter(isAlive);
  for (const signal of [undefined, "SIGINT", "SIGKILL"] as const) {
    if (signal) for (const pid of left()) process.kill(pid, signal);
    for (const start = Date.now(); left().length > 0 && Date.now() - start < graceMs;) await sleep(50);
  }
}
