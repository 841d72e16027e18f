# shellcheck shell=bash
# Brings etcd's data back from a snapshot: the newest that is whole, or the one that an operator pinned.

ETCD_DATA=${KEELSON_ROOT:-}/var/lib/etcd
# Every watcher's revision has to lie before the restored one, or it would miss what happened after the snapshot and
# never know: https://github.com/etcd-io/etcd/issues/16028
REVISION_BUMP=1000000000

# restore_choose CLUSTER FILE [PINNED NAME]: fetches into FILE and prints the snapshot's name. 1 where there is none that
# is whole, one of the answers where the store could not say: then nothing was skipped, since what cannot be read may be
# the newest.
restore_choose() {
  local cluster=$1 file=$2 pinned=${3:-} names name status revision=''
  names=$pinned
  [ -n "$names" ] || names=$(snapshots_listed) || return "$?"
  for name in $names; do
    status=0
    snapshot_fetch "$name" "$cluster" "$file" || status=$?
    case $status in
      0)
        [ -z "$revision" ] || say "lost: the revisions after $((10#${name##*/})) up to $((10#$revision)), since what held them is damaged"
        echo "$name"
        return 0 ;;
      1) revision=${revision:-${name##*/}} ;;
      *) return "$status" ;;
    esac
  done
  return 1
}

# restore_database FILE EPOCH: into an empty data directory only. The data gets its place last, so that a machine which
# is ended at any point before has none.
restore_database() {
  local new=$ETCD_DATA.restoring
  if [ -d "$ETCD_DATA/member" ]; then
    say "$ETCD_DATA holds data already and is left alone"
    return 1
  fi
  rm -rf "$new"
  etcdutl snapshot restore "$1" --data-dir "$new" --name "$ETCD_NAME" \
    --initial-cluster "$ETCD_NAME=$ETCD_PEER_URL" --initial-advertise-peer-urls "$ETCD_PEER_URL" \
    --initial-cluster-token "$CLUSTER_ID-$2" \
    --bump-revision "$REVISION_BUMP" --mark-compacted >&2 || return 1
  local_epoch_write "$2"
  rm -rf "$ETCD_DATA"
  mv "$new" "$ETCD_DATA"
  say "$ETCD_DATA is restored"
}

local_epoch_write() { # EPOCH
  printf '%s\n' "$1" >"$STATE_DIR/epoch.new"
  sync "$STATE_DIR/epoch.new" # data whose epoch a power cut has emptied would be put aside
  mv "$STATE_DIR/epoch.new" "$STATE_DIR/epoch"
}

# What this machine holds, against the newest epoch: none, current, older, or unknown where the store or the cloud could
# not say. Data of a machine without the file was never served, so it is none; it is put aside, not deleted.
local_data() { # NEWEST
  local own instance status=0 record=$RUN_DIR/own
  [ -d "$ETCD_DATA/member" ] || { echo none && return; }
  if [ ! -e "$STATE_DIR/epoch" ]; then
    mv "$ETCD_DATA" "$ETCD_DATA.unclaimed.$(date +%s)"
    echo none
    return
  fi
  own=$(cat "$STATE_DIR/epoch") || own=''
  if ! [[ $own =~ ^[1-9][0-9]{0,9}$ ]]; then
    say "$STATE_DIR/epoch is damaged, so nobody knows of which epoch $ETCD_DATA is"
    echo unknown
    return
  fi
  instance=$(cloud_instance) || { echo unknown && return; }
  if [ "$own" -lt "$1" ]; then
    claimed_by_start "$own" "$1" "$instance" || status=$?
    if [ "$status" -eq 0 ]; then
      echo current
    elif is_unknown "$status"; then
      echo unknown
    else
      echo older
    fi
    return
  fi
  store_get "$(epoch_key "$own")" "$record" || status=$?
  case $status in
    0) [ "$(field instance "$record")" = "$instance" ] && echo current || echo older ;; # a copy of a master's disk
    # Somebody took the records away. Then the cloud has to say that this machine is the one.
    "$ABSENT" | "$DELETED") cloud_in_service && echo current || echo unknown ;;
    *) echo unknown ;;
  esac
}

# Whether this machine has claimed the newest epoch on its data of the one before, which it had closed, and was ended before
# it noted that. `start` claims it once more, and has it. An answer where not.
claimed_by_start() { # OWN NEWEST INSTANCE
  local record=$RUN_DIR/own
  [ "$2" -eq $(($1 + 1)) ] || return "$TAKEN"
  epoch_is_ours "$2" "$3" '' || return "$?"
  store_get "$(epoch_key "$1")" "$record" || return "$?"
  [ "$(field state "$record")" = closed ] || return "$TAKEN"
}
