import { checkAgents, checkControlPlane, isControlPlaneName, isZoneIn, withAcsSize } from "../../lib/azure";
import { areApartFrom, isNamed, isZoneOf, type Problems } from "../../lib/core";
import type { AzureEnvironment } from "./azure-environment";
import { rangesOf, resourceName } from "./environment";
import { makes } from "./made-name";
import { surroundingsOf } from "./node-pools";
import type { Sound } from "./shape";

/** Adds everything that is wrong between the keys of an environment on Azure, but for its node pools. */
export function checkAzure(environment: AzureEnvironment, sound: Sound, problems: Problems): void {
  if (sound("prefix") && sound("name")) {
    problems.check(
      "name",
      resourceName(environment),
      makes("must make, with the prefix, a name for resources", isControlPlaneName),
    );
  }
  checkNames(environment, sound, problems);
  checkMaster(environment, sound, problems.in("controlPlane"));
  checkTheAgents(environment, sound, problems.in("agents"));
  if (sound("network")) {
    const { cidrBlock, peeredRanges } = rangesOf(environment.network);
    problems.in("network").check("peeredRanges", peeredRanges, areApartFrom(cidrBlock));
  }
}

function checkNames(environment: AzureEnvironment, sound: Sound, problems: Problems): void {
  const { name, domain, publicZone, subscription } = environment;
  if (sound("name") && sound("domain") && sound("publicZone")) {
    problems.check("publicZone", publicZone, isZoneOf(name, domain));
  }
  if (sound("subscription") && sound("publicZone")) {
    problems.check("publicZone", publicZone, isZoneIn(subscription));
  }
}

function checkMaster(environment: AzureEnvironment, sound: Sound, problems: Problems): void {
  const { network, publicZone = "none", agents } = environment;
  if (!["network", "controlPlane"].every((key) => sound(key))) {
    return;
  }
  const controlPlane = !isAgents(agents) ? environment.controlPlane : withAcsSize(environment.controlPlane);
  checkControlPlane(problems, { ...controlPlane, network: rangesOf(network) });
  if (controlPlane.publicApi !== undefined && sound("publicZone")) {
    problems.check("publicApi", publicZone !== "none", isNamed);
  }
}

function checkTheAgents(environment: AzureEnvironment, sound: Sound, problems: Problems): void {
  const surroundings = surroundingsOf(environment, sound);
  if (isAgents(environment.agents) && surroundings !== undefined) {
    checkAgents(problems, environment.agents, surroundings, (key) => sound("agents", key));
  }
}

/** Whether there are agents to be looked at: what comes from JSON may be anything. */
export function isAgents(agents: AzureEnvironment["agents"] | null): agents is NonNullable<typeof agents> {
  return typeof agents === "object" && agents !== null;
}
