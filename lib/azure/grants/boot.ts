import type { IContainer } from "../container";
import { blobs, type Grant, groupOf, only, requestedTag, under } from "../rights";
import type { ISealingKey } from "../sealing-key";

/** What the boot and the backups of a master work with. */
export interface BootGrant {
  readonly store: Pick<IContainer, "id">;
  readonly sealingKey: Pick<ISealingKey, "name" | "vaultId">;
  /** The id of the resource group that the master's scale set is in. */
  readonly groupId: string;
}

/**
 * The prefixes of the store that a master puts blobs under. It deletes none, and never asks for one to be overwritten but its own
 * epoch's record.
 *
 * There is a right to create and not to overwrite, `add/action`. It is not taken: nothing says whether who has only that is told
 * "it is there" or "you may not" of a blob that is, and a master that resumes its first boot has to hear the first.
 */
const WRITE = ["founding", "identity", "etcd", "packages"];

/** For the scripts that rebuild a master and back it up. docs/iam-azure.md names the caller of each action. */
export function bootGrants({ store, sealingKey, groupId }: BootGrant): Readonly<Record<string, Grant>> {
  const vault = (action: string) => `Microsoft.KeyVault/vaults/${action}`;
  return {
    store: {
      scope: store.id,
      group: groupOf(store.id),
      dataActions: [blobs("read"), blobs("write"), blobs("tags/write")],
      condition: [
        only(blobs("write"), under(WRITE)),
        // The only tag that it sets.
        only(blobs("tags/write"), `${under(["etcd"])} AND ${requestedTag("superseded")} StringEquals 'yes'`),
      ].join(" AND "),
    },
    secrets: {
      // The secrets are not there before a master has written them, so there is nothing smaller to keep it to.
      scope: sealingKey.vaultId,
      group: groupOf(sealingKey.vaultId),
      dataActions: [
        "secrets/getSecret/action",
        "secrets/readMetadata/action",
        "secrets/setSecret/action",
      ].map(vault),
    },
    sealing: {
      scope: `${sealingKey.vaultId}/keys/${sealingKey.name}`,
      group: groupOf(sealingKey.vaultId),
      dataActions: ["keys/decrypt/action", "keys/encrypt/action"].map(vault),
    },
    "own-group": {
      // The scale set itself comes after its rights.
      scope: groupId,
      group: groupId,
      actions: [
        "Microsoft.Compute/virtualMachineScaleSets/read",
        "Microsoft.Compute/virtualMachineScaleSets/setOrchestrationServiceState/action",
        "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/read",
      ],
    },
  };
}
