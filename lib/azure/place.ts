/**
 * Where a stack's resources stand. Plain data: the stack makes its resource group, since all of its parts share it, and
 * destroying one stack's group must not take another's with it.
 */
export interface Place {
  /** The id of the subscription that the stack's provider works in. */
  readonly subscription: string;
  /** The resource group's name. */
  readonly resourceGroup: string;
  /** Such as "eastus". */
  readonly location: string;
}

/** The id of a resource group: what rights are kept to that no single resource can hold yet. */
export function groupId({ subscription, resourceGroup }: Omit<Place, "location">): string {
  return `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;
}

/** What resources say of where they stand. */
export function placed({ resourceGroup, location }: Omit<Place, "subscription">) {
  return { resourceGroupName: resourceGroup, location };
}
