# shellcheck shell=bash
# Files that only this cluster's masters can read, sealed by the cloud's key service, whose key never leaves it. A sealed
# file is text: a header, then a chunk a line. What is sealed begins with the cluster's id and the sha256 of the file, so
# that chunks which belong to something else, or are in another order, do not go for it.
#
# The cloud's half gives SEALING_CHUNK, the number of bytes that its key service takes at a time, and
#   seal_part CLUSTER PART PARTS     bytes to base64, from standard input to standard output; may set SEALING_VERSION
#   unseal_part CLUSTER PART PARTS   back again
#
# Results: 0; 1 for what is not this cluster's, or damaged; DENIED where the key may not be used or is not there;
# UNREACHABLE where the key service, or this machine's disk, could not do it.

SEALED=keelson-sealed-1

# seal CLUSTER FILE OUT
seal() {
  local work status=0
  is_cluster "$1" || return 1
  work=$(mktemp -d "$RUN_DIR/sealing.XXXXXX") || return "$UNREACHABLE"
  seal_parts "$1" "$2" "$work" || status=$?
  [ "$status" -ne 0 ] || appear "$work/sealed" "$3" || status=$UNREACHABLE
  rm -rf "$work"
  return "$status"
}

# unseal CLUSTER FILE OUT
unseal() {
  local work status=0
  is_cluster "$1" || return 1
  work=$(mktemp -d "$RUN_DIR/sealing.XXXXXX") || return "$UNREACHABLE"
  unseal_parts "$1" "$2" "$work" || status=$?
  [ "$status" -ne 0 ] || appear "$work/file" "$3" || status=$UNREACHABLE
  rm -rf "$work"
  return "$status"
}

is_cluster() { [[ $1 =~ ^[A-Za-z0-9._-]{1,100}$ ]] || { say "$1 is no cluster's id" && return 1; }; }

appear() { # FILE OUT: whole or not at all, and for root's eyes only
  install -m 600 "$1" "$2.part" && mv "$2.part" "$2"
}

seal_line() { # CLUSTER, of the file on standard input
  local digest
  digest=$(sha256sum) && printf '%s %s\n' "$1" "${digest%% *}"
}

seal_parts() { # CLUSTER FILE WORK
  local cluster=$1 work=$3 parts i
  SEALING_VERSION=''
  seal_line "$cluster" <"$2" >"$work/content" && cat "$2" >>"$work/content" || return "$UNREACHABLE"
  split -b "$SEALING_CHUNK" -a 6 -d "$work/content" "$work/part." || return "$UNREACHABLE"
  parts=("$work"/part.*)
  for ((i = 0; i < ${#parts[@]}; i++)); do
    seal_part "$cluster" $((i + 1)) ${#parts[@]} <"${parts[i]}" >>"$work/chunks" || return "$?"
  done
  { printf '%s %s %s %s\n' "$SEALED" "$cluster" ${#parts[@]} "${SEALING_VERSION:--}" && cat "$work/chunks"; } \
    >"$work/sealed" || return "$UNREACHABLE"
}

unseal_parts() { # CLUSTER FILE WORK
  local cluster=$1 work=$3 header chunks i line
  [ -r "$2" ] || { say "$2 cannot be read" && return "$UNREACHABLE"; }
  mapfile -t chunks <"$2" || return "$UNREACHABLE"
  header="^$SEALED ([^ ]+) ([0-9]{1,6}) ([A-Za-z0-9-]+)\$"
  [[ ${chunks[0]:-} =~ $header ]] || { say "$2 is not a sealed file" && return 1; }
  [ "${BASH_REMATCH[1]}" = "$cluster" ] || { say "$2 is sealed for cluster ${BASH_REMATCH[1]}" && return 1; }
  [ $((10#${BASH_REMATCH[2]})) -eq $((${#chunks[@]} - 1)) ] || { say "$2 does not have all its parts" && return 1; }
  SEALING_VERSION=${BASH_REMATCH[3]}
  for ((i = 1; i < ${#chunks[@]}; i++)); do
    [[ ${chunks[i]} =~ ^[A-Za-z0-9+/]+=*$ && $((${#chunks[i]} % 4)) -eq 0 ]] || { say "$2 is damaged in part $i" && return 1; }
    unseal_part "$cluster" "$i" $((${#chunks[@]} - 1)) < <(printf '%s' "${chunks[i]}") >>"$work/content" || {
      i=$?
      [ "$i" -ne 1 ] || say "$2 is damaged, or sealed by another key"
      return "$i"
    }
  done
  [ -s "$work/content" ] || { say "$2 has nothing in it" && return 1; }
  IFS= read -r line <"$work/content" || true
  tail -c +$((${#line} + 2)) "$work/content" >"$work/file" || return "$UNREACHABLE"
  [ "$line" = "$(seal_line "$cluster" <"$work/file")" ] || { say "the parts of $2 do not belong together" && return 1; }
}
