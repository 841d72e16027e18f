import { Token } from "cdktf";
import { checkLender, checkVersions, isDomain, type NodePoolSpec, type Problems, type Rule } from "../core";
import type { IAzureCluster } from "./azure-cluster";
import { isAccountName } from "./container";
import { hasOneSubnet, isControlPlaneName } from "./control-plane-rules";
import type { PlatformGrant } from "./grants/platform";
import { isPlace, isResourceGroupName } from "./place-rules";
import { areZones } from "./zone";

/** A text of this form. What only Terraform knows is taken as it is. */
function isLike(pattern: RegExp, mustHold: string): Rule<string> {
  return (text) =>
    typeof text === "string" && (Token.isUnresolved(text) || pattern.test(text))
      ? []
      : [{ mustHold, got: text }];
}

/** The whole id of a resource, such as "Microsoft.KeyVault/vaults/*": what stands for a star is a name. */
function isIdOf(type: string): Rule<string> {
  const pattern = type.replace(/\*/g, "[\\w.()-]+");
  return isLike(
    RegExp(`^/subscriptions/[\\w-]+/resourceGroups/[\\w.()-]+/providers/${pattern}$`),
    `must be an id such as /subscriptions/<id>/resourceGroups/<name>/providers/${type.replace(/\*/g, "<name>")}`,
  );
}

const isAddress = isLike(
  /^https:\/\/[A-Za-z0-9.-]+(:\d+)?(\/[A-Za-z0-9$._-]+)*$/,
  "must be an address with https and no slash at its end, such as https://acmestore.blob.core.windows.net/cluster",
);

/** @see https://learn.microsoft.com/azure/storage/blobs/storage-blobs-introduction#containers */
const isContainerName = isLike(
  /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/,
  "must be a container's name: 3 to 63 lower-case letters, digits and single hyphens",
);

/** @see https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#objects-identifiers-and-versioning */
const NAME_IN_VAULT = /^[0-9A-Za-z-]{1,127}$/;

const isSecretName = isLike(
  NAME_IN_VAULT,
  'must be a secret\'s name, such as "join": letters, digits and hyphens',
);

const isKeyName = isLike(
  NAME_IN_VAULT,
  'must be a key\'s name, such as "unseal": letters, digits and hyphens',
);

/**
 * Adds what is wrong with the cluster that a pool is given, as far as the pool needs it. What stands there becomes rights of the
 * pool's nodes.
 */
export function checkPoolCluster(
  problems: Problems,
  cluster: IAzureCluster,
  { role }: Pick<NodePoolSpec, "role">,
): void {
  const { resourceName, place, network, store, joinSecret, nodeSecurity, publicZone } = cluster;
  const given = problems.in("cluster");
  checkVersions(given, cluster);
  given.check("resourceName", resourceName, isControlPlaneName);
  given.check("place", place, isPlace);

  const inNetwork = given.in("network");
  inNetwork.check("zones", network.zones, areZones);
  const subnets = role === "loadbalancer" ? "publicSubnetIds" : "privateSubnetIds";
  inNetwork.check(subnets, network[subnets], hasOneSubnet);

  const inStore = given.in("store");
  inStore.check("name", store.name, isContainerName);
  inStore.check("account", store.account, isAccountName);
  inStore.check(
    "id",
    store.id,
    isIdOf("Microsoft.Storage/storageAccounts/*/blobServices/default/containers/*"),
  );
  inStore.check("url", store.url, isAddress);
  given.in("joinSecret").check("name", joinSecret.name, isSecretName);
  given.in("joinSecret").check("vaultId", joinSecret.vaultId, isIdOf("Microsoft.KeyVault/vaults/*"));
  given.in("joinSecret").check("vaultUrl", joinSecret.vaultUrl, isAddress);
  given
    .in("nodeSecurity")
    .check("members", nodeSecurity.members, isIdOf("Microsoft.Network/applicationSecurityGroups/*"));
  given
    .in("nodeSecurity")
    .check("services", nodeSecurity.services, isIdOf("Microsoft.Network/networkSecurityGroups/*"));
  if (publicZone !== undefined) {
    if (!Token.isUnresolved(publicZone.name)) {
      given.in("publicZone").check("name", publicZone.name, isDomain);
    }
    given.in("publicZone").check("resourceGroup", publicZone.resourceGroup, isResourceGroupName);
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
  const { name, vaultId } = lends.unsealingKey;
  const given = problems.in("lends").in("unsealingKey");
  given.check("name", name, isKeyName);
  given.check("vaultId", vaultId, isIdOf("Microsoft.KeyVault/vaults/*"));
}
