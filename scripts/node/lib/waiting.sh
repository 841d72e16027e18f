# shellcheck shell=bash
# How long things take, and waiting for them.

# Seconds, as a test's clock runs, since some time in the past.
clock() { awk -v now="$EPOCHREALTIME" -v scale="${CLOCK_SCALE:-1}" 'BEGIN { printf "%.0f", now / scale }'; }

# await SECONDS WHAT COMMAND...: asks until it succeeds, half a second apart. By the clock, since one try may take long.
await() {
  local seconds=$1 what=$2 begun=$SECONDS said=0 took=0
  shift 2
  while [ "$took" -lt "$seconds" ]; do
    ! "$@" >/dev/null 2>&1 || return 0
    sleep 0.5 # a real one: processes do not start faster when a test's clock runs faster
    took=$((SECONDS - begun))
    if [ $((took - said)) -ge 60 ]; then
      said=$took
      say "still waiting for $what"
    fi
  done
  say "$what: not after $took s"
  return 1
}
