import { existsSync } from "node:fs";
import * as path from "node:path";
import type { Machine } from "./machine";
import type { MachineProcess } from "./machine-process";
import { must, unit } from "./masters";
import { TOOLS } from "./shell";

/** In the form that `testWith` takes: a master with its controllers, and what a node has. */
export const POOL_NEEDS = {
  "kube-controller-manager": existsSync(path.join(TOOLS, "kube-controller-manager")),
};

/** Starts a node's boot without waiting for it. */
export const bootNode = (node: Machine, env: Readonly<Record<string, string>> = {}): MachineProcess =>
  unit(node, "node.sh", env);

/** Waits for the good end of a node's boot: it is one, or its group replaces it. */
export async function ends(node: Machine, started: MachineProcess): Promise<void> {
  await node.waitFor(() => !started.running, 60, "its boot does not end");
  const { status, stderr } = await started.ended;
  if (status !== 0) throw new Error(`the boot of ${node.instance} ended with ${status}: ${stderr}`);
}

/** Boots a machine until it is a node. */
export const join = (node: Machine, env: Readonly<Record<string, string>> = {}): Promise<void> =>
  ends(node, bootNode(node, env));

/** What the cloud shows of a machine to those who cannot get into it. */
export const consoleOf = (node: Machine): string => node.readIfThere("/run/console").replaceAll("\r", "");

/** The API with a node's own rights. */
export const asNode = (node: Machine, args: string): Promise<string> =>
  must(node, `kubectl --kubeconfig /etc/kubernetes/kubelet.conf ${args}`);
