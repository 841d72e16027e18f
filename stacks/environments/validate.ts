import { DEFAULT_CIDR_BLOCK, InvalidError, isRange, overlaps, Problems } from "../../lib/core";
import { estateOf } from "../cloud-estate";
import {
  type Environment,
  isExisting,
  platformStackId,
  resourceName,
  stateStackId,
  storeStackId,
} from "./environment";
import { checkNodePools, roleNamesOf } from "./node-pools";
import { refusePlaceholders } from "./placeholders";
import { checkPlatform } from "./platform-rules";
import { checkShape, type Sound } from "./shape";

export interface ValidateOptions {
  /** Whether the stacks will meet simulated providers only. If not, placeholders are refused. */
  readonly simulated: boolean;
}

/**
 * Checks all environments of an estate, each by itself and against the others. It takes nothing for granted, since
 * an environment may come from JSON.
 *
 * @throws InvalidError with every mistake of every environment
 */
export function validate(environments: readonly Environment[], options: ValidateOptions): void {
  checkIsList(environments);
  const checked: Checked[] = [];
  for (const [index, environment] of environments.entries()) {
    const name = nameOf(environment);
    const called = name ?? `environments[${index}]`;
    const stacks =
      name === undefined
        ? []
        : [name, ...[stateStackId, storeStackId, platformStackId].map((id) => id({ name }))];
    const problems = new Problems(called);
    const range = checkAlone(environment, problems, options);
    const owner = name === undefined ? undefined : ownerOf(environment);
    // Of two prefixes and names that spell the same, the store would be one.
    const resources = owner && `${resourceName(environment)} in ${owner}`;
    const roles = owner === undefined ? [] : roleNamesOf(environment, owner);
    const one = { called, stacks, environment, resources, roles, range, problems };
    for (const other of checked) {
      checkTogether(one, other);
    }
    checked.push(one);
  }

  const found = checked.flatMap(({ problems }) => problems.found);
  if (found.length > 0) {
    throw new InvalidError(found);
  }
}

interface Checked {
  /** Its name, or its place in the list where it has none. */
  readonly called: string;
  /** The ids of the stacks that are made of it. */
  readonly stacks: readonly string[];
  readonly environment: Environment;
  /** What its resources are called, with the account or subscription that they are in; nothing where one of the three is a mistake. */
  readonly resources?: string;
  /** The names of its roles, with the account that they are in. */
  readonly roles: readonly string[];
  /** Of its network, unless that is itself a mistake. */
  readonly range?: string;
  readonly problems: Problems;
}

/** The account or subscription that an environment is in, where that can be told. */
function ownerOf(environment: Environment): string | undefined {
  const owner = estateOf(environment.cloud)?.ownerOf(environment);
  return typeof environment.prefix === "string" && typeof owner === "string" ? owner : undefined;
}

function checkIsList(environments: unknown): void {
  if (!Array.isArray(environments)) {
    const problems = new Problems("environments");
    problems.add(undefined, { mustHold: "must be a list of environments", got: environments });
    problems.throw();
  }
}

/** @returns the range of its network, if it has a sound one */
function checkAlone(
  environment: Environment,
  problems: Problems,
  { simulated }: ValidateOptions,
): string | undefined {
  const sound = checkShape(environment, problems);
  const estate = isObject(environment) ? estateOf(environment.cloud) : undefined;
  if (estate === undefined) {
    return undefined;
  }
  if (!simulated) {
    refusePlaceholders(estate, environment, sound, problems);
  }
  estate.check(environment, sound, problems);
  checkNodePools(estate, environment, sound, problems);
  checkPlatform(estate, environment, sound, problems);
  return isObject(environment.network) ? rangeOf(environment, sound) : undefined;
}

function rangeOf({ network }: Environment, sound: Sound): string | undefined {
  const { cidrBlock = isExisting(network) ? undefined : DEFAULT_CIDR_BLOCK } = network;
  return cidrBlock !== undefined && sound("network", "cidrBlock") && isRange(cidrBlock).length === 0
    ? cidrBlock
    : undefined;
}

/** What two environments must be to one another. */
function checkTogether(one: Checked, other: Checked): void {
  const shared = one.stacks.find((id) => other.stacks.includes(id));
  if (shared !== undefined) {
    one.problems.add("name", {
      mustHold:
        one.called === other.called
          ? "must be the name of one environment only"
          : `must lead to stacks that no other environment makes (${other.called} makes ${shared}, too)`,
      got: one.called,
      fix: "give it another name",
    });
  }
  if (shared === undefined && one.resources !== undefined && one.resources === other.resources) {
    one.problems.add("name", {
      mustHold: `must lead to names that no other environment has (${other.called} makes ${other.resources}, too)`,
      got: one.called,
      fix: "change 'name' or 'prefix'",
    });
  }
  const role =
    one.resources === other.resources ? undefined : one.roles.find((name) => other.roles.includes(name));
  if (role !== undefined) {
    one.problems.add("nodePools", {
      mustHold: `must make roles that no other environment has (${other.called} makes ${role}, too)`,
      fix: "give the pool another name",
    });
  }
  if (one.range !== undefined && other.range !== undefined && overlaps(one.range, other.range)) {
    one.problems.in("network").add("cidrBlock", {
      mustHold: `must not overlap with ${other.range} of ${other.called}, or the two can never be peered`,
      got: one.environment.network.cidrBlock,
      fix: "give it a range of its own",
    });
  }
}

/** Its name, if that is something that one can see. */
function nameOf(environment: unknown): string | undefined {
  const name = isObject(environment) && "name" in environment ? environment.name : undefined;
  return typeof name === "string" && name.trim() !== "" ? name : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
