# shellcheck shell=bash
# What people and programs outside need to get in: the certificate of the cluster's authority in the secret $CA, which anybody
# may know, and in $CREDENTIAL one line of JSON, the status of an ExecCredential: a client certificate of the group
# keelson:platform that ends within the hour, and its key. docs/access.md.

ACCESS_GROUP=keelson:platform
ACCESS_VALIDITY=1h # a timer renews it every half hour
# There once the group has been given its rights: whoever takes them away, by deleting the binding, does so for good.
ACCESS_GIVEN=keelson-platform

# Each is done whatever becomes of the others.
access_publish() {
  local status=0
  access_ca || status=1
  access_rights || { say "$ACCESS_GROUP could not be given its rights" && status=1; }
  access_credential || status=1
  return "$status"
}

# Only where something else stands there, since each time makes a version.
access_ca() {
  local status=0
  secret_is "$CA" "$PKI/ca.crt" || status=$?
  case $status in
    0) return 0 ;;
    1 | "$ABSENT") status=0 && secret_publish "$CA" "$PKI/ca.crt" plain || status=$? ;;
  esac
  [ "$status" -eq 0 ] || say "the authority's certificate could not be published ($(answer_name "$status"))"
  return "$status"
}

access_rights() {
  local given
  # A run that was ended may have left it on its way up.
  await 60 "the API server" api_is_ready || return 1
  given=$(kube --namespace kube-system get configmap "$ACCESS_GIVEN" --ignore-not-found --output name) || return 1
  [ -z "$given" ] || return 0
  kube apply --server-side --field-manager keelson --filename - >/dev/null <<YAML || return 1
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: $ACCESS_GROUP
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects:
  - {apiGroup: rbac.authorization.k8s.io, kind: Group, name: "$ACCESS_GROUP"}
YAML
  kube apply --server-side --field-manager keelson --filename - >/dev/null <<YAML
apiVersion: v1
kind: ConfigMap
metadata:
  name: $ACCESS_GIVEN
  namespace: kube-system
data:
  ClusterRoleBinding: "$ACCESS_GROUP was made once, and is not made again while this is here."
YAML
}

# The key lies in memory for as long as this takes, or until the next time where this is ended; and in nobody's arguments.
access_credential() {
  local work=$RUN_DIR/access status=0
  rm -rf "$work"
  mkdir -m 700 "$work" || return 1
  access_make "$work" || status=$?
  [ "$status" -ne 0 ] || secret_publish "$CREDENTIAL" "$work/status" "$(<"$work/end")" || status=$?
  rm -rf "$work"
  [ "$status" -eq 0 ] || say "the platform's credential could not be made or published ($(answer_name "$status"))"
  return "$status"
}

access_make() { # DIRECTORY
  local end VALUE certificate
  kubeadm kubeconfig user --client-name "$ACCESS_GIVEN" --org "$ACCESS_GROUP" --validity-period "$ACCESS_VALIDITY" \
    --config "$KUBEADM_CONFIG" >"$1/config" || return 1
  sed -n 's/^ *client-certificate-data: *//p' "$1/config" | base64 -d >"$1/crt" || return 1
  sed -n 's/^ *client-key-data: *//p' "$1/config" | base64 -d >"$1/key" || return 1
  end=$(x509 -noout -enddate -in "$1/crt") && end=$(date -d "${end#notAfter=}" +%s) || return 1
  text_read "$1/crt" || return 1
  certificate=$VALUE
  text_read "$1/key" || return 1
  printf '{"clientCertificateData":"%s","clientKeyData":"%s","expirationTimestamp":"%s"}\n' \
    "$certificate" "$VALUE" "$(date -ud "@$end" +%Y-%m-%dT%H:%M:%SZ)" >"$1/status" || return 1
  echo "$end" >"$1/end"
}
