import type { NodePoolSpec, Problems, Rule } from "../../lib/core";
import { areNames } from "../../lib/addons/name-rules";
import { areServers, isDiskSize } from "../../lib/addons/rules";
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
  const inPlatform = problems.in("platform");
  inPlatform.check("pool", platform.pool, isWorkersAmong(pools));
  const pool = pools.find(({ name }) => name === platform.pool);
  for (const addon of ["consul", "vault"] as const) {
    if (sound("platform", addon)) {
      checkAddon(inPlatform.in(addon), platform[addon] ?? {}, pool);
    }
  }
  if (platform.storageClass !== undefined && sound("platform", "storageClass")) {
    inPlatform.check("storageClass", platform.storageClass, isClassAmong(estate.storageClasses));
  }
}

/** What both have. */
type Addon = Partial<Record<"servers" | "diskGiB" | "auditGiB", number>> & {
  readonly clients?: readonly string[];
};

function checkAddon(problems: Problems, addon: Addon, pool?: Pick<NodePoolSpec, "name" | "maxCount">): void {
  const { servers = 3, clients = [] } = addon;
  problems.check("servers", servers, areServers);
  if (pool !== undefined) {
    problems.check("servers", servers, fitOn(pool));
  }
  for (const volume of ["diskGiB", "auditGiB"] as const) {
    const size = addon[volume];
    if (size !== undefined) {
      problems.check(volume, size, isDiskSize);
    }
  }
  problems.check("clients", clients, areNames);
}

/** No two servers share a machine. */
function fitOn({ name, maxCount }: Pick<NodePoolSpec, "name" | "maxCount">): Rule<number> {
  return (servers) =>
    servers > maxCount
      ? [
          {
            mustHold: `must be at most ${maxCount}, the most machines of pool ${name}: no two servers share one`,
            got: servers,
            fix: "raise the pool's maxCount",
          },
        ]
      : [];
}

/** A class of volumes that there is. */
function isClassAmong(classes: readonly string[]): Rule<string> {
  return (got) =>
    classes.includes(got)
      ? []
      : [
          {
            mustHold: "must be a storage class that the core add-ons lay down",
            got,
            fix: `there is ${classes.join(", ")}`,
          },
        ];
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
