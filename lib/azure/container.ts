import { StorageAccount } from "@cdktf/provider-azurerm/lib/storage-account";
import { StorageContainer } from "@cdktf/provider-azurerm/lib/storage-container";
import {
  StorageManagementPolicy,
  type StorageManagementPolicyRule,
} from "@cdktf/provider-azurerm/lib/storage-management-policy";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { type IObjectStore, Problems, type Rule } from "../core";
import { groupId, type Place, placed } from "./place";
import { isPlace } from "./place-rules";

/** Where blobs are kept, by what machines and rights know it: one of ours, or one that you already have. */
export interface IContainer extends IObjectStore {
  /** The storage account that it is in. */
  readonly account: string;
  /** The container's own id, which rights are kept to. */
  readonly id: string;
}

export interface ContainerProps {
  /** The storage account's name, unique in the world; 3 to 24 lower-case letters and digits. `accountName` makes one. */
  readonly name: string;
  /** Where it stands. */
  readonly place: Place;
  /** What the only container in it is called. */
  readonly container: string;
  /**
   * How many days what was deleted can be brought back, and is paid for: a whole number from 1 to 365. What was overwritten stays as an
   * old version until the lifecycle takes it.
   * @default 14
   * @see https://learn.microsoft.com/azure/storage/blobs/soft-delete-blob-overview
   */
  readonly recoverableDays?: number;
  /**
   * Whether Terraform refuses to destroy the account. With false, destroying it deletes all that is in it.
   * @default true
   */
  readonly retain?: boolean;
  /**
   * What its lifecycle does.
   * @default nothing: old versions are kept
   */
  readonly lifecycle?: readonly StorageManagementPolicyRule[];
}

/** @see https://learn.microsoft.com/azure/storage/common/storage-account-overview#storage-account-name */
export const isAccountName: Rule<string> = (name) =>
  Token.isUnresolved(name) || /^[a-z0-9]{3,24}$/.test(name)
    ? []
    : [{ mustHold: "must be 3 to 24 lower-case letters and digits", got: name }];

const isDays: Rule<number> = (days) =>
  Token.isUnresolved(days) || (Number.isInteger(days) && days >= 1 && days <= 365)
    ? []
    : [{ mustHold: "must be a whole number from 1 to 365", got: days }];

/**
 * A private, versioned, encrypted container in a storage account of its own, that answers over TLS only and to nobody but those
 * whom Entra knows: there are no account keys, and so no shared access signatures that outlive who made them.
 *
 * It is encrypted twice, with Azure's own keys: the second time costs nothing, and cannot be switched on later. It is
 * kept in three zones.
 *
 * @throws InvalidError with everything that is wrong with the props
 */
export class Container extends Construct implements IContainer {
  readonly name: string;
  readonly account: string;
  readonly id: string;
  readonly url: string;

  constructor(scope: Construct, id: string, props: ContainerProps) {
    super(scope, id);
    const { name, place, container, recoverableDays = 14, retain = true, lifecycle = [] } = props;
    const problems = new Problems(this.node.path);
    problems.check("name", name, isAccountName);
    problems.check("place", place, isPlace);
    problems.check("recoverableDays", recoverableDays, isDays);
    problems.throw();

    const account = new StorageAccount(this, "Resource", {
      name,
      ...placed(place),
      accountKind: "StorageV2",
      accountTier: "Standard",
      accountReplicationType: "ZRS",
      minTlsVersion: "TLS1_2",
      httpsTrafficOnlyEnabled: true,
      sharedAccessKeyEnabled: false,
      defaultToOauthAuthentication: true,
      localUserEnabled: false,
      allowNestedItemsToBePublic: false,
      crossTenantReplicationEnabled: false,
      infrastructureEncryptionEnabled: true,
      // It would keep no versions.
      isHnsEnabled: false,
      blobProperties: {
        versioningEnabled: true,
        deleteRetentionPolicy: { days: recoverableDays },
        containerDeleteRetentionPolicy: { days: recoverableDays },
      },
      lifecycle: { preventDestroy: retain },
    });
    if (lifecycle.length > 0) {
      new StorageManagementPolicy(this, "lifecycle", { storageAccountId: account.id, rule: [...lifecycle] });
    }
    const only = new StorageContainer(this, "container", {
      name: container,
      storageAccountId: account.id,
      containerAccessType: "private",
      lifecycle: { preventDestroy: retain },
    });

    this.account = account.name;
    this.name = only.name;
    this.id = only.id;
    this.url = `https://${name}.blob.core.windows.net/${container}`;
  }
}

/** A container by its names, for those who are not in the stack that makes it. */
export function containerOf(place: Omit<Place, "location">, account: string, name: string): IContainer {
  return {
    name,
    account,
    id: `${groupId(place)}/providers/Microsoft.Storage/storageAccounts/${account}/blobServices/default/containers/${name}`,
    url: `https://${account}.blob.core.windows.net/${name}`,
  };
}
