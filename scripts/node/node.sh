#!/usr/bin/env bash
# Makes a node of this machine; at every later boot it starts its kubelet again: docs/joining.md. keelson-boot.service runs it.
set -euo pipefail
case ${1:-} in
  "") ;;
  -h | --help)
    echo "Usage: node.sh"
    echo
    echo "Makes a node of this machine: docs/joining.md. Ends when it is one, or when its group replaces it; waits for a master."
    exit 0 ;;
  *) echo "node.sh takes no arguments" >&2 && exit 2 ;;
esac
: "${CLOUD:?}" "${STORE_URL:?}" "${POOL:?}" "${JOIN:?}" "${KUBERNETES_VERSION:?}" "${KUBELET_VERSION:?}" "${ETCD_VERSION:?}"
export PART=boot
LIB=$(dirname "$(readlink -f "$0")")/lib
# shellcheck source=lib/load.sh
. "$LIB/load.sh"

LONGEST_PAUSE=60
PATIENCE=900 # seconds in which a machine tries that cannot join for reasons of its own
FAILING=$RUN_DIR/failing # since when, which outlives this process
CONSOLE=${KEELSON_ROOT:-}/dev/console

main() {
  local tries=0 status
  systemctl start keelson-watch.service || true
  if [ -e "$LAUNCHED" ] && node_is_joined; then
    : >"$KUBELET_MAY_RUN"
    systemctl start kubelet
    return 0
  fi
  keep_alive &
  # shellcheck disable=SC2064 # the one that is running now
  trap "kill $! 2>/dev/null || true" EXIT
  while :; do
    status=0
    become_node || status=$?
    case $status in
      0) break ;;
      "$WAIT") rm -f "$FAILING" && tell "this machine waits: $WHY" ;;
      *)
        if failing_for_long; then give_up && return 0; else tell "this machine cannot join: $WHY"; fi ;;
    esac
    tries=$((tries + 1))
    back_off "$tries"
  done
  rm -f "$FAILING"
  say "this machine is a node"
}

become_node() {
  [ "${ADDRESSES:-}" != yes ] || address_has || return "$?"
  node_packages || return "$?"
  node_joins || return "$?"
  node_registers || return "$?"
  # Those who replace a pool's machines go on when this one is launched, so it should be of use by then; but what keeps it
  # from that now is not its own to mend.
  await 300 "readiness" node_is_ready "$(cloud_node)" || say "the Node is not ready; it counts as launched all the same"
  cloud_launched || { WHY="the launch hook could not be completed" && return 1; }
  : >"$LAUNCHED"
}

address_has() {
  local status=0
  address_attach || status=$?
  if [ "$status" -eq "$UNREACHABLE" ]; then
    # The answer may have gone with the connection that the new address has ended.
    pause 5
    status=0
    address_attach || status=$?
  fi
  case $status in
    0) ;;
    "$ABSENT") WHY="all addresses of the pool are in use" && return "$WAIT" ;;
    *) WHY="no address of the pool could be taken ($(answer_name "$status"))" && return 1 ;;
  esac
}

keep_alive() {
  while :; do
    cloud_heartbeat >/dev/null 2>&1 || true
    pause 60
  done
}

failing_for_long() {
  local since
  since=$(grep -xsE '[0-9]+' "$FAILING") || { since=$(clock) && echo "$since" >"$FAILING"; }
  [ $(($(clock) - since)) -ge "$PATIENCE" ]
}

# 0 where this machine will be no node. Where nobody waits for its launch, its group thinks that it is in service.
give_up() {
  local status=0
  cloud_abandoned || status=$?
  if [ "$status" -eq 0 ]; then
    tell "this machine is given up, and its group replaces it: $WHY"
    return 0
  elif [ "$status" -ne "$ABSENT" ]; then
    tell "this machine cannot join, and its group could not be told ($(answer_name "$status")): $WHY"
  elif cloud_replaces_stopped; then
    tell "this machine is switched off, so that its group replaces it: $WHY"
    systemctl poweroff && return 0
    say "it could not be switched off"
  else
    tell "this machine cannot join, goes on trying, and is replaced when it is found ill: $WHY"
  fi
  return 1
}

# Once for each reason. What goes to the console, the cloud shows to those who cannot get into the machine.
tell() { # TEXT
  local text=${1//[^[:print:]]/ }
  [ "$text" != "$(cat "$RUN_DIR/told" 2>/dev/null)" ] || return 0
  say "$text"
  printf '%s\r\n' "keelson: $text" 2>/dev/null >>"$CONSOLE" || true
  printf '%s' "$text" >"$RUN_DIR/told"
}

back_off() { # TRIES
  local seconds=$((1 << ($1 < 6 ? $1 : 6)))
  pause "$((seconds < LONGEST_PAUSE ? seconds : LONGEST_PAUSE))"
}

main
