import { setTimeout as sleep } from "node:timers/promises";

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
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
