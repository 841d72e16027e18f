import { z } from "zod";
import { areActions, areZones, isRegion, isSubscription } from "../../lib/azure";
import { isNetworkRange, isRange } from "../../lib/core";
import type { AzureEnvironment } from "./azure-environment";
import { isExisting } from "./environment";
import {
  common,
  controlPlaneLike,
  environmentLike,
  holds,
  IS_NETWORK,
  matching,
  nodePoolLike,
  peeredRanges,
  platform,
  publicZoneLike,
} from "./schema";

const WORDS = { image: "Canonical:ubuntu-24_04-lts:server:24.04.202510010", type: "Standard_D2s_v5" };

/** @see https://learn.microsoft.com/azure/availability-zones/az-overview */
const zones = z
  .array(
    z.string("must be a zone's number in quotes"),
    'must name two or three zones, such as ["1", "2", "3"]',
  )
  .check(holds(areZones));

const newNetwork = z.strictObject(
  {
    cidrBlock: z.string("must be an IPv4 range").check(holds(isNetworkRange)).optional(),
    peeredRanges,
    zones,
  },
  IS_NETWORK,
);

const VNET =
  "/subscriptions/[0-9a-f-]{36}/resourceGroups/[\\w.()-]+/providers/Microsoft\\.Network/virtualNetworks/[\\w.-]+";

const subnetId = matching(
  RegExp(`^${VNET}/subnets/[\\w.-]+$`),
  "must be a subnet's id, such as /subscriptions/.../virtualNetworks/<name>/subnets/<name>",
);

const existingNetwork = z.strictObject(
  {
    networkId: matching(
      RegExp(`^${VNET}$`),
      "must be a virtual network's id, such as /subscriptions/.../virtualNetworks/<name>",
    ),
    cidrBlock: z.string("must be the virtual network's IPv4 range").check(holds(isRange)),
    peeredRanges,
    zones,
    privateSubnetIds: z
      .array(subnetId, "must name the private subnet")
      .length(1, "must name one private subnet"),
    publicSubnetIds: z
      .array(subnetId, "must name the public subnet")
      .length(1, "must name one public subnet"),
    privateFence: z
      .strictObject(
        {
          name: matching(/^[\w.-]{1,80}$/, "must be a security group's name"),
          resourceGroup: matching(/^[\w.()-]{1,90}$/, "must be the resource group that it is in"),
        },
        'must be { name: "...", resourceGroup: "..." }',
      )
      .optional(),
  },
  IS_NETWORK,
);

/** A pool of a name and a role that are given, and with sizes and a least count of its own. */
const agents = z.strictObject(
  nodePoolLike(WORDS)
    .omit({ name: true, role: true, wildcard: true })
    .partial({ machineTypes: true, minCount: true }).shape,
  "must be the agents' image, maxCount and the like",
);

const zoneId = z.string("must be a zone's id");

/** What an environment on Azure may say, key by key; what its keys must be to one another is `validate`'s business. */
export function azureSchema(network: unknown) {
  const { name, prefix, domain, retainData } = common;
  return environmentLike({
    name,
    cloud: z.literal("azure", 'must be "azure"'),
    prefix,
    subscription: z.string("must be a subscription's id, in quotes").check(holds(isSubscription)),
    location: z.string('must be a region such as "eastus"').check(holds(isRegion)),
    domain,
    network: isExisting(network as object) ? existingNetwork : newNetwork,
    publicZone: publicZoneLike(zoneId, "/subscriptions/..."),
    controlPlane: controlPlaneLike(WORDS),
    agents: agents.optional(),
    nodePools: z.array(nodePoolLike(WORDS), "must be a list of node pools").optional(),
    platform,
    retainData,
    alarmActions: z
      .array(z.string("must be an action group's id"), "must be a list of action groups' ids")
      .check(holds(areActions))
      .optional(),
  }) satisfies z.ZodType<AzureEnvironment>;
}
