import type { NodePoolSpec } from "../../lib/core";
import type { CommonEnvironment } from "./environment";

/** On the nodes of a pool that something is meant for, with the pool's name. */
export const POOL_LABEL = "keelson.io/pool";

/** The pool as it is made: that which runs the platform says so on its nodes, by which the platform's pods find it. */
export function asMade<T extends Pick<NodePoolSpec, "labels">>(
  name: string,
  pool: T,
  { platform }: Pick<CommonEnvironment, "platform">,
): T {
  return platform?.pool === name ? { ...pool, labels: { ...pool.labels, [POOL_LABEL]: name } } : pool;
}
