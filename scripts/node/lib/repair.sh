# shellcheck shell=bash
# What a restored database still says of the master before, taken out while etcd runs and no API server does, so that nobody
# ever sees it: a stale address in the `kubernetes` service sends clients into nowhere, an old Node with the name of this
# one has the wrong machine behind it, and old join credentials are valid again or never.

REPAIRED=$STATE_DIR/repaired

repair_is_done() { [ "$(cat "$REPAIRED" 2>/dev/null)" = "$1" ]; } # EPOCH

# The static pods of a Node that is gone go with it: the garbage collector removes them.
repair() { # EPOCH
  local node nodes
  nodes=$(epochs_nodes_before "$1") || return "$?"
  etcd_ctl del --prefix /registry/masterleases/ >/dev/null || return 1
  etcd_ctl del --prefix /registry/secrets/kube-system/bootstrap-token- >/dev/null || return 1
  for node in $nodes; do
    etcd_ctl del "/registry/minions/$node" >/dev/null || return 1
    etcd_ctl del "/registry/leases/kube-node-lease/$node" >/dev/null || return 1
  done
  write_whole "$REPAIRED" <<<"$1"
}
