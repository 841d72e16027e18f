#!/usr/bin/env bash
# Takes a snapshot when etcd's revision has moved, and once a day when it has not. keelson-backup.timer runs it each minute.
set -euo pipefail
: "${CLOUD:?}" "${STORE_URL:?}" "${KUBERNETES_VERSION:?}" "${ETCD_VERSION:?}"
export PART=backup
LIB=$(dirname "$(readlink -f "$0")")/lib
# shellcheck source=lib/load.sh
. "$LIB/load.sh"

LATE=600 # seconds without a snapshot, after which somebody has to look

epoch=$(cat "$STATE_DIR/epoch")
[ -e "$SERVING" ] || exit 0
newest=$(epoch_newest) || newest=unknown
if [ "$newest" != unknown ] && [ "$newest" -gt "$epoch" ]; then
  say "epoch $newest has been claimed: nothing is written under $epoch any more"
  exit 0
fi

read -r last when <<<"$(grep -xsE '[0-9]+ [0-9]+' "$BACKED_UP" || echo "0 $(stat -c %Y "$SERVING")")"
age=$(($(date +%s) - when))
status=0
revision=$(etcd_revision) || status=1
if [ "$status" -eq 0 ] && [ "$revision" = "$last" ] && [ "$age" -lt 86400 ]; then
  calm
  exit 0
fi
[ "$status" -ne 0 ] || backup "$epoch" "$(field cluster "$STATE_DIR/identity/genesis.json")" || status=$?
if [ "$status" -eq 0 ]; then
  calm
else
  # A quiet cluster's snapshot is old and lacks nothing.
  quiet=$(stat -c %Y "$RUN_DIR/calm" 2>/dev/null || echo 0)
  late=$(($(date +%s) - (when > quiet ? when : quiet)))
  [ "$late" -le "$LATE" ] || alarm backup-late "for $late s nothing that was written has come into the store"
fi
exit "$status"
