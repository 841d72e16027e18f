#!/usr/bin/env bash
# Gives a machine of the lab AWS' own addresses: the names of its services and of one bucket, by https, and the metadata
# service at its link-local address. They lead to the lab's real S3 server and to its fakes. Runs in the machine.
set -euo pipefail
: "${BUCKET:?}" "${REGION:?}"

cd "$(mktemp -d)"
services=()
for service in ssm kms ec2 autoscaling monitoring; do services+=("$service.$REGION.amazonaws.com"); done
store=$BUCKET.s3.$REGION.amazonaws.com
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=lab -keyout key.pem -out cert.pem \
  -addext "subjectAltName=DNS:$store$(printf ',DNS:%s' "${services[@]}")" 2>openssl.log || { cat openssl.log >&2 && exit 1; }
cat cert.pem >>/etc/ssl/certs/ca-certificates.crt
{ echo "127.0.1.1 $store" && printf '127.0.1.2 %s\n' "${services[@]}"; } >>/etc/hosts

ip address add 169.254.169.254/32 dev lo
listen() { setsid socat "$1,fork,reuseaddr,backlog=64" "TCP:127.0.0.1:$2" </dev/null >/dev/null 2>&1 & }
listen "OPENSSL-LISTEN:443,bind=127.0.1.1,cert=cert.pem,key=key.pem,verify=0" 9000
listen "OPENSSL-LISTEN:443,bind=127.0.1.2,cert=cert.pem,key=key.pem,verify=0" 9001
listen "TCP-LISTEN:80,bind=169.254.169.254" 9002
until curl --silent --max-time 2 "https://$store/" >/dev/null && curl --silent --max-time 2 http://169.254.169.254/ >/dev/null; do
  sleep 0.1
done
