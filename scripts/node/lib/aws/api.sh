# shellcheck shell=bash
# Talks to AWS' services with the machine's own role. Needs AWS_REGION.

IMDS=${IMDS:-http://169.254.169.254}

imds() { # PATH below meta-data
  local token
  token=$("${CURL[@]}" --noproxy '*' --fail --max-time 5 --retry 3 --request PUT \
    --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$IMDS/latest/api/token") || return "$UNREACHABLE"
  "${CURL[@]}" --noproxy '*' --fail --max-time 5 --retry 3 \
    --config <(printf 'header = "X-aws-ec2-metadata-token: %s"\n' "$token") "$IMDS/latest/meta-data/$1" ||
    return "$UNREACHABLE"
}

cloud_instance() { imds instance-id; }

# The role's credentials as curl's configuration. Asked anew for each request: the machine's metadata service caches them,
# and knows when they change.
aws_credentials() {
  local role document id secret token
  role=$(imds iam/security-credentials/) || return "$?"
  document=$(imds "iam/security-credentials/$role") || return "$?"
  id=$(json_text AccessKeyId <<<"$document")
  secret=$(json_text SecretAccessKey <<<"$document")
  token=$(json_text Token <<<"$document")
  [ -n "$id" ] && [ -n "$secret" ] && [ -n "$token" ] || return "$UNREACHABLE"
  printf 'user = "%s:%s"\nheader = "x-amz-security-token: %s"\n' "$id" "$secret" "$token"
}

json_text() { sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p"; } # NAME, of JSON on standard input

# aws_request SERVICE METHOD URL [curl arguments]: see `request`.
#
# curl signs. What it does not do in 7.88 the caller has to: the query is sorted by name, each name has a `=`, and path and
# query are encoded as signature version 4 wants them, which is how curl passes them on (curl/curl#8107, #9717, #13754).
aws_request() {
  local service=$1 method=$2 url=$3 credentials
  shift 3
  credentials=$(aws_credentials) || return "$UNREACHABLE"
  request "$credentials" --request "$method" --aws-sigv4 "aws:amz:$AWS_REGION:$service" --path-as-is "$@" "$url"
}
