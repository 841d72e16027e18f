import {
  areNamedApart,
  DEFAULT_POD_CIDR,
  fitInto,
  haveOneWildcard,
  LABEL,
  nodeVersionOf,
  type NodePoolSpec,
  type NodePoolSurroundings,
  type Problems,
  type SoundKey,
} from "../../lib/core";
import type { CloudEstate } from "../cloud-estate";
import { type Environment, resourceName } from "./environment";
import type { Sound } from "./shape";

/** What a pool of an environment is checked against. */
export interface PoolSurroundings extends NodePoolSurroundings {
  /** What the cluster's resources are called. */
  readonly resourceName: string;
}

/** Adds everything that is wrong with an environment's node pools, each by itself and together. */
export function checkNodePools(
  estate: CloudEstate,
  environment: Environment,
  sound: Sound,
  problems: Problems,
): void {
  const { nodePools = [], controlPlane } = environment;
  const surroundings = surroundingsOf(environment, sound);
  if (!Array.isArray(nodePools) || surroundings === undefined) {
    return;
  }
  for (const [index, pool] of nodePools.entries()) {
    if (isPool(pool)) {
      const soundKey: SoundKey = (key) => sound("nodePools", index, key);
      estate.checkPool(problems.in(pathOf(pool, index)), pool, surroundings, soundKey);
    }
  }
  const all = (...keys: readonly (keyof NodePoolSpec)[]) =>
    nodePools.every((_, index) => keys.every((key) => sound("nodePools", index, key)));
  const together = [...estate.otherPools(environment, sound), ...nodePools];
  if (all("name")) {
    problems.check("nodePools", together, areNamedApart);
  }
  if (all("name", "role", "wildcard")) {
    problems.check("nodePools", together, haveOneWildcard);
  }
  if (all("maxCount") && sound("controlPlane", "podCidr")) {
    problems.check("nodePools", together, fitInto(controlPlane.podCidr ?? DEFAULT_POD_CIDR));
  }
}

/** undefined where what pools are checked against is itself a mistake */
export function surroundingsOf(environment: Environment, sound: Sound): PoolSurroundings | undefined {
  const isSound =
    ["name", "prefix"].every((key) => sound(key)) &&
    sound("network", "zones") &&
    sound("controlPlane", "kubernetesVersion") &&
    sound("controlPlane", "previousKubernetesVersion");
  if (!isSound) {
    return undefined;
  }
  const { network, controlPlane } = environment;
  return {
    kubernetesVersion: nodeVersionOf(controlPlane),
    zones: network.zones,
    resourceName: resourceName(environment),
  };
}

/** Where a pool's mistakes are said to be: under its name, or its place in the list where that is none. */
export function pathOf({ name }: Partial<NodePoolSpec>, index: number): string {
  return typeof name === "string" && LABEL.test(name) ? `nodePools/${name}` : `nodePools[${index}]`;
}

/**
 * The names of an environment's roles, with the account or subscription in which they are unique: none may be one of another
 * environment, whose name may be the beginning of this one's.
 */
export function roleNamesOf(environment: Environment, owner: string): readonly string[] {
  const { nodePools } = environment;
  const pools = Array.isArray(nodePools) ? (nodePools as readonly unknown[]) : [];
  const names = pools.flatMap((pool) => (isPool(pool) && typeof pool.name === "string" ? [pool.name] : []));
  const agents = "agents" in environment ? ["agents"] : [];
  return ["flow-logs", "master", ...agents, ...names].map(
    (name) => `${resourceName(environment)}-${name} in ${owner}`,
  );
}

function isPool(pool: unknown): pool is NodePoolSpec {
  return typeof pool === "object" && pool !== null;
}
