# shellcheck shell=bash
# How long things take, and waiting for them.

# Seconds, as a test's clock runs, since some time in the past.
clock() { awk -v now="$EPOCHREALTIME" -v scale="${CLOCK_SCALE:-1}" 'BEGIN { printf "%.0f", now / scale }'; }

# await SECONDS WHAT COMMAND...: asks twice a second until it succeeds.
await() {
  local seconds=$1 what=$2 tries
  shift 2
  for ((tries = 1; tries <= seconds * 2; tries++)); do
    ! "$@" >/dev/null 2>&1 || return 0
    [ $((tries % 120)) -ne 0 ] || say "still waiting for $what"
    sleep 0.5 # a real one: processes do not start faster when a test's clock runs faster
  done
  say "$what: not after $seconds s"
  return 1
}
