#!/bin/sh
# Makes what Vault's servers must have before they start, each once: an authority and a certificate. What is there is kept, so a run
# that was cut short is taken up by the next one; a certificate that ends soon is renewed.
set -eu
: "${API_URL:?}" "${ACCOUNT:?}" "${NAMESPACE:?}" "${DOMAIN:?}" "${DATACENTER:?}" "${NAMES:?}" "${LABELS:?}"
: "${AUTHORITY_SECRET:?}" "${TLS_SECRET:?}"
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
