#!/usr/bin/env bash
# Tells the cloud which alarms are raised, how old the newest snapshot is, and when the first certificate ends; what these
# are there for stands in docs/alarms.md. keelson-report.timer runs it each minute, while the boot waits too. What could not
# be told is told by the next one.
set -euo pipefail
: "${CLOUD:?}" "${CLUSTER:?}"
export PART=report
LIB=$(dirname "$(readlink -f "$0")")/lib
# shellcheck source=lib/load.sh
. "$LIB/load.sh"

report_collect
metrics=$(report_alarms && report_snapshot_age && report_certificate_days)
[ -n "$metrics" ] || exit 0
status=0
cloud_metrics <<<"$metrics" || status=$?
if [ "$status" -ne 0 ]; then
  say "the cloud could not be told ($(answer_name "$status")), and will be in a minute: ${metrics//$'\n'/, }"
  exit 1
fi
report_sent
