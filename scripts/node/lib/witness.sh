# shellcheck shell=bash
# The witness, outside the store: "<state> <cluster>". It is what tells a lost bucket from a new one.

# Prints the state: absent, deleted, initialising, initialised, strange or unknown; and the cluster's id where it has one.
witness_read() {
  local status=0 state='' cluster=''
  secret_get "$WITNESS" "$RUN_DIR/witness" || status=$?
  case $status in
    0)
      read -r state cluster <"$RUN_DIR/witness" || true
      if [[ $state =~ ^initialis(ing|ed)$ ]] && is_uuid "$cluster"; then
        echo "$state $cluster"
      else
        echo strange
      fi ;;
    "$ABSENT") echo absent ;;
    "$DELETED") echo deleted ;;
    *) echo unknown ;;
  esac
}

# The first word of a cluster: its id. Two first masters at once have to agree on it, and Key Vault has no put-if-absent,
# so the store decides, under a prefix of its own: it says nothing about whether a cluster ever was.
witness_found() { # prints the cluster's id
  local cluster
  printf '{\n  "cluster": "%s"\n}\n' "$(cat /proc/sys/kernel/random/uuid)" >"$RUN_DIR/founding"
  store_put_new founding/cluster.json "$RUN_DIR/founding" || [ $? -eq "$TAKEN" ] || return "$UNREACHABLE"
  store_get founding/cluster.json "$RUN_DIR/founding" || return "$?"
  cluster=$(field cluster "$RUN_DIR/founding")
  is_uuid "$cluster" || { say "founding/cluster.json names no cluster" && return "$UNREACHABLE"; }
  witness_write initialising "$cluster" secret_put_new || [ $? -eq "$TAKEN" ] || return "$UNREACHABLE"
  echo "$cluster"
}

# Whether the witness may be made to say that this cluster exists. Raises why not.
witness_fits() { # CLUSTER
  local seen
  seen=$(witness_read)
  case $seen in
    "initialising $1" | "initialised $1" | absent | deleted) ;;
    unknown) alarm witness-unknown "the witness could not be read" && return 1 ;;
    *) alarm witness-strange "the witness is of another cluster, or nobody can make sense of it: ${seen:0:80}" && return 1 ;;
  esac
}

# Whoever serves says so again: a first master that was slow may have written `initialising` after another had finished.
witness_confirm() { # CLUSTER
  witness_fits "$1" || return 1
  witness_write initialised "$1" secret_put || { alarm witness-unknown "the witness could not be written" && return 1; }
}

witness_write() { # STATE CLUSTER COMMAND
  echo "$1 $2" >"$RUN_DIR/witness.new"
  "$3" "$WITNESS" "$RUN_DIR/witness.new" plain
}
