export { ALARM_CODES, type AlarmCode } from "./alarm-codes";
export {
  BootBundle,
  type BootBundleProps,
  type BootRole,
  type Cloud,
  type UserDataProps,
} from "./boot-bundle";
export { BootScript } from "./boot-script";
export { areApiRanges } from "./api-ranges";
export {
  areApartFrom,
  checkClusterRanges,
  DEFAULT_POD_CIDR,
  DEFAULT_SERVICE_CIDR,
  isNamed,
} from "./cluster-ranges";
export type { ICluster } from "./cluster";
export type { ClusterAccess } from "./cluster-access";
export { nodeVersionOf, tagNameOf } from "./cluster-names";
export {
  DEFAULT_CIDR_BLOCK,
  isNetworkRange,
  isRange,
  overlaps,
  spanningRanges,
  ZONE_SLOTS,
  zoneRanges,
  type ZoneRanges,
} from "./cidr-plan";
export { type CoreAddon, coreAddons, unverifiedAddons } from "./core-addons";
export { isDomain, isLabel, LABEL, SUBDOMAIN } from "./domain";
export { exitOnInvalid, type Fault, InvalidError, Problems, type Rule } from "./invalid";
export { checkVersions, etcdVersionFor, followsOn, isKubernetesVersion, minorOf } from "./kubernetes-version";
export { CONTAINERD_PACKAGES, kubernetesPackages } from "./machine-packages";
export type { INetwork } from "./network";
export { areNodeLabels, isNodeKey, isNodeValue, LABEL_TEXT } from "./node-label";
export { checkLender, kubeletTexts, MASTER_LABELS, nodeLabelsOf, nodeTaintsOf } from "./node-pool-role";
export { areNamedApart, fitInto, haveOneWildcard } from "./node-pool-set";
export { areMachineTypes, checkNodePool } from "./node-pool-rules";
export { checkPoolShape, type SoundKey } from "./node-pool-shape";
export {
  type NodePoolRole,
  type NodePoolSpec,
  type NodePoolSurroundings,
  withNodePoolDefaults,
} from "./node-pool-spec";
export { areNodeTaints, type NodeTaint, TAINT_EFFECTS, type TaintEffect } from "./node-taint";
export { isNodeVersionOf } from "./node-version";
export { CONSUL_SNAPSHOTS, type IObjectStore } from "./object-store";
export { type Port, PORTS } from "./ports";
export { checkPublicNames, isZoneOf } from "./public-names";
