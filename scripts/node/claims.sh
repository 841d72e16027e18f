#!/usr/bin/env bash
# Sees that a new Ingress is compared with those of every namespace, also of one that was just made: docs/ingress.md.
# keelson-claims.timer runs it twice a minute.
set -euo pipefail
: "${CLOUD:?}" "${CLUSTER:?}"
export PART=claims
LIB=$(dirname "$(readlink -f "$0")")/lib
# shellcheck source=lib/load.sh
. "$LIB/load.sh"

# One that does not serve has no API server to ask, and one that is fenced must change nothing.
[ -e "$SERVING" ] || exit 0
addons_table chart | grep '^kubernetes-ingress ' >/dev/null || exit 0
claims_bind
