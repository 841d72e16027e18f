#!/usr/bin/env bash
# Sees that this master's time is over, and ends it: another one has claimed a newer epoch, the cloud ends this machine, or
# nothing tells that it is still the one.
set -euo pipefail
: "${CLOUD:?}" "${STORE_URL:?}"
export PART=watch
HERE=$(dirname "$(readlink -f "$0")")
LIB=$HERE/lib
# shellcheck source=lib/load.sh
. "$LIB/load.sh"

EVERY=10
FENCE_SECONDS=60 # without a word from store and cloud

end() { # WHY
  "$HERE/hand-over.sh" "$1"
  # The boot decides what now: fence, or start again when the store can be read and nobody has taken over.
  [ "$1" = ending ] || systemctl restart --no-block keelson-boot.service
  exit 0
}

epoch=$(cat "$STATE_DIR/epoch")
blind=0
while :; do
  if cloud_is_ending; then end ending; fi
  if newest=$(epoch_newest); then
    [ "$newest" -le "$epoch" ] || end fenced
    blind=0
    calm
  else
    status=0
    cloud_in_service || status=$?
    case $status in
      0)
        blind=0
        alarm store-unreachable "the store cannot be read; the cloud says that this is the master" ;;
      1) end fenced ;;
      *)
        blind=$((blind + EVERY))
        alarm isolated "neither the store nor the cloud has answered for $blind s"
        [ "$blind" -lt "$FENCE_SECONDS" ] || end isolated ;;
    esac
  fi
  pause "$EVERY"
done
