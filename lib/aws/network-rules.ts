import { Token } from "cdktf";
import { areApartFrom, DEFAULT_CIDR_BLOCK, isNetworkRange, Problems, type Rule } from "../core";
import { isRetention } from "./flow-logs";
import type { NetworkProps } from "./network";
import { areZones } from "./zone";

/**
 * A name that leaves room for what the network's resources add to it: a role's name has 64 characters at most.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const isNetworkName: Rule<string> = (name) =>
  Token.isUnresolved(name) || (/^[A-Za-z0-9-]{1,48}$/.test(name) && !name.startsWith("sg-"))
    ? []
    : [{ mustHold: 'must be letters, digits and hyphens, at most 48, with no "sg-" before it', got: name }];

/**
 * A way out that the tenancy allows: of the burstable instances, only T3 can be dedicated.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances.html
 */
export const suitsTenancy: Rule<Pick<NetworkProps, "nat" | "tenancy">> = ({ nat, tenancy }) =>
  nat === "instance" && tenancy === "dedicated"
    ? [
        {
          mustHold: "must not be an instance where tenancy is dedicated, which a t4g.nano cannot be",
          got: nat,
          fix: 'take "single"',
        },
      ]
    : [];

/** @throws InvalidError with everything that is wrong with a network's props */
export function checkNetwork(path: string, props: NetworkProps): void {
  const { name, cidrBlock = DEFAULT_CIDR_BLOCK, peeredRanges = [], zones, flowLogRetentionDays = 30 } = props;
  const problems = new Problems(path);
  problems.check("name", name, isNetworkName);
  problems.check("cidrBlock", cidrBlock, isNetworkRange);
  problems.check("peeredRanges", peeredRanges, areApartFrom(cidrBlock));
  problems.check("zones", zones, areZones);
  problems.check("nat", props, suitsTenancy);
  problems.check("flowLogRetentionDays", flowLogRetentionDays, isRetention);
  problems.throw();
}
