#!/bin/sh
# Beside a Vault server, in its process namespace: tells it, by SIGHUP, of a new certificate and that its audit log was moved aside.
# Vault does neither by itself, and stops serving when it can write no audit log.
set -eu
: "${CERTIFICATE:?}" "${AUDIT_LOG:?}" "${MOST_MIB:?}" "${KEPT:?}"

say() { printf 'vault-watch: %s\n' "$1" >&2; }

hang_up() {
  pid=$(pidof vault) || { say "there is no server" && return 0; }
  # shellcheck disable=SC2086 # one number
  kill -HUP $pid
}

digest() { sha256sum "$CERTIFICATE" 2>/dev/null || true; }

# Moves the log aside when it is long, and deletes the oldest of those that are too many.
rotate() {
  [ -f "$AUDIT_LOG" ] || return 0
  [ "$(wc -c <"$AUDIT_LOG")" -ge $((MOST_MIB * 1024 * 1024)) ] || return 0
  mv "$AUDIT_LOG" "$AUDIT_LOG.$(date -u +%Y%m%dT%H%M%SZ)"
  say "the audit log was moved aside"
  hang_up
  # Their names sort by time.
  count=0
  for log in "$AUDIT_LOG".*; do count=$((count + 1)); done
  for log in "$AUDIT_LOG".*; do
    [ "$count" -gt "$KEPT" ] || break
    rm -f "$log"
    say "$log was deleted: $KEPT are kept"
    count=$((count - 1))
  done
}

trap 'exit 0' TERM INT
known=$(digest)
while :; do
  sleep "${INTERVAL:-30}" &
  wait $!
  now=$(digest)
  if [ -n "$now" ] && [ "$now" != "$known" ]; then
    say "the certificate is a new one"
    hang_up
    known=$now
  fi
  rotate
done
