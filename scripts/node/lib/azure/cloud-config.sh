# shellcheck shell=bash
# What Azure's own programs in the cluster have to be told of it. The cloud controller and the disk driver read it as a file; of
# the autoscaler's it is values. There is no secret in it: they ask the metadata service for tokens of this machine's identity.
# https://cloud-provider-azure.sigs.k8s.io/install/configs/

CLOUD_CONFIG=${KEELSON_ROOT:-}/etc/kubernetes/azure.json

# Writes the file, and sets what values ask for. Needs TENANT, CLIENT_ID and SUBNET, and takes SERVICES_GROUP: the group
# that nodes wear, and that is opened for Services.
cloud_config() {
  local set location name='[A-Za-z0-9_.-]+' net=() opened=('' '')
  set=$(scale_set) && location=$(compute location) || return "$UNREACHABLE"
  # All of these end up in JSON, and none needs more than this.
  if ! [[ $TENANT$CLIENT_ID$location =~ ^[A-Za-z0-9-]+$ ]] ||
    ! [[ $set =~ ^/subscriptions/($name)/resourceGroups/($name)/providers/Microsoft\.Compute/ ]]; then
    say "one of these is no name: $TENANT, $CLIENT_ID, $location, $set"
    return 1
  fi
  SUBSCRIPTION=${BASH_REMATCH[1]} RESOURCE_GROUP=${BASH_REMATCH[2]}
  if ! [[ $SUBNET =~ /resourceGroups/($name)/providers/Microsoft\.Network/virtualNetworks/($name)/subnets/($name)$ ]]; then
    say "$SUBNET is no subnet"
    return 1
  fi
  net=("${BASH_REMATCH[@]:1}")
  if [ -n "${SERVICES_GROUP:-}" ]; then
    if ! [[ $SERVICES_GROUP =~ /resourceGroups/($name)/providers/Microsoft\.Network/networkSecurityGroups/($name)$ ]]; then
      say "$SERVICES_GROUP is no security group"
      return 1
    fi
    opened=("${BASH_REMATCH[@]:1}")
  fi
  mkdir -p "${CLOUD_CONFIG%/*}"
  {
    printf '{\n'
    printf '  "%s": "%s",\n' cloud AzurePublicCloud tenantId "$TENANT" subscriptionId "$SUBSCRIPTION" \
      resourceGroup "$RESOURCE_GROUP" location "$location" vmType vmss \
      vnetResourceGroup "${net[0]}" vnetName "${net[1]}" subnetName "${net[2]}" \
      securityGroupResourceGroup "${opened[0]}" securityGroupName "${opened[1]}" \
      userAssignedIdentityID "$CLIENT_ID" loadBalancerSku Standard loadBalancerBackendPoolConfigurationType nodeIP
    # By their addresses, since balancers that stand in a scale set's model would be a change of it to Terraform. And machines
    # leave by the network's own way.
    printf '  "disableOutboundSNAT": true,\n  "useInstanceMetadata": true,\n  "useManagedIdentityExtension": true\n}\n'
  } | write_whole "$CLOUD_CONFIG"
}
