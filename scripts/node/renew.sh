#!/usr/bin/env bash
# Renews this machine's certificates before they end and restarts what has the old ones, makes new join credentials and the
# platform's, sets right what has been taken out of the witness and the store, and keeps there what an upgrade has installed.
# keelson-renew.timer runs it every half hour.
set -euo pipefail
: "${CLOUD:?}" "${CLUSTER:?}" "${STORE_URL:?}" "${WITNESS:?}" "${JOIN:?}" "${CA:?}" "${CREDENTIAL:?}" "${API_NAME:?}"
: "${KUBERNETES_VERSION:?}" "${ETCD_VERSION:?}"
export PART=renew
LIB=$(dirname "$(readlink -f "$0")")/lib
# shellcheck source=lib/load.sh
. "$LIB/load.sh"

ALARM_BEFORE=$((30 * 86400)) # so there is a month to make a new authority, or to find out why nothing was renewed

# A master that comes up makes its certificates by itself, and one that is fenced must not be started.
[ -e "$SERVING" ] || exit 0
failed=''
calm

ending=$(certificates_ending "$RENEW_BEFORE" certificates_own)
if [ -n "$ending" ]; then
  say "renewing, since within 90 days end: ${ending//$'\n'/, }"
  certificates_renew || failed+=' certificates'
fi
# Also where the run that took it away was ended.
[ -e "$KUBERNETES/kubelet.conf" ] || kubeadm_phase kubeconfig kubelet || failed+=' kubelet.conf'

# While the API server is the one that has long been there.
cluster=$(field cluster "$STATE_DIR/identity/genesis.json")
join_credentials || failed+=' join-credentials'
access_publish || failed+=' access'
witness_confirm "$cluster" || failed+=' witness'
identity_heal "$(cat "$STATE_DIR/epoch")" "$(cloud_instance)" || failed+=' identity'
packages_keep || failed+=' packages'

for holder in "${HOLDERS[@]}"; do
  ! outdated "$holder" || holder_restart "$holder" || failed+=" $holder"
done

# Both may be true, and each has its own remedy; the one that ends the cluster is the last, and stands.
[ -z "$failed" ] || alarm renewal-failed "not done, and tried again in half an hour:$failed"
ending=$(certificates_ending "$ALARM_BEFORE" certificates_all)
[ -z "$ending" ] || alarm certificate-near-end "within 30 days end: ${ending//$'\n'/, }"
[ -z "$failed" ]
