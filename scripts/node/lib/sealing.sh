# shellcheck shell=bash
# Files that only this cluster's masters can read. Each is encrypted with a key of its own, which is sealed by the cloud's key
# service, whose key never leaves it. A sealed file is text of three lines: a header, the sealed key, and what it encrypts. With
# the key goes the cluster's id and the sha256 of the third line, so that nothing else goes for it.
#
# The cloud's half gives
#   seal_key CLUSTER     at most 190 bytes to base64, from standard input to standard output; may set SEALING_VERSION
#   unseal_key CLUSTER   back again
#
# Results: 0; 1 for what is not this cluster's, or damaged; DENIED where the key may not be used or is not there;
# UNREACHABLE where the key service, or this machine's disk, could not do it.

SEALED=keelson-sealed-2

# seal CLUSTER FILE OUT
seal() {
  local work status=0
  is_cluster "$1" || return 1
  work=$(mktemp -d "$RUN_DIR/sealing.XXXXXX") || return "$UNREACHABLE"
  seal_lines "$1" "$2" "$work" || status=$?
  [ "$status" -ne 0 ] || appear "$work/sealed" "$3" || status=$UNREACHABLE
  rm -rf "$work"
  return "$status"
}

# unseal CLUSTER FILE OUT
unseal() {
  local work status=0
  is_cluster "$1" || return 1
  work=$(mktemp -d "$RUN_DIR/sealing.XXXXXX") || return "$UNREACHABLE"
  unseal_lines "$1" "$2" "$work" || status=$?
  [ "$status" -ne 0 ] || appear "$work/file" "$3" || status=$UNREACHABLE
  rm -rf "$work"
  return "$status"
}

is_cluster() { [[ $1 =~ ^[A-Za-z0-9._-]{1,64}$ ]] || { say "$1 is no cluster's id" && return 1; }; }

appear() { # FILE OUT: whole or not at all, and for root's eyes only
  install -m 600 "$1" "$2.part" && mv "$2.part" "$2"
}

# cipher KEY'S-FILE [-d], from standard input to standard output. Its key is random, so that nobody guesses at it.
cipher() { openssl enc -aes-256-cbc -pbkdf2 -iter 1 -md sha256 -pass "file:$1" "${@:2}"; }

seal_lines() { # CLUSTER FILE WORK
  local cluster=$1 work=$3 digest key
  SEALING_VERSION=''
  key=$(head -c 32 /dev/urandom | base64 -w 0) && printf '%s\n' "$key" >"$work/key" || return "$UNREACHABLE"
  cipher "$work/key" <"$2" | base64 -w 0 >"$work/line" || return "$UNREACHABLE"
  digest=$(sha256sum <"$work/line") || return "$UNREACHABLE"
  printf '%s %s %s\n' "$cluster" "${digest%% *}" "$key" >"$work/text" || return "$UNREACHABLE"
  seal_key "$cluster" <"$work/text" >"$work/sealed-key" || return "$?"
  printf '%s %s %s\n%s\n%s\n' "$SEALED" "$cluster" "${SEALING_VERSION:--}" "$(<"$work/sealed-key")" "$(<"$work/line")" \
    >"$work/sealed" || return "$UNREACHABLE"
}

unseal_lines() { # CLUSTER FILE WORK
  local work=$3 lines header status=0 cluster='' digest='' key=''
  [ -r "$2" ] || { say "$2 cannot be read" && return "$UNREACHABLE"; }
  mapfile -t lines <"$2" || return "$UNREACHABLE"
  header="^$SEALED ([^ ]+) ([A-Za-z0-9-]+)\$"
  [[ ${lines[0]:-} =~ $header ]] || { say "$2 is not a sealed file" && return 1; }
  [ "${BASH_REMATCH[1]}" = "$1" ] || { say "$2 is sealed for cluster ${BASH_REMATCH[1]}" && return 1; }
  SEALING_VERSION=${BASH_REMATCH[2]}
  if [ "${#lines[@]}" -ne 3 ] || ! [[ ${lines[1]} =~ ^[A-Za-z0-9+/]+=*$ && $((${#lines[1]} % 4)) -eq 0 ]]; then
    say "$2 is damaged"
    return 1
  fi
  unseal_key "$1" < <(printf '%s' "${lines[1]}") >"$work/text" || status=$?
  [ "$status" -ne 1 ] || say "$2 is damaged, or sealed by another key"
  [ "$status" -eq 0 ] || return "$status"
  read -r cluster digest key <"$work/text" || true
  printf '%s' "${lines[2]}" >"$work/line" && printf '%s\n' "$key" >"$work/key" || return "$UNREACHABLE"
  if [ "$cluster" != "$1" ] || [ "$digest  -" != "$(sha256sum <"$work/line")" ]; then
    say "the key in $2 is not that of what lies with it"
    return 1
  fi
  base64 -d "$work/line" | cipher "$work/key" -d >"$work/file" || return "$UNREACHABLE"
}
