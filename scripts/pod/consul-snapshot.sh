#!/bin/sh
# Takes a snapshot of Consul, looks at it, and puts it into the cluster's store under a name of its own, never over another one.
# The machine lends the pod its identity for that, which may put objects below addons/consul/, and nothing else.
set -eu
: "${CLOUD:?}" "${STORE_URL:?}" "${DATACENTER:?}" "${CONSUL_HTTP_ADDR:?}" "${CONSUL_CACERT:?}" "${CONSUL_HTTP_TOKEN_FILE:?}"
[ "$CLOUD" != aws ] || : "${AWS_REGION:?}"
METADATA=${METADATA:-http://169.254.169.254}
umask 077
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

say() { printf 'consul-snapshot: %s\n' "$1" >&2; }
fail() { say "$1" && exit 1; }

metadata() { curl --silent --show-error --fail --noproxy '*' --max-time 5 --retry 3 "$@"; }

# Each prints curl's configuration for requests to the store, from the identity that the machine lends. Not as arguments, which anybody
# could list: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
aws_credentials() {
  session=$(metadata --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 120' "$METADATA/latest/api/token")
  printf 'header = "X-aws-ec2-metadata-token: %s"\n' "$session" >"$WORK/session"
  below=$METADATA/latest/meta-data/iam/security-credentials
  role=$(metadata --config "$WORK/session" "$below/")
  metadata --config "$WORK/session" "$below/$role" |
    jq -r '"user = \"\(.AccessKeyId):\(.SecretAccessKey)\"\nheader = \"x-amz-security-token: \(.Token)\"\naws-sigv4 = \"aws:amz:'"$AWS_REGION"':s3\""'
}

# https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
azure_credentials() {
  metadata --header 'Metadata: true' \
    "$METADATA/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fstorage.azure.com%2F" |
    jq -r '"header = \"Authorization: Bearer \(.access_token)\"\nheader = \"x-ms-version: 2023-11-03\"\nheader = \"x-ms-blob-type: BlockBlob\""'
}

# From the leader itself: what another server passes on of it comes cut off now and then, where TLS is on: hashicorp/consul#6893.
name=${CONSUL_HTTP_ADDR#*://}
leader=$(curl --silent --show-error --fail --max-time 30 --cacert "$CONSUL_CACERT" "$CONSUL_HTTP_ADDR/v1/status/leader" | jq -r .)
[ -n "$leader" ] || fail "Consul does not say who leads"
export CONSUL_HTTP_ADDR="https://${leader%:*}:${name##*:}" CONSUL_TLS_SERVER_NAME="${name%:*}"

# Written into a file, whole or not at all; inspect reads all of it and its checksums.
consul snapshot save "$WORK/snapshot" >/dev/null
consul snapshot inspect -format=json "$WORK/snapshot" >"$WORK/inspected"
index=$(jq -e -r .Meta.Index "$WORK/inspected") || fail "the snapshot does not say its index"
hex=$(sha256sum "$WORK/snapshot" | cut -d ' ' -f 1)
key=addons/consul/$DATACENTER/$(date -u +%Y%m%dT%H%M%SZ)-$index.snap

"${CLOUD}_credentials" >"$WORK/credentials"
set --
[ "$CLOUD" != aws ] || set -- --header "x-amz-content-sha256: $hex" \
  --header "x-amz-checksum-sha256: $(openssl dgst -sha256 -binary "$WORK/snapshot" | base64)"
# 412: somebody has taken the name. S3 and Blob alike: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
code=$(curl --silent --show-error --max-time 300 --config "$WORK/credentials" "$@" --header 'If-None-Match: *' \
  --upload-file "$WORK/snapshot" --output "$WORK/answer" --write-out '%{http_code}' "$STORE_URL/$key") || fail "$STORE_URL does not answer"
case $code in
  200 | 201) say "$key is kept: $(wc -c <"$WORK/snapshot") bytes, sha256 $hex" ;;
  *) fail "$key could not be kept: $code $(head -c 300 "$WORK/answer" | tr -d '\n')" ;;
esac
