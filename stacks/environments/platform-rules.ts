import type { NodePoolSpec, Problems, Rule } from "../../lib/core";
import type { CloudEstate } from "../cloud-estate";
import type { Environment } from "./environment";
import type { Sound } from "./shape";

/** Adds everything that is wrong between an environment's platform and its other keys. */
export function checkPlatform(
  estate: CloudEstate,
  environment: Environment,
  sound: Sound,
  problems: Problems,
): void {
  const { platform, nodePools = [] } = environment;
  if (platform === undefined || !sound("platform", "pool") || !sound("nodePools")) {
    return;
  }
  const pools = [...estate.otherPools(environment, sound), ...nodePools];
  problems.in("platform").check("pool", platform.pool, isWorkersAmong(pools));
}

/** A pool whose machines the world does not reach: what can be reached lends nobody its identity. */
function isWorkersAmong(pools: readonly Pick<NodePoolSpec, "name" | "role">[]): Rule<string> {
  const workers = pools.filter(({ role = "worker" }) => role === "worker").map(({ name }) => name);
  return (got) =>
    workers.includes(got)
      ? []
      : [
          {
            mustHold: "must name a worker pool of the environment",
            got,
            fix: workers.length > 0 ? `there is ${workers.join(", ")}` : "add one to 'nodePools'",
          },
        ];
}
