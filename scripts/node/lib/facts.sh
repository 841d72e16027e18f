# shellcheck shell=bash
# Reads the facts that a boot decides from: into FACT_LOCAL, FACT_WITNESS, FACT_GENESIS, FACT_SNAPSHOTS, CLUSTER_ID (of the
# witness, empty where it has none) and NEWEST (the newest epoch).
# shellcheck disable=SC2034 # used by those who call

facts_read() {
  local seen names status
  seen=$(witness_read)
  FACT_WITNESS=${seen%% *}
  CLUSTER_ID=
  [ "$seen" = "$FACT_WITNESS" ] || CLUSTER_ID=${seen#* }

  status=0
  store_get "$GENESIS" "$RUN_DIR/genesis" || status=$?
  FACT_GENESIS=$(fact_of "$status")
  if [ "$FACT_GENESIS" = present ] && [ -n "$CLUSTER_ID" ] && [ "$(field cluster "$RUN_DIR/genesis")" != "$CLUSTER_ID" ]; then
    FACT_GENESIS=foreign
  fi

  status=0
  names=$(snapshots_listed) || status=$?
  if [ "$status" -ne 0 ]; then
    FACT_SNAPSHOTS=$(fact_of "$status")
  elif [ -n "$names" ]; then
    FACT_SNAPSHOTS=some
  else
    FACT_SNAPSHOTS=$(snapshots_ever)
  fi

  status=0
  NEWEST=$(epoch_newest) || status=$?
  case $status in
    0) FACT_LOCAL=$(local_data "$NEWEST") ;;
    # A bucket that is gone has no epoch. That nothing is there says nothing about who is master of data that is here.
    "$NO_STORE")
      NEWEST=0
      FACT_LOCAL=none
      [ ! -d "$ETCD_DATA/member" ] || FACT_LOCAL=unknown ;;
    *) FACT_LOCAL=unknown ;;
  esac
}

fact_of() { # STATUS
  case $1 in
    0) echo present ;;
    "$ABSENT") echo absent ;;
    "$DELETED") echo deleted ;;
    "$NO_STORE") echo no-store ;;
    *) echo unknown ;;
  esac
}

snapshots_ever() {
  local prefix status=0
  # No master deletes anything: what was deleted was there, and somebody took it away.
  store_deleted "$SNAPSHOTS" || status=$?
  case $status in
    0) echo deleted && return ;;
    "$ABSENT") ;;
    *) fact_of "$status" && return ;;
  esac
  for prefix in "$SNAPSHOTS" identity/; do
    status=0
    store_ever "$prefix" || status=$?
    case $status in
      0) echo none && return ;;
      "$ABSENT") ;;
      *) fact_of "$status" && return ;;
    esac
  done
  echo never
}
