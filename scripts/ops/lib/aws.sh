# shellcheck shell=bash
# What an operator's machine does in place of a master's, on AWS: it has credentials of its own, and no metadata service.

# The bucket's region is in its address, but for servers that are not AWS'.
operator_region() {
  if [[ $STORE_URL =~ \.s3[.-]([a-z]{2}(-[a-z]+)+-[0-9])\.amazonaws\. ]]; then
    echo "${BASH_REMATCH[1]}"
  else
    echo "${AWS_REGION:-${AWS_DEFAULT_REGION:-}}"
  fi
}

# Once for the whole run, since the command line takes a second each time. Not exported: commands do not see it.
operator_sign_in() {
  local id=${AWS_ACCESS_KEY_ID:-} secret=${AWS_SECRET_ACCESS_KEY:-} token=${AWS_SESSION_TOKEN:-} document
  AWS_REGION=$(operator_region)
  [ -n "$AWS_REGION" ] || fail "the region of $STORE_URL is not in its address: set AWS_REGION"
  if [ -z "$id" ] || [ -z "$secret" ]; then
    needs aws
    document=$(aws configure export-credentials --format process) ||
      fail "aws has no credentials: sign in, or set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"
    id=$(json_at .AccessKeyId <<<"$document") || fail "aws gave no AccessKeyId"
    secret=$(json_at .SecretAccessKey <<<"$document") || fail "aws gave no SecretAccessKey"
    token=$(json_at .SessionToken <<<"$document") || token='' # a user's own keys have none
  fi
  OPERATOR_CREDENTIALS="user = \"$id:$secret\"${token:+$'\n'header = \"x-amz-security-token: $token\"}"
}

credentials() { printf '%s\n' "$OPERATOR_CREDENTIALS"; }

store_tags() { s3_request GET "$1" 'tagging=' && s3_answer; } # KEY, into REPLY_BODY
