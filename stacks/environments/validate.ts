import { areZonesOf, isBucketName, suitsTenancy } from "../../lib/aws";
import { DEFAULT_CIDR_BLOCK, InvalidError, isRange, overlaps, Problems, type Rule } from "../../lib/core";
import { type AwsEnvironment, isExisting, stateBucketName } from "./environment";
import { checkShape, type Sound } from "./shape";

/** What stands in this repository's environments until somebody puts in their own. */
const PLACEHOLDER_ACCOUNT = "000000000000";
/** @see https://datatracker.ietf.org/doc/html/rfc2606 */
const PLACEHOLDER_DOMAIN = /(^|\.)(example\.(com|net|org)|example|invalid|test)$/;

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
  const checked: Checked[] = [];
  for (const [index, environment] of environments.entries()) {
    const name = nameOf(environment) ?? `environments[${index}]`;
    const problems = new Problems(name);
    const range = checkAlone(environment, problems, options);
    const one = { name, environment, range, problems };
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
  readonly name: string;
  readonly environment: AwsEnvironment;
  /** Of its network, unless that is itself a mistake. */
  readonly range?: string;
  readonly problems: Problems;
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
    problems.check("name", stateBucketName(environment), makesBucketName);
  }
  if (!simulated) {
    refusePlaceholders(environment, problems);
  }
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

/** What two environments must be to one another. */
function checkTogether(one: Checked, other: Checked): void {
  if (one.name === other.name) {
    one.problems.add("name", { mustHold: "must be the name of one environment only", got: one.name });
  }
  if (one.range !== undefined && other.range !== undefined && overlaps(one.range, other.range)) {
    one.problems.in("network").add("cidrBlock", {
      mustHold: `must not overlap with ${other.range} of ${other.name}, or the two can never be peered`,
      got: one.environment.network.cidrBlock,
      fix: "give it a range of its own",
    });
  }
}

function refusePlaceholders({ name, account, domain }: AwsEnvironment, problems: Problems): void {
  const fix =
    `put in your own in the file of ${name}, ` +
    `or try it without an account: npx keelson simulate -- cdktf deploy ${name}`;
  if (account === PLACEHOLDER_ACCOUNT) {
    problems.add("account", {
      mustHold: "must be your own account's number for a real deploy",
      got: account,
      fix,
    });
  }
  if (PLACEHOLDER_DOMAIN.test(domain)) {
    problems.add("domain", { mustHold: "must be your own domain for a real deploy", got: domain, fix });
  }
}

const makesBucketName: Rule<string> = (bucket) =>
  isBucketName(bucket).map(({ mustHold }) => ({
    mustHold: `must make a name for the state bucket that S3 takes (it ${mustHold})`,
    got: bucket,
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

function nameOf(environment: unknown): string | undefined {
  return isObject(environment) && "name" in environment && typeof environment.name === "string"
    ? environment.name
    : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
