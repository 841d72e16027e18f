import {
  areZonesOf,
  checkControlPlane,
  isBucketName,
  isControlPlaneName,
  isNamed,
  isZoneOf,
  suitsTenancy,
} from "../../lib/aws";
import { DEFAULT_CIDR_BLOCK, InvalidError, isRange, overlaps, Problems, type Rule } from "../../lib/core";
import {
  type AwsEnvironment,
  isExisting,
  resourceName,
  stateBucketName,
  stateStackId,
  storeStackId,
} from "./environment";
import { checkNodePools, roleNamesOf } from "./node-pools";
import { refusePlaceholders } from "./placeholders";
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
export function validate(environments: readonly AwsEnvironment[], options: ValidateOptions): void {
  checkIsList(environments);
  const checked: Checked[] = [];
  for (const [index, environment] of environments.entries()) {
    const name = nameOf(environment);
    const called = name ?? `environments[${index}]`;
    const stacks = name === undefined ? [] : [name, stateStackId({ name }), storeStackId({ name })];
    const problems = new Problems(called);
    const range = checkAlone(environment, problems, options);
    const resources = name === undefined ? undefined : namesOf(environment);
    const roles = resources === undefined ? [] : roleNamesOf(environment);
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
  readonly environment: AwsEnvironment;
  /** What its resources are called, with the account that they are in; nothing where one of the three is a mistake. */
  readonly resources?: string;
  /** The names of its roles, with the account that they are in. */
  readonly roles: readonly string[];
  /** Of its network, unless that is itself a mistake. */
  readonly range?: string;
  readonly problems: Problems;
}

/** Of two prefixes and names that spell the same, the store's bucket would be one. */
function namesOf(environment: AwsEnvironment): string | undefined {
  const { prefix, account } = environment;
  return typeof prefix === "string" && typeof account === "string"
    ? `${resourceName(environment)} in ${account}`
    : undefined;
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
  environment: AwsEnvironment,
  problems: Problems,
  { simulated }: ValidateOptions,
): string | undefined {
  const sound = checkShape(environment, problems);
  if (!isObject(environment)) {
    return undefined;
  }
  if (sound("prefix") && sound("name") && sound("account")) {
    // The bucket of the store has as many characters.
    problems.check("name", stateBucketName(environment), makesBucketName);
    problems.check("name", resourceName(environment), makesResourceName);
  }
  if (!simulated) {
    refusePlaceholders(environment, sound, problems);
  }
  checkNames(environment, sound, problems);
  checkMaster(environment, sound, problems.in("controlPlane"));
  checkNodePools(environment, sound, problems);
  return isObject(environment.network) ? checkNetwork(environment, sound, problems.in("network")) : undefined;
}

function checkNetwork(
  { region, network }: AwsEnvironment,
  sound: Sound,
  problems: Problems,
): string | undefined {
  if (sound("region") && sound("network", "zones")) {
    problems.check("zones", network.zones, areZonesOf(region));
  }
  if (isExisting(network)) {
    for (const subnetIds of ["privateSubnetIds", "publicSubnetIds"] as const) {
      if (sound("network", "zones") && sound("network", subnetIds)) {
        problems.check(subnetIds, network[subnetIds], isOneForEach(network.zones));
      }
    }
  } else {
    problems.check("nat", network, suitsTenancy);
  }
  const { cidrBlock = isExisting(network) ? undefined : DEFAULT_CIDR_BLOCK } = network;
  return cidrBlock !== undefined && sound("network", "cidrBlock") && isRange(cidrBlock).length === 0
    ? cidrBlock
    : undefined;
}

function checkNames({ name, domain, publicZone }: AwsEnvironment, sound: Sound, problems: Problems): void {
  if (sound("name") && sound("domain") && sound("publicZone")) {
    problems.check("publicZone", publicZone, isZoneOf(name, domain));
  }
}

function checkMaster(environment: AwsEnvironment, sound: Sound, problems: Problems): void {
  const { network, publicZone = "none", controlPlane } = environment;
  if (!["network", "controlPlane"].every((key) => sound(key))) {
    return;
  }
  const { cidrBlock = DEFAULT_CIDR_BLOCK } = network;
  checkControlPlane(problems, { ...controlPlane, network: { cidrBlock } });
  if (controlPlane.publicApi !== undefined && sound("publicZone")) {
    problems.check("publicApi", publicZone !== "none", isNamed);
  }
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

const makesBucketName: Rule<string> = (bucket) =>
  isBucketName(bucket).map(({ mustHold }) => ({
    mustHold: `must make a name for the state bucket that S3 takes (it ${mustHold})`,
    got: bucket,
    fix: "shorten 'name' or 'prefix'",
  }));

const makesResourceName: Rule<string> = (name) =>
  isControlPlaneName(name).map(({ mustHold }) => ({
    mustHold: `must make, with the prefix, a name for resources (it ${mustHold})`,
    got: name,
    fix: "shorten 'name' or 'prefix'",
  }));

function isOneForEach(zones: readonly string[]): Rule<readonly string[]> {
  return (subnetIds) =>
    new Set(subnetIds).size === zones.length && subnetIds.length === zones.length
      ? []
      : [
          {
            mustHold: `must name one subnet for each of the ${zones.length} zones, in their order`,
            got: subnetIds,
          },
        ];
}

/** Its name, if that is something that one can see. */
function nameOf(environment: unknown): string | undefined {
  const name = isObject(environment) && "name" in environment ? environment.name : undefined;
  return typeof name === "string" && name.trim() !== "" ? name : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
