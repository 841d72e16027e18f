#!/usr/bin/env bash
# Puts on each Node the role and the name of its pool, as the pool's group says them, which no kubelet may put there itself, and takes
# them off all others.
# keelson-nodes.timer runs it twice a minute.
set -euo pipefail
: "${CLOUD:?}" "${CLUSTER:?}"
export PART=nodes
LIB=$(dirname "$(readlink -f "$0")")/lib
# shellcheck source=lib/load.sh
. "$LIB/load.sh"

LATE=300 # seconds without a run to a good end, after which somebody has to look

# One that does not serve has no API server to ask, and one that is fenced must change nothing.
[ -e "$SERVING" ] || exit 0
if nodes_label; then
  calm
  exit 0
fi
late=$(($(date +%s) - $(stat -c %Y "$SERVING" "$RUN_DIR/calm" 2>/dev/null | sort -n | tail -n 1)))
[ "$late" -le "$LATE" ] || alarm roles-late "for $late s not every node could be given the role of its pool"
exit 1
