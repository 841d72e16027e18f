#!/usr/bin/env bash
# Ends this master's time: nobody is served any more, what was written goes to the store, the epoch is closed. Each step may
# have been done before, since whoever calls it may be ended in between.
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: hand-over.sh ending|fenced|isolated

  ending    the cloud ends this machine: last snapshot, close the epoch, let it go
  fenced    another master has claimed a newer epoch: the same, and the machine stays for whoever looks at it
  isolated  neither store nor cloud can be asked: nothing is served until one of them can
USAGE
}

why=${1:-}
case $why in
  ending | fenced | isolated) ;;
  -h | --help) usage && exit 0 ;;
  *) usage >&2 && exit 2 ;;
esac
: "${CLOUD:?}" "${STORE_URL:?}" "${KUBERNETES_VERSION:?}" "${ETCD_VERSION:?}"
export PART=hand-over
LIB=$(dirname "$(readlink -f "$0")")/lib
# shellcheck source=lib/load.sh
. "$LIB/load.sh"

TRIES=20 # of the last snapshot, over some three minutes, which is within a termination hook

stop_serving() {
  rm -f "$SERVING"
  systemctl stop keelson-backup.timer keelson-renew.timer keelson-nodes.timer keelson-claims.timer || true
  rm -f "$MANIFESTS/kube-apiserver.yaml"
  await 45 "the API server's end" api_is_stopped || pkill -KILL -x kube-apiserver || true
  await 30 "the API server's end" api_is_stopped
}

last_snapshot() { # EPOCH CLUSTER
  local tries
  for ((tries = 1; tries <= TRIES; tries++)); do
    if backup "$1" "$2"; then return 0; fi
    cloud_heartbeat || true
    pause 10
  done
  alarm last-snapshot-missing "what was written after $(cat "$BACKED_UP" 2>/dev/null || echo nothing) is on this machine only"
  return 1
}

stop_etcd() {
  rm -f "$MANIFESTS"/*.yaml
  await 45 "etcd's end" etcd_is_stopped || pkill -KILL -x etcd || true
}

epoch=$(cat "$STATE_DIR/epoch")
cluster=$(field cluster "$STATE_DIR/identity/genesis.json")
say "$why: epoch $epoch ends on this machine"
stop_serving
if [ "$why" != isolated ] && etcd_is_ready && last_snapshot "$epoch" "$cluster"; then
  read -r revision _ <"$BACKED_UP"
  epoch_set "$epoch" "$(cloud_instance)" closed "$revision" || alarm epoch-open "the epoch could not be closed: the next master waits for this machine's end"
fi
stop_etcd
if [ "$why" = ending ]; then
  # Once the cloud knows that this is over, nobody hears of what went wrong any more.
  systemctl start keelson-report.service || true
  cloud_ended || say "the cloud was not told; its own time limit ends this machine"
fi
