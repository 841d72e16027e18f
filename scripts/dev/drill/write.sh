#!/usr/bin/env bash
# Clients of this master: makes $RATE small objects a second through the API server, and prints each answer's HTTP status.
set -euo pipefail
: "${RATE:?}"

credentials=$(mktemp -d)
for part in certificate key; do
  sed -n "s/^ *client-$part-data: *//p" /etc/kubernetes/super-admin.conf | base64 -d >"$credentials/$part"
done
exec stdbuf -oL curl --disable --silent --show-error --cacert /etc/kubernetes/pki/ca.crt \
  --cert "$credentials/certificate" --key "$credentials/key" --rate "$RATE/s" --header 'Content-Type: application/json' \
  --data '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "drill-"}, "data": {"word": "keelson"}}' \
  --output /dev/null --write-out '%{http_code}\n' \
  'https://127.0.0.1:6443/api/v1/namespaces/default/configmaps?number=[1-1000000]' # the server takes no notice of it
