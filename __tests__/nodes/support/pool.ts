import { existsSync } from "node:fs";
import * as path from "node:path";
import type { Machine } from "./machine";
import type { MachineProcess } from "./machine-process";
import { unit } from "./masters";
import { TOOLS } from "./shell";

export const hasController = existsSync(path.join(TOOLS, "kube-controller-manager"));

/** Starts a node's boot without waiting for it. */
export const bootNode = (node: Machine, env: Readonly<Record<string, string>> = {}): MachineProcess =>
  unit(node, "node.sh", env);

/** Boots a node until it is one. */
export async function join(node: Machine, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const started = bootNode(node, env);
  await node.waitFor(() => !started.running, 20, "it does not join");
  const { status, stderr } = await started.ended;
  if (status !== 0) throw new Error(`the boot of ${node.instance} ended with ${status}: ${stderr}`);
}
