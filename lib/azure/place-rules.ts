import { Token } from "cdktf";
import type { Fault, Rule } from "../core";
import type { Place } from "./place";
import { isRegion } from "./zone";

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * A name that a resource group can have. Azure takes more characters; these are the ones that are safe in every id.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftresources
 */
export const isResourceGroupName: Rule<string> = (name) =>
  Token.isUnresolved(name) || /^[A-Za-z0-9_-]([A-Za-z0-9._-]{0,88}[A-Za-z0-9_-])?$/.test(name)
    ? []
    : [
        {
          mustHold:
            "must be at most 90 letters, digits, hyphens, underscores and dots, with no dot at either end",
          got: name,
        },
      ];

/** A subscription's id, in lower case, since Azure's ids are compared as text. */
export const isSubscription: Rule<string> = (subscription) =>
  Token.isUnresolved(subscription) || GUID.test(subscription)
    ? []
    : [
        {
          mustHold: "must be a subscription's id in lower case, such as 11111111-2222-3333-4444-555555555555",
          got: subscription,
        },
      ];

/** A place whose three parts are what they must be. */
export const isPlace: Rule<Place> = ({ subscription, resourceGroup, location }) => {
  const parts: Record<string, readonly Fault[]> = {
    subscription: isSubscription(subscription),
    resourceGroup: isResourceGroupName(resourceGroup),
    location: isRegion(location),
  };
  return Object.entries(parts).flatMap(([part, faults]) =>
    faults.map((fault) => ({
      ...fault,
      mustHold: fault.mustHold.replace(/^must/, `must have a '${part}' that must`),
    })),
  );
};
