# shellcheck shell=bash
# Of which role and pool each Node is: what its pool's group says, on labels that no kubelet may put on itself.
# https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction

NODE_ROLE=node-restriction.kubernetes.io/role
NODE_POOL=node-restriction.kubernetes.io/pool

# nodes_label: gives each Node of a pool its pool's role and name, and takes the labels off the Nodes that are in none. Not 0 where the
# cloud could not be asked in full: what it did say holds then, and nothing is taken off, since a Node that nobody spoke of
# may be in a pool all the same.
#
# A Node is known by its name, which NodeRestriction holds a kubelet to; its providerID, and all else in it, the kubelet
# writes itself.
nodes_label() {
  local pools nodes changes is names known=0 status=0
  pools=$(cloud_pool_nodes) || known=$?
  nodes=$(nodes_known) || return 1
  changes=$(nodes_changes "$pools" "$nodes") || return 1
  while read -r is names; do
    [ -n "$is" ] || continue
    if [ "$is" != / ]; then
      say "role and pool $is: $names"
    elif [ "$known" -eq 0 ]; then
      say "no role any more, since they are in no pool: $names"
    else
      continue
    fi
    # shellcheck disable=SC2086 # names
    kube label node --overwrite $names "$(node_label "$NODE_ROLE" "${is%%/*}")" "$(node_label "$NODE_POOL" "${is#*/}")" \
      >/dev/null || status=1
  done <<<"$changes"
  [ "$known" -eq 0 ] || { say "the cloud could not be asked in full for its pools ($(answer_name "$known"))" && return "$known"; }
  return "$status"
}

# "NAME ROLE/POOL" of each Node on a line, without what it has not.
nodes_known() {
  kube get nodes -o "jsonpath={range .items[*]}{.metadata.name} {.metadata.labels.${NODE_ROLE//./\\.}}/{.metadata.labels.${NODE_POOL//./\\.}}{'\n'}{end}"
}

# What `kubectl label` is told: to set it, or to take it off.
node_label() { # KEY, VALUE or nothing
  [ -n "$2" ] && printf '%s=%s\n' "$1" "$2" || printf '%s-\n' "$1"
}

# "ROLE/POOL NAME..." on a line for those that shall get that, "/ NAME..." for those that shall lose both.
nodes_changes() { # POOLS' NODES, NODES, each as "NAME ROLE/POOL" on a line
  awk '
    !NF { next }
    FNR == NR { is[$1] = $2; next }
    { wanted = $1 in is ? is[$1] : "/" }
    wanted != $2 { names[wanted] = names[wanted] " " $1 }
    END { for (change in names) print change names[change] }
  ' <(printf '%s\n' "$1") <(printf '%s\n' "$2")
}
