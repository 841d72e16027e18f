# shellcheck shell=bash
# Talks to Azure's services with the machine's own managed identity.

IMDS=${IMDS:-http://169.254.169.254}

# imds PATH AND QUERY below metadata [curl arguments]: what it says, ABSENT where this machine has no such thing,
# UNREACHABLE. Retries: the service answers 429 above 20 token requests a second.
# https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#rate-limiting
imds() {
  local path=$1 out status=0
  shift
  out=$("${CURL[@]}" --no-show-error --noproxy '*' --fail --max-time 5 --retry 3 --write-out '\n%{http_code} %{errormsg}' \
    --header 'Metadata: true' "$@" "$IMDS/metadata/$path") || status=$?
  case $status/${out##*$'\n'} in
    0/200\ *) printf '%s\n' "${out%$'\n'*}" ;;
    22/404\ *) return "$ABSENT" ;;
    *) echo "curl: ${out##*$'\n'}" >&2 && return "$UNREACHABLE" ;;
  esac
}

# The identity's token as curl's configuration. RESOURCE is the service it is for, such as https://storage.azure.com/.
azure_credentials() { # RESOURCE
  local document token
  document=$(imds "identity/oauth2/token?api-version=2018-02-01&resource=$(encode "$1")") || return "$UNREACHABLE"
  token=$(sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p' <<<"$document")
  [ -n "$token" ] || return "$UNREACHABLE"
  printf 'header = "Authorization: Bearer %s"\n' "$token"
}

credentials() { remembered "credentials.${1//[^a-z.]/}" azure_credentials "$1"; } # RESOURCE. An operator's machine has others

# azure_request RESOURCE METHOD URL [curl arguments]: see `request`.
azure_request() {
  local resource=$1 method=$2 url=$3 credentials
  shift 3
  credentials=$(credentials "$resource") || return "$UNREACHABLE"
  request "$credentials" --request "$method" --path-as-is "$@" "$url"
}

# azure_json RESOURCE METHOD URL [curl arguments]: an API that speaks JSON. A request with a body takes it by
# `--data-binary @-` from standard input, since it may hold a secret. REPLY_ERROR has its error's code, REPLY_INNER what
# that is made precise by.
azure_json() {
  local resource=$1 method=$2 url=$3
  shift 3
  REPLY_INNER=''
  azure_request "$resource" "$method" "$url" --max-time 60 --header 'Content-Type: application/json' "$@" || return "$?"
  case $REPLY_CODE in 2??) return 0 ;; esac
  # shellcheck disable=SC2034 # for the caller
  REPLY_ERROR=$(printf '%s' "$REPLY_BODY" | json_at .error.code) || REPLY_ERROR=''
  # shellcheck disable=SC2034 # likewise
  REPLY_INNER=$(printf '%s' "$REPLY_BODY" | json_at .error.innererror.code) || REPLY_INNER=''
}

# vault METHOD PATH [curl arguments]: Key Vault.
# Errors: https://learn.microsoft.com/azure/key-vault/general/rest-error-codes
vault() {
  local method=$1 path=$2
  shift 2
  azure_json https://vault.azure.net "$method" "${KEY_VAULT_URL%/}/$path?api-version=7.4" "$@"
}

# arm METHOD RESOURCE-ID [curl arguments]: the resource manager. The id may be a list's next page, which has its query with it.
arm() {
  local method=$1 id=$2
  shift 2
  [[ $id == *\?* ]] || id+='?api-version=2024-07-01'
  azure_json https://management.azure.com/ "$method" "${ARM_URL:-https://management.azure.com}$id" "$@"
}

# What an answer means that none of its callers knows better.
azure_answer() {
  case $REPLY_CODE in
    200 | 202) return 0 ;;
    401 | 403) return "$DENIED" ;;
    *) return "$UNREACHABLE" ;;
  esac
}
