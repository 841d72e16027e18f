import type { IContainer } from "../container";
import { blobs, type Grant, groupOf, only, requestedTag, resource } from "../rights";
import type { ISealingKey } from "../sealing-key";

/** What the boot and the backups of a master work with. */
export interface BootGrant {
  readonly store: Pick<IContainer, "id">;
  readonly sealingKey: Pick<ISealingKey, "name" | "vaultId">;
  /** The id of the resource group that the master's scale set is in. */
  readonly groupId: string;
}

/** The prefixes of the store that a master puts blobs under. It deletes none. */
const WRITE = ["founding", "identity", "etcd", "packages"];

/** The only blobs that it ever changes: its own epoch's record. */
const CHANGED = ["identity/epochs"];

/** For the scripts that rebuild a master and back it up. docs/iam-azure.md names the caller of each action. */
export function bootGrants({ store, sealingKey, groupId }: BootGrant): Readonly<Record<string, Grant>> {
  const vault = (action: string) => `Microsoft.KeyVault/vaults/${action}`;
  return {
    store: {
      scope: store.id,
      group: groupOf(store.id),
      dataActions: [blobs("read"), blobs("add/action"), blobs("write"), blobs("tags/write")],
      // Whoever may add and not write puts what is new, and overwrites nothing.
      // https://learn.microsoft.com/rest/api/storageservices/put-blob#authorization
      condition: [
        only(blobs("add/action"), under(WRITE)),
        only(blobs("write"), under(CHANGED)),
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
        "Microsoft.Compute/virtualMachineScaleSets/setOrchestrationServiceState/action",
        "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/read",
      ],
    },
  };
}

function under(prefixes: readonly string[]): string {
  const paths = prefixes.map((prefix) => `${resource("path")} StringLike '${prefix}/*'`);
  return paths.length === 1 ? paths.join() : `(${paths.join(" OR ")})`;
}
