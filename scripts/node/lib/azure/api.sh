# shellcheck shell=bash
# Talks to Azure's services with the machine's own managed identity.

IMDS=${IMDS:-http://169.254.169.254}

# Retries: the service answers 429 above 20 token requests a second.
# https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#rate-limiting
imds() { # PATH AND QUERY below metadata
  "${CURL[@]}" --noproxy '*' --fail --max-time 5 --retry 3 --header 'Metadata: true' "$IMDS/metadata/$1" ||
    return "$UNREACHABLE"
}

cloud_instance() { imds 'instance/compute/vmId?api-version=2021-02-01&format=text'; }

# The identity's token as curl's configuration. RESOURCE is the service it is for, such as https://storage.azure.com/.
# Asked anew for each request: the machine's metadata service caches it, and knows when it changes.
azure_credentials() { # RESOURCE
  local document token
  document=$(imds "identity/oauth2/token?api-version=2018-02-01&resource=$(encode "$1")") || return "$?"
  token=$(sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p' <<<"$document")
  [ -n "$token" ] || return "$UNREACHABLE"
  printf 'header = "Authorization: Bearer %s"\n' "$token"
}

# azure_request RESOURCE METHOD URL [curl arguments]: see `request`.
azure_request() {
  local resource=$1 method=$2 url=$3 credentials
  shift 3
  credentials=$(azure_credentials "$resource") || return "$UNREACHABLE"
  request "$credentials" --request "$method" --path-as-is "$@" "$url"
}
