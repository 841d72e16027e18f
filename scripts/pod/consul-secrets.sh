#!/bin/sh
# Makes what Consul's servers must have before they start, each once: gossip key, authority, certificate, management token.
# What is there is kept, so a run that was cut short is taken up by the next one; a certificate that ends soon is renewed.
set -eu
: "${API_URL:?}" "${ACCOUNT:?}" "${NAMESPACE:?}" "${DOMAIN:?}" "${DATACENTER:?}" "${NAMES:?}" "${LABELS:?}"
: "${AUTHORITY_SECRET:?}" "${TLS_SECRET:?}" "${GOSSIP_SECRET:?}" "${MANAGEMENT_SECRET:?}"
umask 077
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
HERE=$(dirname "$0")
# shellcheck source=kubernetes.sh
. "$HERE/kubernetes.sh"
# shellcheck source=certificates.sh
. "$HERE/certificates.sh"

authority "$AUTHORITY_SECRET"
certificate "$TLS_SECRET"

if ! secret_read "$NAMESPACE" "$GOSSIP_SECRET" gossip.json="$WORK/gossip.json"; then
  consul keygen | tr -d '\n' >"$WORK/key"
  jq -n --rawfile key "$WORK/key" '{encrypt: $key}' >"$WORK/gossip.json"
  secret_create "$NAMESPACE" "$GOSSIP_SECRET" Opaque gossip.json="$WORK/gossip.json"
fi

if ! secret_read "$NAMESPACE" "$MANAGEMENT_SECRET" token="$WORK/token" management.json="$WORK/management.json"; then
  tr -d '\n' </proc/sys/kernel/random/uuid >"$WORK/token"
  jq -n --rawfile token "$WORK/token" '{acl: {tokens: {initial_management: $token}}}' >"$WORK/management.json"
  secret_create "$NAMESPACE" "$MANAGEMENT_SECRET" Opaque token="$WORK/token" management.json="$WORK/management.json"
fi
