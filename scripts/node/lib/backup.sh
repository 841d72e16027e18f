# shellcheck shell=bash
# One snapshot, from etcd to the store, and what follows from it for those before.

BACKED_UP=$STATE_DIR/backup # "<revision> <when, in seconds>" of the last one in the store
STANDING=$STATE_DIR/standing # the names that no tag gives free yet, oldest first
# A restore walks back over damaged snapshots, so some have to be there however long the master was down.
STANDING_AT_LEAST=3

# Only one at a time: the timer's and the last one of a hand-over may meet.
backup() { # EPOCH CLUSTER
  local status=0 lock
  exec {lock}>"$STATE_DIR/backup.lock"
  flock "$lock"
  backup_locked "$@" || status=$?
  rm -f "$STATE_DIR"/snapshot.db*
  exec {lock}>&-
  return "$status"
}

backup_locked() { # EPOCH CLUSTER
  local file=$STATE_DIR/snapshot.db revision name
  # What names no cluster is no cluster's: no rebuild would take it, and those before it would expire.
  is_uuid "$2" || { alarm identity-damaged "this machine's copy of the genesis record is damaged: the next boot fetches it again" && return 1; }
  revision=$(snapshot_take "$1" "$2" "$file") || { alarm snapshot-failed "etcd gave no whole snapshot, or the disk is full" && return 1; }
  name=$(snapshot_name "$1" "$revision")
  snapshot_upload "$1" "$revision" "$file" || { alarm upload-failed "$name could not be put into the store" && return 1; }
  write_whole "$BACKED_UP" <<<"$revision $(date +%s)"
  say "$name is in the store: $(field size "$file.json") bytes"
  supersede "$name" || say "older snapshots could not be tagged as superseded; the next backup tries again"
}

# Tags what may expire now that this newer one has been verified.
supersede() { # NAME
  local names name
  if [ ! -e "$STANDING" ]; then
    # The first of this machine: those that stood when the one before it ended, and some that it may not have come to tag.
    names=$(snapshots_listed) || return "$?"
    head -n 10 <<<"$names" | sort | write_whole "$STANDING"
  fi
  { grep -xsE "${SNAPSHOTS}[0-9]{10}/[0-9]{20}" "$STANDING" | grep -vx -- "$1" || true; echo "$1"; } | write_whole "$STANDING"
  names=$(head -n "-$STANDING_AT_LEAST" "$STANDING")
  for name in $names; do
    store_tag "$name.json" superseded yes || return "$?"
    store_tag "$name.db" superseded yes || return "$?"
  done
  tail -n "$STANDING_AT_LEAST" "$STANDING" | write_whole "$STANDING"
}
