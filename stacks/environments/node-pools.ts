import { checkAwsNodePool, nodeVersionOf } from "../../lib/aws";
import { DEFAULT_POD_CIDR, areNamedApart, fitInto, haveOneWildcard, type Problems } from "../../lib/core";
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
    if (sound("nodePools", index)) {
      checkAwsNodePool(problems.in("nodePools").in(pool.name), pool, surroundings);
    }
  }
  if (sound("nodePools")) {
    problems.check("nodePools", nodePools, areNamedApart, haveOneWildcard);
    if (sound("controlPlane", "podCidr")) {
      problems.check("nodePools", nodePools, fitInto(controlPlane.podCidr ?? DEFAULT_POD_CIDR));
    }
  }
}

/**
 * The names of an environment's roles, with the account in which they are unique: none may be one of another environment, whose name may
 * be the beginning of this one's.
 */
export function roleNamesOf(environment: AwsEnvironment): readonly string[] {
  const { nodePools } = environment;
  const pools = Array.isArray(nodePools) ? (nodePools as readonly unknown[]) : [];
  const names = pools.flatMap((pool) =>
    typeof pool === "object" && pool !== null && "name" in pool && typeof pool.name === "string"
      ? [pool.name]
      : [],
  );
  return ["flow-logs", "master", ...names].map(
    (name) => `${resourceName(environment)}-${name} in ${environment.account}`,
  );
}
