import { areZonesOf, checkControlPlane, isBucketName, isControlPlaneName, suitsTenancy } from "../../lib/aws";
import { areApartFrom, isNamed, isZoneOf, type Problems, type Rule } from "../../lib/core";
import { type AwsEnvironment, stateBucketName } from "./aws-environment";
import { isExisting, rangesOf, resourceName } from "./environment";
import { makes } from "./made-name";
import type { Sound } from "./shape";

/** Adds everything that is wrong between the keys of an environment on AWS, but for its node pools. */
export function checkAws(environment: AwsEnvironment, sound: Sound, problems: Problems): void {
  if (sound("prefix") && sound("name") && sound("account")) {
    // The bucket of the store has as many characters.
    problems.check(
      "name",
      stateBucketName(environment),
      makes("must make a name for the state bucket that S3 takes", isBucketName),
    );
    problems.check(
      "name",
      resourceName(environment),
      makes("must make, with the prefix, a name for resources", isControlPlaneName),
    );
  }
  checkNames(environment, sound, problems);
  checkMaster(environment, sound, problems.in("controlPlane"));
  if (typeof environment.network === "object" && environment.network !== null) {
    checkNetwork(environment, sound, problems.in("network"));
  }
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
  checkControlPlane(problems, { ...controlPlane, network: rangesOf(network) });
  if (controlPlane.publicApi !== undefined && sound("publicZone")) {
    problems.check("publicApi", publicZone !== "none", isNamed);
  }
}

function checkNetwork({ region, network }: AwsEnvironment, sound: Sound, problems: Problems): void {
  if (sound("region") && sound("network", "zones")) {
    problems.check("zones", network.zones, areZonesOf(region));
  }
  if (sound("network", "cidrBlock") && sound("network", "peeredRanges")) {
    const { cidrBlock, peeredRanges } = rangesOf(network);
    problems.check("peeredRanges", peeredRanges, areApartFrom(cidrBlock));
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
}

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
