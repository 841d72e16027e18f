# shellcheck shell=bash
# Talks to AWS' services with the machine's own role. Needs AWS_REGION.

IMDS=${IMDS:-http://169.254.169.254}

# Its end comes after that of what is remembered.
imds_session() {
  "${CURL[@]}" --noproxy '*' --fail --max-time 5 --retry 3 --request PUT \
    --header 'X-aws-ec2-metadata-token-ttl-seconds: 120' "$IMDS/latest/api/token"
}

# imds PATH below meta-data: what it says, ABSENT where this machine has no such thing, UNREACHABLE.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
imds() {
  local token out status=0
  token=$(remembered session imds_session) || return "$UNREACHABLE"
  out=$("${CURL[@]}" --no-show-error --noproxy '*' --fail --max-time 5 --retry 3 --write-out '\n%{http_code} %{errormsg}' \
    --config <(printf 'header = "X-aws-ec2-metadata-token: %s"\n' "$token") "$IMDS/latest/meta-data/$1") || status=$?
  case $status/${out##*$'\n'} in
    0/200\ *) printf '%s\n' "${out%$'\n'*}" ;;
    22/404\ *) return "$ABSENT" ;;
    *) echo "curl: ${out##*$'\n'}" >&2 && return "$UNREACHABLE" ;;
  esac
}

# The role's credentials as curl's configuration. The metadata service gives new ones minutes before the old ones end:
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
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

credentials() { remembered credentials aws_credentials; } # an operator's machine has others

json_text() { sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p"; } # NAME, of JSON on standard input

# aws_request SERVICE METHOD URL [curl arguments]: see `request`.
#
# curl signs. What it does not do in 7.88 the caller has to: the query is sorted by name, each name has a `=`, and path and
# query are encoded as signature version 4 wants them, which is how curl passes them on (curl/curl#8107, #9717, #13754).
aws_request() {
  local service=$1 method=$2 url=$3 credentials
  shift 3
  credentials=$(credentials) || return "$UNREACHABLE"
  request "$credentials" --request "$method" --aws-sigv4 "aws:amz:$AWS_REGION:$service" --path-as-is "$@" "$url"
}

# aws_json SERVICE URL TARGET: an API that speaks JSON. The request comes on standard input, since it may hold a secret.
# REPLY_ERROR has its error's code: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
aws_json() {
  aws_request "$1" POST "$2/" --max-time 60 --header "X-Amz-Target: $3" \
    --header 'Content-Type: application/x-amz-json-1.1' --data-binary @- || return "$?"
  [ "$REPLY_CODE" != 200 ] || return 0
  REPLY_ERROR=$(printf '%s' "$REPLY_BODY" | json_at .__type) || REPLY_ERROR=''
  REPLY_ERROR=${REPLY_ERROR##*#}
  REPLY_ERROR=${REPLY_ERROR%%:*}
}

# aws_query SERVICE URL VERSION ACTION [NAME=VALUE...]: an API of forms and XML. UNREACHABLE for an answer cut short.
# https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
aws_query() {
  local service=$1 url=$2 version=$3 action=$4 pair form
  shift 4
  form="Action=$action&Version=$version"
  for pair; do form+="&${pair%%=*}=$(encode "${pair#*=}")"; done
  aws_request "$service" POST "$url/" --max-time 60 --data "$form" || return "$?"
  if [ "$REPLY_CODE" = 200 ]; then
    [[ $REPLY_BODY == *"</${action}Response>"* ]] || return "$UNREACHABLE"
  else
    [[ ! $REPLY_BODY =~ \<Code\>([A-Za-z0-9.]+)\</Code\> ]] || REPLY_ERROR=${BASH_REMATCH[1]}
  fi
}

# What an answer means that none of its callers knows better. Error codes that all services have:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
# https://docs.aws.amazon.com/autoscaling/ec2/APIReference/CommonErrors.html
aws_answer() {
  case $REPLY_CODE/$REPLY_ERROR in
    200/*) return 0 ;;
    401/* | 403/* | 400/AccessDenied* | 400/ExpiredToken* | 400/RequestExpired | 400/InvalidSignature* | \
      400/IncompleteSignature* | 400/MissingAuthenticationToken* | 400/UnrecognizedClient* | 400/InvalidClientTokenId | \
      400/NotAuthorized | 400/OptInRequired | 400/UnauthorizedOperation) return "$DENIED" ;;
    *) return "$UNREACHABLE" ;;
  esac
}
