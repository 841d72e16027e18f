import { Token } from "cdktf";
import { checkLender, checkVersions, isDomain, type NodePoolSpec, type Problems, type Rule } from "../core";
import type { IAwsCluster } from "./aws-cluster";
import { isBucketName } from "./bucket";
import { hasSubnetInEachZone, isControlPlaneName } from "./control-plane-rules";
import type { PlatformGrant } from "./grants/platform";
import { areZones } from "./zone";

/** A text of this form. What only Terraform knows is taken as it is. */
function isLike(pattern: RegExp, mustHold: string): Rule<string> {
  return (text) =>
    typeof text === "string" && (Token.isUnresolved(text) || pattern.test(text))
      ? []
      : [{ mustHold, got: text }];
}

const isStoreUrl = isLike(
  /^https:\/\/[A-Za-z0-9.-]+(:\d+)?(\/[A-Za-z0-9._-]+)*$/,
  "must be an address with https and no slash at its end, such as https://acme-store.s3.eu-west-1.amazonaws.com",
);

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html */
const isAlias = isLike(
  /^alias\/(?!aws\/)[A-Za-z0-9/_-]{1,250}$/,
  'must be a key\'s alias, such as "alias/acme-prod"',
);

/**
 * One parameter: with a wildcard in it, nodes could read others too.
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
 */
const isParameter = isLike(
  /^(?=.{2,1011}$)(\/[A-Za-z0-9_.-]+){1,15}$/,
  'must be a parameter\'s whole name, such as "/keelson/acme-prod/join"',
);

const isSecurityGroup = isLike(
  /^sg-[0-9a-z]+$/,
  'must be a security group\'s id, such as "sg-0a1b2c3d4e5f60718"',
);

const isVpc = isLike(/^vpc-[0-9a-z]+$/, 'must be a VPC\'s id, such as "vpc-0a1b2c3d4e5f60718"');

const isZoneId = isLike(/^Z[A-Z0-9]{1,31}$/, 'must be a zone\'s id, such as "Z0123456789ABCDEFGHIJ"');

/**
 * Adds what is wrong with the cluster that a pool is given, as far as the pool needs it. What stands there becomes rights of the
 * pool's nodes.
 */
export function checkPoolCluster(
  problems: Problems,
  cluster: IAwsCluster,
  { role }: Pick<NodePoolSpec, "role">,
): void {
  const { resourceName, network, store, nodeSecurity, publicZone } = cluster;
  const given = problems.in("cluster");
  checkVersions(given, cluster);
  given.check("resourceName", resourceName, isControlPlaneName);
  given.check("sealingKey", cluster.sealingKey, isAlias);
  given.check("joinParameter", cluster.joinParameter, isParameter);

  const inNetwork = given.in("network");
  inNetwork.check("networkId", network.networkId, isVpc);
  inNetwork.check("zones", network.zones, areZones);
  const subnets = role === "loadbalancer" ? "publicSubnetIds" : "privateSubnetIds";
  inNetwork.check(subnets, network[subnets], hasSubnetInEachZone(network.zones));

  given.in("store").check("name", store.name, isBucketName);
  given.in("store").check("url", store.url, isStoreUrl);
  given.in("nodeSecurity").check("members", nodeSecurity.members, isSecurityGroup);
  given.in("nodeSecurity").check("services", nodeSecurity.services, isSecurityGroup);
  if (publicZone !== undefined) {
    given.in("publicZone").check("zoneId", publicZone.zoneId, isZoneId);
    if (!Token.isUnresolved(publicZone.domain)) {
      given.in("publicZone").check("domain", publicZone.domain, isDomain);
    }
  }
}

/**
 * Adds what is wrong with what a pool lends, which becomes rights of whatever runs in the namespaces that may have it.
 */
export function checkLent(
  problems: Problems,
  lends: PlatformGrant | undefined,
  pool: Pick<NodePoolSpec, "role">,
): void {
  if (lends === undefined) {
    return;
  }
  checkLender(problems, pool);
  problems.in("lends").check("unsealingKey", lends.unsealingKey, isAlias);
}
