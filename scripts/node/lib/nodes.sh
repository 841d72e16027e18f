# shellcheck shell=bash
# Which role each Node has: what its pool's group says, on a label that no kubelet may put on itself.
# https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction

NODE_ROLE=node-restriction.kubernetes.io/role

# nodes_label: gives each Node of a pool its pool's role, and takes the label off the Nodes that are in none. Not 0 where the
# cloud could not be asked in full: what it did say holds then, and nothing is taken off, since a Node that nobody spoke of
# may be in a pool all the same.
#
# A Node is known by its name, which NodeRestriction holds a kubelet to; its providerID, and all else in it, the kubelet
# writes itself.
nodes_label() {
  local pools nodes changes role names known=0 status=0
  pools=$(cloud_pool_nodes) || known=$?
  nodes=$(nodes_roles) || return 1
  changes=$(nodes_changes "$pools" "$nodes") || return 1
  while read -r role names; do
    [ -n "$role" ] || continue
    # shellcheck disable=SC2086 # names
    if [ "$role" != - ]; then
      say "role $role: $names"
      kube label node --overwrite $names "$NODE_ROLE=$role" >/dev/null || status=1
    elif [ "$known" -eq 0 ]; then
      say "no role any more, since they are in no pool: $names"
      kube label node $names "$NODE_ROLE-" >/dev/null || status=1
    fi
  done <<<"$changes"
  [ "$known" -eq 0 ] || { say "the cloud could not be asked in full for its pools ($(answer_name "$known"))" && return "$known"; }
  return "$status"
}

# "NAME" or "NAME ROLE" of each Node on a line.
nodes_roles() {
  kube get nodes -o "jsonpath={range .items[*]}{.metadata.name} {.metadata.labels.${NODE_ROLE//./\\.}}{'\n'}{end}"
}

# "ROLE NAME..." on a line for those that shall get that role, "- NAME..." for those that shall lose theirs.
nodes_changes() { # POOLS' NODES, NODES, each as "NAME ROLE" on a line
  awk '
    !NF { next }
    FNR == NR { role[$1] = $2; next }
    { wanted = $1 in role ? role[$1] : "" }
    wanted != $2 { names[wanted == "" ? "-" : wanted] = names[wanted == "" ? "-" : wanted] " " $1 }
    END { for (change in names) print change names[change] }
  ' <(printf '%s\n' "$1") <(printf '%s\n' "$2")
}
