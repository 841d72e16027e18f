/**
 * The resource types that hold what no deploy brings back, and what is lost with one. Of a type that is not here
 * nothing is claimed. A network counts too: all that stands in it goes with it.
 */
const STATEFUL: Readonly<Record<string, string>> = {
  aws_cloudwatch_log_group: "its logs",
  aws_db_instance: "the database",
  aws_dynamodb_table: "the table's data",
  aws_ebs_volume: "the volume's data",
  aws_ecr_repository: "its images",
  aws_efs_file_system: "its files",
  aws_eip: "the public address, which clients and allow lists may name",
  aws_eks_cluster: "the cluster",
  aws_kms_key: "all that is encrypted with it",
  aws_lb: "its address, and connections through it",
  aws_rds_cluster: "the database",
  aws_route53_zone: "its records, and its name servers that the domain delegates to",
  aws_s3_bucket: "all objects in it",
  aws_secretsmanager_secret: "the secret",
  aws_vpc: "the network, with all that stands in it",
  azurerm_container_registry: "its images",
  azurerm_cosmosdb_account: "its databases",
  azurerm_dns_zone: "its records, and its name servers that the domain delegates to",
  azurerm_key_vault: "its keys and secrets",
  azurerm_key_vault_key: "all that is encrypted with it",
  azurerm_key_vault_secret: "the secret",
  azurerm_kubernetes_cluster: "the cluster",
  azurerm_log_analytics_workspace: "its logs",
  azurerm_managed_disk: "the disk's data",
  azurerm_mssql_database: "the database",
  azurerm_postgresql_flexible_server: "its databases",
  azurerm_private_dns_zone: "its records",
  azurerm_public_ip: "the public address, which clients and allow lists may name",
  azurerm_resource_group: "everything in it",
  azurerm_storage_account: "everything stored in it",
  azurerm_storage_container: "all blobs in it",
  azurerm_virtual_network: "the network, with all that stands in it",
  google_compute_disk: "the disk's data",
  google_sql_database_instance: "its databases",
  google_storage_bucket: "all objects in it",
  kubernetes_namespace: "everything in it",
  kubernetes_namespace_v1: "everything in it",
  kubernetes_persistent_volume: "its data",
  kubernetes_persistent_volume_claim: "its data",
  kubernetes_persistent_volume_claim_v1: "its data",
  kubernetes_persistent_volume_v1: "its data",
};

/** The groups of machines. One at this path is a group of one: the master. */
const GROUPS = new Set(["aws_autoscaling_group", "azurerm_linux_virtual_machine_scale_set"]);
const MASTER = /(^|\/)control-plane\//;

/**
 * What is lost with a resource; undefined where nothing is known to be.
 *
 * @param path the construct's path in its stack
 */
export function lostWith(type: string, path = ""): string | undefined {
  if (GROUPS.has(type) && MASTER.test(path))
    return "the master: the API is away until another one has taken over";
  return Object.hasOwn(STATEFUL, type) ? STATEFUL[type] : undefined;
}

/** Whether machines of a resource come and go together. */
export function isGroup(type: string): boolean {
  return GROUPS.has(type);
}

/** Whether a resource is the group of one that the master is. */
export function isMaster(type: string, path = ""): boolean {
  return GROUPS.has(type) && MASTER.test(path);
}
