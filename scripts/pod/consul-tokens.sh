#!/bin/sh
# Makes tokens of Consul, each with a policy of its own, and keeps them in Secrets. First the Secrets, since the servers wait for some of
# them before they start; then, once there is a leader, it tells Consul of them. A second run changes what the policies say by then.
#
# TOKENS: a line for each, with its name, namespace and Secret; POLICIES: a folder with <name>.hcl; SERVERS_CA: the servers' authority.
set -eu
: "${API_URL:?}" "${ACCOUNT:?}" "${NAMESPACE:?}" "${LABELS:?}" "${TOKENS:?}" "${POLICIES:?}" "${MANAGEMENT_SECRET:?}" "${CONSUL_URL:?}" "${SERVERS_CA:?}"
umask 077
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
HERE=$(dirname "$0")
# shellcheck source=kubernetes.sh
. "$HERE/kubernetes.sh"

# token_secret NAME NAMESPACE SECRET: the token is in $WORK/NAME.
token_secret() {
  if secret_read "$2" "$3" token="$WORK/$1" ca.crt="$WORK/known.crt"; then
    # Who calls Consul with the token trusts this authority, so a new one has to reach him.
    cmp -s "$WORK/known.crt" "$SERVERS_CA" || secret_patch "$2" "$3" ca.crt="$SERVERS_CA"
    return 0
  fi
  tr -d '\n' </proc/sys/kernel/random/uuid >"$WORK/$1"
  jq -n --arg name "$1" --rawfile token "$WORK/$1" '{acl: {tokens: {($name): $token}}}' >"$WORK/config.json"
  secret_create "$2" "$3" Opaque token="$WORK/$1" config.json="$WORK/config.json" ca.crt="$SERVERS_CA"
  secret_read "$2" "$3" token="$WORK/$1" || fail "$2/$3 is gone again"
}

# consul_api TOKEN_FILE METHOD PATH [FILE]: the status; the answer is in $WORK/answer.
consul_api() {
  set -- "$1" "$2" "$3" "${4:-}"
  printf 'header = "X-Consul-Token: %s"\n' "$(cat "$1")" |
    curl --silent --show-error --max-time 30 --cacert "$SERVERS_CA" --config - --request "$2" \
      --output "$WORK/answer" --write-out '%{http_code}' ${4:+--data-binary "@$4"} "$CONSUL_URL/v1/$3"
}

# Until there is a leader who knows the management token, or ten minutes are over: then the next pod goes on.
await_consul() {
  tries=0
  until [ "$(consul_api "$WORK/management" GET acl/token/self 2>"$WORK/why")" = 200 ]; do
    tries=$((tries + 1))
    [ "$tries" -lt "${MOST_TRIES:-120}" ] || fail "Consul does not answer: $(head -c 300 "$WORK/why" "$WORK/answer" 2>/dev/null | tr '\n' ' ')"
    sleep 5
  done
}

# consul_put PATH FILE WHAT
consul_put() {
  status=$(consul_api "$WORK/management" PUT "$1" "$2")
  [ "$status" = 200 ] || fail "$3 could not be written: $status $(head -c 300 "$WORK/answer")"
  say "$3 is written"
}

# policy NAME: as its file says.
policy() {
  rules=$POLICIES/$1.hcl
  status=$(consul_api "$WORK/management" GET "acl/policy/name/$1")
  case $status in
    200)
      id=$(jq -r .ID "$WORK/answer")
      jq -j .Rules "$WORK/answer" >"$WORK/rules"
      ! cmp -s "$WORK/rules" "$rules" || return 0
      ;;
    # The management token may read all, so it is not there.
    403 | 404) id='' ;;
    *) fail "policy $1 could not be read: $status" ;;
  esac
  jq -n --arg name "$1" --rawfile rules "$rules" '{Name: $name, Rules: $rules, Description: "Made by keelson"}' >"$WORK/body"
  consul_put "acl/policy${id:+/$id}" "$WORK/body" "policy $1"
}

# token NAME: one that Consul knows is kept.
token() {
  status=$(consul_api "$WORK/$1" GET acl/token/self)
  case $status in
    200) return 0 ;;
    401 | 403 | 404) ;;
    *) fail "token $1 could not be read: $status" ;;
  esac
  jq -n --arg name "$1" --rawfile token "$WORK/$1" \
    '{SecretID: $token, Policies: [{Name: $name}], Description: ("keelson: " + $name)}' >"$WORK/body"
  consul_put acl/token "$WORK/body" "token $1"
  rm -f "$WORK/body"
}

each() { # COMMAND: with the fields of each line
  printf '%s\n' "$TOKENS" | while read -r name namespace secret; do "$1" "$name" "$namespace" "$secret"; done
}

register() { policy "$1" && token "$1"; }

each token_secret
secret_read "$NAMESPACE" "$MANAGEMENT_SECRET" token="$WORK/management" || fail "$NAMESPACE/$MANAGEMENT_SECRET is not there yet"
await_consul
each register
