export {
  BootBundle,
  type BootBundleProps,
  type BootRole,
  type Cloud,
  type UserDataProps,
} from "./boot-bundle";
export { BootScript } from "./boot-script";
export {
  DEFAULT_CIDR_BLOCK,
  isNetworkRange,
  isRange,
  overlaps,
  ZONE_SLOTS,
  zoneRanges,
  type ZoneRanges,
} from "./cidr-plan";
export { exitOnInvalid, type Fault, InvalidError, Problems, type Rule } from "./invalid";
export type { INetwork } from "./network";
export { type Port, PORTS } from "./ports";
