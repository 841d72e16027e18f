#!/usr/bin/env bash
# Sees that the cloud ends this machine, and drains its node first; that the API server knows this node no more, so that
# kubelet registers it again; and that kubelet's certificate has ended. keelson-watch.service runs it.
set -euo pipefail
: "${CLOUD:?}" "${POOL:?}"
export PART=watch
LIB=$(dirname "$(readlink -f "$0")")/lib
# shellcheck source=lib/load.sh
. "$LIB/load.sh"

EVERY=5
LOOK_EVERY=60 # for the Node
JOINED=$RUN_DIR/joined # there while this machine was a node when it was looked at last, since it was started

main() {
  local looked=0
  while ! cloud_is_ending; do
    if [ $(($(clock) - looked)) -ge "$LOOK_EVERY" ]; then
      looked=$(clock)
      look
    fi
    pause "$EVERY"
  done
  end
}

# The group's hook waits for this, and no longer. After the spot market's notice it may begin when all is done here.
end() {
  local said=''
  say "the cloud ends this machine"
  keep_alive &
  # shellcheck disable=SC2064 # the one that is running now
  trap "kill $! 2>/dev/null || true" EXIT
  systemctl stop keelson-boot.service # which may still be about to join
  if node_is_joined; then
    drain "$(cloud_node)" || true
  fi
  rm -f "$KUBELET_MAY_RUN"
  systemctl stop kubelet || true
  until cloud_ended; do
    [ -n "$said" ] || say "the cloud cannot be told yet that this is over; else its own time limit ends this machine"
    said=yes
    pause "$EVERY"
  done
  say "the cloud may go on"
}

keep_alive() {
  while :; do
    cloud_heartbeat >/dev/null 2>&1 || true
    pause 30
  done
}

look() {
  [ -e "$LAUNCHED" ] || return 0
  if node_is_joined; then
    : >"$JOINED"
    ! node_has_vanished || register_again
  elif [ -e "$JOINED" ]; then
    # kubelet runs on, and can ask for no other one. Once: the boot goes on by itself then.
    rm "$JOINED"
    say "the certificate of this node has ended: this machine joins again"
    systemctl restart --no-block keelson-boot.service || say "the boot does not start"
  fi
}

# A master that was rebuilt from an older snapshot does not know the nodes that came after it.
node_has_vanished() {
  local text
  text=$(node_kube get node "$(cloud_node)" --output name 2>&1) && return 1
  [[ $text == *'(NotFound)'* ]]
}

register_again() {
  say "the API server does not know this node: kubelet registers it again"
  systemctl restart kubelet || say "kubelet does not start"
}

main
