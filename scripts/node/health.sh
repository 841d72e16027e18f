#!/usr/bin/env bash
# Answers one HTTP request for /healthz: the request on standard input, the answer on standard output, as systemd's sockets
# have it. Whoever asks is a load balancer, or anybody else in the network.
set -euo pipefail
: "${CLOUD:?}"
export PART=health
LIB=$(dirname "$(readlink -f "$0")")/lib
# shellcheck source=lib/load.sh
. "$LIB/load.sh"

REQUEST_SECONDS=2 # for all of the request
LINE_BYTES=2048
HEADERS=64

# Sets METHOD and PATH_ASKED. 1 where nothing can be made of the request, with the HTTP status for it in CODE.
read_request() {
  local LC_ALL=C line='' left end count status
  end=$((${EPOCHREALTIME/[.,]/} + REQUEST_SECONDS * 1000000))
  for ((count = 0; count <= HEADERS; count++)); do
    CODE=408 status=0
    left=$((end - ${EPOCHREALTIME/[.,]/}))
    [ "$left" -gt 0 ] || return 1
    printf -v left '%d.%06d' $((left / 1000000)) $((left % 1000000))
    IFS= read -r -t "$left" -n "$LINE_BYTES" line || status=$?
    [ "$status" -le 128 ] || return 1
    CODE=400
    [ "$status" -eq 0 ] && [ "${#line}" -lt "$LINE_BYTES" ] || return 1
    line=${line%$'\r'}
    if [ "$count" -eq 0 ]; then
      [[ $line =~ ^([A-Z]+)\ (/[!-~]*)\ HTTP/1\.[01]$ ]] || return 1
      METHOD=${BASH_REMATCH[1]} PATH_ASKED=${BASH_REMATCH[2]%%\?*}
    fi
    [ -n "$line" ] || return 0
  done
  return 1
}

answer() { # HTTP STATUS, JSON
  local reason
  case $1 in
    200) reason=OK ;;
    400) reason='Bad Request' ;;
    404) reason='Not Found' ;;
    405) reason='Method Not Allowed' ;;
    408) reason='Request Timeout' ;;
    *) reason='Service Unavailable' ;;
  esac
  printf 'HTTP/1.1 %s %s\r\nContent-Type: application/json\r\nContent-Length: %s\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n' \
    "$1" "$reason" $((${#2} + 1))
  [ "${METHOD:-}" = HEAD ] || printf '%s\n' "$2"
}

refuse() { # HTTP STATUS
  answer "$1" '{"status":"refused"}'
  # What has come and was not read would have the kernel take the answer back.
  timeout 0.2 cat >/dev/null || true
}

trap '' PIPE # whoever asked may be gone
if ! read_request; then
  refuse "$CODE"
elif [ "$PATH_ASKED" != /healthz ]; then
  refuse 404
elif [ "$METHOD" != GET ] && [ "$METHOD" != HEAD ]; then
  refuse 405
else
  read -r code document <<<"$(health_answer)"
  answer "$code" "$document"
fi
