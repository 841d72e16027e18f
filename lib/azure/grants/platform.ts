import { CONSUL_SNAPSHOTS } from "../../core";
import type { IContainer } from "../container";
import { blobs, type Grant, groupOf, only, under } from "../rights";
import type { ISealingKey } from "../sealing-key";

/** What Consul and Vault do in the name of the machines that they run on. */
export interface PlatformGrant {
  readonly unsealingKey: Pick<ISealingKey, "name" | "vaultId">;
}

/**
 * For pods that act as their machine. docs/iam-azure.md names the caller of each action. What is put is never read, overwritten or
 * deleted: unlike a master that resumes its first boot, nobody here has to be told that a blob is there already.
 */
export function platformGrants({
  store,
  unsealingKey,
}: PlatformGrant & { readonly store: Pick<IContainer, "id"> }): Readonly<Record<string, Grant>> {
  const keys = (action: string) => `Microsoft.KeyVault/vaults/keys/${action}`;
  return {
    snapshots: {
      scope: store.id,
      group: groupOf(store.id),
      dataActions: [blobs("add/action")],
      condition: only(blobs("add/action"), under([CONSUL_SNAPSHOTS])),
    },
    unsealing: {
      scope: `${unsealingKey.vaultId}/keys/${unsealingKey.name}`,
      group: groupOf(unsealingKey.vaultId),
      dataActions: [keys("read"), keys("unwrap/action"), keys("wrap/action")],
    },
  };
}
