import type { IJoinSecret } from "../azure-cluster";
import type { IContainer } from "../container";
import { type PlatformGrant, platformGrants } from "./platform";
import { blobs, type Grant, groupOf, only, under } from "../rights";

/** What a node's boot works with. For its end it asks its own metadata service, which wants no rights. */
export interface NodeGrant {
  readonly store: Pick<IContainer, "id">;
  /** The secret with the join credentials. */
  readonly joinSecret: Pick<IJoinSecret, "name" | "vaultId">;
  /** The pool's name: it reads no other pool's scripts. */
  readonly pool: string;
  /** What pods do as the machines, if any may. */
  readonly lends?: PlatformGrant;
}

/** What the nodes of a pool may do. docs/iam-azure.md names the caller of each action. */
export function nodeGrants({ store, joinSecret, pool, lends }: NodeGrant): Readonly<Record<string, Grant>> {
  const secrets = (action: string) => `Microsoft.KeyVault/vaults/secrets/${action}/action`;
  return {
    scripts: {
      scope: store.id,
      group: groupOf(store.id),
      dataActions: [blobs("read")],
      // It is also what lists are made with, but a list has no path.
      condition: only(blobs("read"), under([`boot/node/${pool}`, "packages"])),
    },
    join: {
      scope: `${joinSecret.vaultId}/secrets/${joinSecret.name}`,
      group: groupOf(joinSecret.vaultId),
      dataActions: [secrets("getSecret"), secrets("readMetadata")],
    },
    ...(lends && platformGrants({ store, ...lends })),
  };
}
