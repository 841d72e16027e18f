# shellcheck shell=bash
# Who is in the cluster's node pools: scale sets of the master's own resource group that carry the autoscaler's tag with the
# cluster's name. The name of a tag has no slash on Azure, and the autoscaler reads an underscore for it:
# https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/azure/README.md

POOL_TAG=cluster-autoscaler-name

# "NODE ROLE/POOL" of each machine that is in a pool, on a line: the host's name, and what the set's tags say, which the
# autoscaler reads too. Not 0 where there may be more of them than it says.
cloud_pool_nodes() {
  local resource of sets name is answer=0
  resource=$(remembered resource compute resourceId) || return "$UNREACHABLE"
  of=${resource%%/providers/*}/providers/Microsoft.Compute/virtualMachineScaleSets
  sets=$(arm_pages "$of" pool_sets) || return "$?"
  while read -r name is; do
    [ -n "$name" ] || continue
    arm_pages "$of/$name/virtualMachines" set_nodes "$is" || answer=$?
  done <<<"$sets"
  return "$answer"
}

# arm_pages RESOURCE-ID FILTER...: what the filter makes of the elements of each page of a list. Not 0 where a page is missing, or
# not all of one could be read.
# https://learn.microsoft.com/rest/api/compute/virtual-machine-scale-sets/list
# https://learn.microsoft.com/rest/api/compute/virtual-machine-scale-set-vms/list
arm_pages() {
  local of=$1 page next answer=0
  shift
  while :; do
    arm GET "$of" || return "$?"
    azure_answer || return "$?"
    # Without a list in it, it would be taken for one of nothing.
    [[ $REPLY_BODY =~ \"value\"[[:space:]]*:[[:space:]]*\[ ]] || return "$UNREACHABLE"
    page=$(printf '%s' "$REPLY_BODY" | json) || return "$UNREACHABLE"
    "$@" <<<"$page" || answer=$UNREACHABLE
    next=$(next_page <<<"$page") && [ "$next" != "$of" ] || return "$UNREACHABLE"
    [ -n "$next" ] || return "$answer"
    of=$next
  done
}

# The path of the next page with its query, nothing where there is none. The token goes with the question, so it is asked of no
# other host.
next_page() { # of a page's elements on standard input
  local link base=${ARM_URL:-https://management.azure.com} path='^(:443)?(/[^][{}\\[:space:]]+)$'
  link=$(sed -n 's/^\.nextLink //p')
  [ -n "$link" ] && [ "$link" != null ] || return 0
  [[ $link == "$base"* && ${link#"$base"} =~ $path ]] || { say "the next page is at ${link%%\?*}, which nobody asks" && return 1; }
  printf '%s\n' "${BASH_REMATCH[2]}"
}

# "SET ROLE/POOL" of each that is a pool of this cluster, on a line. One without one of the two, or with what is no label's value,
# does not give it to its machines. A tag's name is the same in either case:
# https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources
pool_sets() { # of a page's elements on standard input
  awk -v cluster="$CLUSTER" -v mine="tags.$POOL_TAG" \
    -v tag="tags.k8s.io_cluster-autoscaler_node-template_label_" -v role="${NODE_ROLE//\//_}" -v pool="${NODE_POOL//\//_}" '
    function label(value) { return value ~ /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/ && length(value) <= 63 ? value : "" }
    match($0, /^\.value\[[0-9]+\]\./) {
      set = substr($0, 1, RLENGTH)
      rest = substr($0, RLENGTH + 1)
      name = substr(rest, 1, index(rest, " ") - 1)
      text = substr(rest, length(name) + 2)
      if (name == "name" && text ~ /^[A-Za-z0-9._-]+$/) called[set] = text
      if (tolower(name) == mine && text == cluster) owned[set] = 1
      if (index(tolower(name), tag) == 1) said[set, tolower(substr(name, length(tag) + 1))] = label(text)
    }
    END {
      for (set in called) {
        is = said[set, role] "/" said[set, pool]
        if (set in owned && is != "/") print called[set], is
      }
    }'
}

# "NODE ROLE/POOL" of each machine; not 0 where one has no name yet.
set_nodes() { # ROLE/POOL, of a page's elements on standard input
  awk -v is="$1" '
    match($0, /^\.value\[[0-9]+\]\./) {
      machine = substr($0, 1, RLENGTH)
      there[machine] = 1
      if (substr($1, RLENGTH + 1) == "properties.osProfile.computerName" && tolower($2) ~ /^[a-z0-9.-]+$/) name[machine] = tolower($2)
    }
    END {
      for (machine in there) if (machine in name) print name[machine], is; else unnamed = 1
      exit unnamed
    }'
}
