#!/usr/bin/env bash
# Gives a machine of the lab Azure's own addresses: the names of one storage account, of one vault and of Azure's APIs, by https, and
# the metadata service at its link-local address. They lead to the lab's Azurite and to its fakes. Runs in the machine.
set -euo pipefail
: "${ACCOUNT:?}" "${VAULT:?}" "${LOCATION:?}"

cd "$(mktemp -d)"
services=("$VAULT.vault.azure.net" management.azure.com "$LOCATION.monitoring.azure.com")
store=$ACCOUNT.blob.core.windows.net
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=lab -keyout key.pem -out cert.pem \
  -addext "subjectAltName=DNS:$store$(printf ',DNS:%s' "${services[@]}")" 2>openssl.log || { cat openssl.log >&2 && exit 1; }
cat cert.pem >>/etc/ssl/certs/ca-certificates.crt
{ echo "127.0.1.1 $store" && printf '127.0.1.2 %s\n' "${services[@]}"; } >>/etc/hosts

ip address add 169.254.169.254/32 dev lo
listen() { setsid socat "$1,fork,reuseaddr,backlog=64" "$2" </dev/null >/dev/null 2>&1 & }
listen "OPENSSL-LISTEN:443,bind=127.0.1.1,cert=cert.pem,key=key.pem,verify=0" "OPENSSL:127.0.0.1:9000,verify=0"
listen "OPENSSL-LISTEN:443,bind=127.0.1.2,cert=cert.pem,key=key.pem,verify=0" TCP:127.0.0.1:9001
listen "TCP-LISTEN:80,bind=169.254.169.254" TCP:127.0.0.1:9002
tries=0
until curl --silent --max-time 2 "https://$store/" >/dev/null && curl --silent --max-time 2 http://169.254.169.254/ >/dev/null; do
  tries=$((tries + 1))
  [ "$tries" -lt 50 ] || { echo "the store or the metadata service does not answer" >&2 && exit 1; }
  sleep 0.1
done
