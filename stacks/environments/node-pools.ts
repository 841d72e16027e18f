import { checkAwsNodePool, nodeVersionOf } from "../../lib/aws";
import {
  areNamedApart,
  DEFAULT_POD_CIDR,
  fitInto,
  haveOneWildcard,
  LABEL,
  type NodePoolSpec,
  type Problems,
  type SoundKey,
} from "../../lib/core";
import { type AwsEnvironment, resourceName } from "./environment";
import type { Sound } from "./shape";

/** Adds everything that is wrong with an environment's node pools, each by itself and together. */
export function checkNodePools(environment: AwsEnvironment, sound: Sound, problems: Problems): void {
  const { nodePools = [], network, controlPlane } = environment;
  const surroundings = ["name", "prefix"].every((key) => sound(key)) &&
    sound("network", "zones") &&
    sound("controlPlane", "kubernetesVersion") &&
    sound("controlPlane", "previousKubernetesVersion") && {
      kubernetesVersion: nodeVersionOf(controlPlane),
      zones: network.zones,
      cluster: resourceName(environment).toLowerCase(),
    };
  if (!Array.isArray(nodePools) || !surroundings) {
    return;
  }
  for (const [index, pool] of nodePools.entries()) {
    if (isPool(pool)) {
      const soundKey: SoundKey = (key) => sound("nodePools", index, key);
      checkAwsNodePool(problems.in(pathOf(pool, index)), pool, surroundings, soundKey);
    }
  }
  const all = (...keys: readonly (keyof NodePoolSpec)[]) =>
    nodePools.every((_, index) => keys.every((key) => sound("nodePools", index, key)));
  if (all("name")) {
    problems.check("nodePools", nodePools, areNamedApart);
  }
  if (all("name", "role", "wildcard")) {
    problems.check("nodePools", nodePools, haveOneWildcard);
  }
  if (all("maxCount") && sound("controlPlane", "podCidr")) {
    problems.check("nodePools", nodePools, fitInto(controlPlane.podCidr ?? DEFAULT_POD_CIDR));
  }
}

/** Where a pool's mistakes are said to be: under its name, or its place in the list where that is none. */
export function pathOf({ name }: Partial<NodePoolSpec>, index: number): string {
  return typeof name === "string" && LABEL.test(name) ? `nodePools/${name}` : `nodePools[${index}]`;
}

/**
 * The names of an environment's roles, with the account in which they are unique: none may be one of another environment, whose name may
 * be the beginning of this one's.
 */
export function roleNamesOf(environment: AwsEnvironment): readonly string[] {
  const { nodePools } = environment;
  const pools = Array.isArray(nodePools) ? (nodePools as readonly unknown[]) : [];
  const names = pools.flatMap((pool) => (isPool(pool) && typeof pool.name === "string" ? [pool.name] : []));
  return ["flow-logs", "master", ...names].map(
    (name) => `${resourceName(environment)}-${name} in ${environment.account}`,
  );
}

function isPool(pool: unknown): pool is NodePoolSpec {
  return typeof pool === "object" && pool !== null;
}
