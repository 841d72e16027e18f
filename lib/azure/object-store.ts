import type { StorageManagementPolicyRule } from "@cdktf/provider-azurerm/lib/storage-management-policy";
import { Construct } from "constructs";
import { CONSUL_SNAPSHOTS, Problems } from "../core";
import { Container, containerOf, type IContainer, isAccountName } from "./container";
import type { Place } from "./place";
import { isPlace } from "./place-rules";

export interface ObjectStoreProps {
  /**
   * The storage account's name, unique in the world; 3 to 24 lower-case letters and digits. `accountName` makes one.
   */
  readonly name: string;
  /** Where it stands. */
  readonly place: Place;
  /**
   * Whether the store outlives what it was made for. With true, Terraform refuses to destroy it. With false, destroying it
   * deletes every snapshot.
   * @default true
   */
  readonly retainData?: boolean;
  /**
   * Whether Consul's snapshots lie in it, too, and are gone after 30 days.
   * @default false
   */
  readonly consulSnapshots?: boolean;
}

/** The only container of a store's account: the machines' scripts know one address, and put prefixes behind it. */
const CONTAINER = "cluster";

/**
 * How long a snapshot stays after it was made, once a master has tagged it as superseded by newer, verified ones: a week to go
 * back to. At one a minute that is some 20,000 blobs with their manifests.
 */
const SUPERSEDED_DAYS = 7;

/** As long as what was deleted can be brought back, by whomever and for whatever reason it was. */
const NOTICE_DAYS = 14;

/** How long a snapshot of Consul stays, whether a newer one has come or not. */
const CONSUL_DAYS = 30;

/**
 * The storage account of a cluster with its one container, each prefix with rules of its own:
 *
 * | prefix                   | holds                    | rules                                                              |
 * | ------------------------ | ------------------------ | ------------------------------------------------------------------ |
 * | `founding/`, `identity/` | who the cluster is       | nothing expires                                                    |
 * | `etcd/`                  | snapshots                | only what is tagged superseded expires                              |
 * | `boot/`                  | the machines' scripts    | written by Terraform                                               |
 * | `packages/`, `pin/`      | packages; an operator's  | nothing expires                                                    |
 * | `addons/consul/`         | Consul's snapshots       | expire                                                             |
 *
 * Versioned, encrypted with Azure's own keys, over TLS only, closed to the public. A container has no policy of its own, so
 * what masters may not do stands in their role, and nothing forbids an owner to delete. docs/boot-protocol.md says who writes what.
 *
 * @throws InvalidError with everything that is wrong with the props
 */
export class ObjectStore extends Construct implements IContainer {
  readonly name: string;
  readonly account: string;
  readonly id: string;
  readonly url: string;

  constructor(scope: Construct, id: string, props: ObjectStoreProps) {
    super(scope, id);
    const { name, place, retainData = true, consulSnapshots = false } = props;
    const problems = new Problems(this.node.path);
    problems.check("name", name, isAccountName);
    problems.check("place", place, isPlace);
    problems.throw();

    const container = new Container(this, "container", {
      name,
      place,
      container: CONTAINER,
      recoverableDays: NOTICE_DAYS,
      retain: retainData,
      lifecycle: [...LIFECYCLE, ...(consulSnapshots ? [CONSUL_LIFECYCLE] : [])],
    });

    this.name = container.name;
    this.account = container.account;
    this.id = container.id;
    this.url = container.url;
  }
}

/** The store of an account of this name, for those who are not in the stack that makes it. */
export function storeOf(place: Omit<Place, "location">, account: string): IContainer {
  return containerOf(place, account, CONTAINER);
}

const SNAPSHOTS = { blobTypes: ["blockBlob"], prefixMatch: [`${CONTAINER}/etcd/`] };

const LIFECYCLE: readonly StorageManagementPolicyRule[] = [
  {
    name: "superseded-snapshots",
    enabled: true,
    filters: {
      ...SNAPSHOTS,
      matchBlobIndexTag: [{ name: "superseded", operation: "==", value: "yes" }],
    },
    actions: { baseBlob: { deleteAfterDaysSinceModificationGreaterThan: SUPERSEDED_DAYS } },
  },
  {
    // What a version carries is not in the index, so there is nothing to tell expired ones by but that somebody has deleted
    // them: by the rule above, or by hand. Either way they can be brought back for as long as anything can.
    name: "deleted-snapshots",
    enabled: true,
    filters: SNAPSHOTS,
    actions: { version: { deleteAfterDaysSinceCreation: SUPERSEDED_DAYS } },
  },
];

const CONSUL_LIFECYCLE: StorageManagementPolicyRule = {
  name: "consul-snapshots",
  enabled: true,
  filters: { blobTypes: ["blockBlob"], prefixMatch: [`${CONTAINER}/${CONSUL_SNAPSHOTS}/`] },
  actions: {
    baseBlob: { deleteAfterDaysSinceModificationGreaterThan: CONSUL_DAYS },
    version: { deleteAfterDaysSinceCreation: CONSUL_DAYS },
  },
};
