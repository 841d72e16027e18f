export { type IAzureNetwork, Network, type NetworkProps } from "./network";
export { isNetworkName } from "./network-rules";
export { type Place } from "./place";
export { isPlace, isResourceGroupName, isSubscription } from "./place-rules";
export { areZones, isRegion } from "./zone";
