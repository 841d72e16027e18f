export {
  type AcsAgents,
  AcsCluster,
  type AcsClusterProps,
  agentPool,
  checkAgents,
  withAcsSize,
} from "./acs-cluster";
export { Alarms, type AlarmsProps, areActions } from "./alarms";
export { type IAzureCluster, type IJoinSecret, type INodeSecurity } from "./azure-cluster";
export { Cluster, type ClusterProps } from "./cluster";
export { Container, type ContainerProps, type IContainer, isAccountName } from "./container";
export { ControlPlane, type ControlPlaneProps, type PublicApi } from "./control-plane";
export { checkControlPlane, isControlPlaneName } from "./control-plane-rules";
export { type AliasTarget, Dns, type DnsProps, type ExistingZone, isZoneIn, type PublicZone } from "./dns";
export { type PlatformGrant } from "./grants/platform";
export { retirementOf } from "./instance-type";
export {
  type Architecture,
  isMachineImage,
  type MachineImage,
  suitsMaster,
  suitsNode,
} from "./machine-image";
export { ACCESS } from "./master-boot";
export { type IAzureNetwork, Network, type NetworkProps } from "./network";
export { isNetworkName } from "./network-rules";
export { NodePool, type NodePoolProps } from "./node-pool";
export { type AzureNodePoolSurroundings, checkAzureNodePool } from "./node-pool-rules";
export { ObjectStore, type ObjectStoreProps, storeOf } from "./object-store";
export { type Place } from "./place";
export { isPlace, isResourceGroupName, isSubscription } from "./place-rules";
export { featuresFor, type Rollout } from "./rollout";
export { type ISealingKey, isVaultName, SealingKey, sealingKeyOf, type SealingKeyProps } from "./sealing-key";
export { type ISecurityGroup } from "./security-group";
export { accountName, vaultName } from "./unique-name";
export { UnsealingKey, unsealingKeyOf, type UnsealingKeyProps } from "./unsealing-key";
export { areZones, isRegion } from "./zone";
