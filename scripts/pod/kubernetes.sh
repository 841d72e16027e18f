# shellcheck shell=sh
# Secrets through Kubernetes' API, with the pod's own account: curl and jq are in Consul's image, kubectl is not.
# Needs API_URL, ACCOUNT (the folder with the account's token and the authority's certificate), LABELS (JSON) and WORK (a folder).

say() { printf '%s: %s\n' "${0##*/}" "$1" >&2; }
fail() { say "$1" && exit 1; }

# api METHOD PATH [FILE TYPE]: the status; the answer is in $WORK/answer. The token is in no argument, which anybody could list.
api() {
  set -- "$1" "$2" "${3:-}" "${4:-}"
  # The account's token is renewed in its file, so it is read each time.
  printf 'header = "Authorization: Bearer %s"\n' "$(cat "$ACCOUNT/token")" |
    curl --silent --show-error --max-time 30 --retry 3 --retry-connrefused --cacert "$ACCOUNT/ca.crt" --config - \
      --request "$1" --output "$WORK/answer" --write-out '%{http_code}' \
      ${3:+--header "Content-Type: $4" --data-binary "@$3"} "$API_URL$2"
}

refused() { fail "$1: $2 $(jq -r '.message // empty' "$WORK/answer" 2>/dev/null | head -c 300)"; } # WHAT STATUS

# secret_body BODY KEY=FILE...: BODY with the files' bytes under these keys.
secret_body() {
  body=$1
  shift
  for pair; do
    jq --arg key "${pair%%=*}" --rawfile value "${pair#*=}" '.stringData[$key] = $value' "$body" >"$body.next"
    mv "$body.next" "$body"
  done
}

# secret_create NAMESPACE NAME TYPE KEY=FILE...: one that is there already is kept as it is.
secret_create() {
  namespace=$1 name=$2
  jq -n --arg namespace "$1" --arg name "$2" --arg type "$3" --argjson labels "$LABELS" \
    '{apiVersion: "v1", kind: "Secret", type: $type, metadata: {$namespace, $name, $labels}}' >"$WORK/body"
  shift 3
  secret_body "$WORK/body" "$@"
  status=$(api POST "/api/v1/namespaces/$namespace/secrets" "$WORK/body" application/json)
  rm -f "$WORK/body"
  case $status in
    201) say "$namespace/$name is made" ;;
    409) say "$namespace/$name is there already, and kept" ;;
    *) refused "$namespace/$name could not be made" "$status" ;;
  esac
}

# secret_patch NAMESPACE NAME KEY=FILE...
secret_patch() {
  namespace=$1 name=$2
  echo '{}' >"$WORK/body"
  shift 2
  secret_body "$WORK/body" "$@"
  status=$(api PATCH "/api/v1/namespaces/$namespace/secrets/$name" "$WORK/body" application/merge-patch+json)
  rm -f "$WORK/body"
  [ "$status" = 200 ] || refused "$namespace/$name could not be changed" "$status"
  say "$namespace/$name is changed"
}

# secret_read NAMESPACE NAME KEY=FILE...: 1 where there is no such Secret. A key that it has not is a failure.
secret_read() {
  namespace=$1 name=$2
  status=$(api GET "/api/v1/namespaces/$namespace/secrets/$name")
  case $status in
    200) ;;
    404) return 1 ;;
    *) refused "$namespace/$name could not be read" "$status" ;;
  esac
  shift 2
  for pair; do
    jq --exit-status --raw-output --arg key "${pair%%=*}" '.data[$key]' "$WORK/answer" >"$WORK/encoded" ||
      fail "$namespace/$name has no ${pair%%=*}"
    base64 -d <"$WORK/encoded" >"${pair#*=}"
  done
  rm -f "$WORK/answer" "$WORK/encoded"
}
