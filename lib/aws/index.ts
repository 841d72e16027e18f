export { Alarms, type AlarmsProps, areActions } from "./alarms";
export { Bucket, type BucketProps, isBucketName } from "./bucket";
export { type IAwsCluster, type INodeSecurity } from "./aws-cluster";
export { Cluster, type ClusterProps } from "./cluster";
export { ControlPlane, type ControlPlaneProps, type PublicApi } from "./control-plane";
export { checkControlPlane, isControlPlaneName } from "./control-plane-rules";
export { type AliasTarget, Dns, type DnsProps, type ExistingZone, type PublicZone } from "./dns";
export { type PlatformGrant } from "./grants/platform";
export { isRetention, RETENTION_DAYS, type RetentionDays } from "./flow-logs";
export {
  type Architecture,
  isMachineImage,
  type MachineImage,
  suitsMaster,
  suitsNode,
} from "./machine-image";
export { accessParameters } from "./master-boot";
export { Network, type NetworkProps } from "./network";
export { isNetworkName, suitsTenancy } from "./network-rules";
export { NodePool, type NodePoolProps } from "./node-pool";
export { type AwsNodePoolSurroundings, checkAwsNodePool } from "./node-pool-rules";
export { ObjectStore, type ObjectStoreProps, storeUrl } from "./object-store";
export { sealingAlias, SealingKey, type SealingKeyProps } from "./sealing-key";
export { unsealingAlias, UnsealingKey, type UnsealingKeyProps } from "./unsealing-key";
export { areZones, areZonesOf, isRegion } from "./zone";
