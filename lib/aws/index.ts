export { Bucket, type BucketProps, isBucketName } from "./bucket";
export { isRetention, RETENTION_DAYS, type RetentionDays } from "./flow-logs";
export { Network, type NetworkProps } from "./network";
export { isNetworkName, suitsTenancy } from "./network-rules";
export { areZones, areZonesOf, isRegion } from "./zone";
