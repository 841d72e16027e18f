import { Token } from "cdktf";
import { areApartFrom, DEFAULT_CIDR_BLOCK, isNetworkRange, Problems, type Rule } from "../core";
import type { NetworkProps } from "./network";
import { isPlace } from "./place-rules";
import { areZones } from "./zone";

/**
 * A name that leaves room for what the network's resources add to it: a virtual network's has 64 characters at most.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftnetwork
 */
export const isNetworkName: Rule<string> = (name) =>
  Token.isUnresolved(name) || /^[A-Za-z0-9]([A-Za-z0-9-]{0,46}[A-Za-z0-9])?$/.test(name)
    ? []
    : [
        {
          mustHold: "must be letters, digits and hyphens, at most 48, with no hyphen at either end",
          got: name,
        },
      ];

/** @throws InvalidError with everything that is wrong with a network's props */
export function checkNetwork(path: string, props: NetworkProps): void {
  const { name, place, cidrBlock = DEFAULT_CIDR_BLOCK, peeredRanges = [], zones } = props;
  const problems = new Problems(path);
  problems.check("name", name, isNetworkName);
  problems.check("place", place, isPlace);
  problems.check("cidrBlock", cidrBlock, isNetworkRange);
  problems.check("peeredRanges", peeredRanges, areApartFrom(cidrBlock));
  problems.check("zones", zones, areZones);
  problems.throw();
}
