# shellcheck shell=bash
# What makes a cluster this cluster: its certificate authorities, the key of its service accounts, and the key that its
# Secrets are encrypted with. Made once, sealed by the cloud's key service, and kept in the store. Certificates of single
# machines are made at each boot.

PKI=${KEELSON_ROOT:-}/etc/kubernetes/pki
IDENTITY=identity/pki.sealed
GENESIS=identity/genesis.json
IDENTITY_FILES=(ca.crt ca.key etcd/ca.crt etcd/ca.key front-proxy-ca.crt front-proxy-ca.key sa.key sa.pub encryption.yaml)

identity_make() { # DIRECTORY
  sed "s|^clusterName:.*|&\ncertificatesDir: $1|" "$STATE_DIR/kubeadm.yaml" >"$RUN_DIR/kubeadm.yaml" || return 1
  # Certificates of this machine come with them, and stay behind.
  kubeadm init phase certs all --config "$RUN_DIR/kubeadm.yaml" >/dev/null || return 1
  cat >"$1/encryption.yaml" <<YAML || return 1
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers:
      - secretbox:
          keys:
            - name: genesis
              secret: $(head -c 32 /dev/urandom | base64)
      - identity: {}
YAML
  chmod 600 "$1/encryption.yaml"
}

# Says what is missing: without sa.key every service account's token is void, without encryption.yaml no Secret can be read.
identity_is_complete() { # DIRECTORY
  local file ca
  for file in "${IDENTITY_FILES[@]}"; do
    [ -s "$1/$file" ] || { say "the identity has no $file" && return 1; }
  done
  for ca in ca etcd/ca front-proxy-ca; do
    [ "$(x509 -in "$1/$ca.crt" -noout -pubkey)" = "$(openssl pkey -in "$1/$ca.key" -pubout)" ] ||
      { say "the identity's $ca.crt and $ca.key do not belong together" && return 1; }
  done
  [ "$(openssl pkey -in "$1/sa.key" -pubout)" = "$(openssl pkey -pubin -in "$1/sa.pub" -pubout)" ] ||
    { say "the identity's sa.key and sa.pub do not belong together" && return 1; }
}

# identity_found CLUSTER: sealed PKI and genesis record in the store, each put once. Whoever comes second takes what is
# there.
identity_found() {
  local made=$RUN_DIR/pki sealed=$RUN_DIR/pki.sealed status=0
  store_get "$IDENTITY" "$sealed" || status=$?
  if [ "$status" -eq "$ABSENT" ] || [ "$status" -eq "$DELETED" ]; then
    rm -rf "$made"
    mkdir -m 700 "$made"
    identity_make "$made" || return 1
    tar -C "$made" -czf "$made.tgz" "${IDENTITY_FILES[@]}" || return 1
    seal "$1" "$made.tgz" "$sealed" || return "$?"
    rm -rf "$made" "$made.tgz"
    store_put_new "$IDENTITY" "$sealed" || [ $? -eq "$TAKEN" ] || return "$UNREACHABLE"
    store_get "$IDENTITY" "$sealed" || return "$?"
  elif [ "$status" -ne 0 ]; then
    return "$status"
  fi
  printf '{\n  "cluster": "%s",\n  "identity": "%s",\n  "kubernetes": "%s",\n  "etcd": "%s",\n  "pods": "%s",\n  "services": "%s",\n  "founded": "%s"\n}\n' \
    "$1" "$(sha256sum "$sealed" | cut -d' ' -f1)" "$KUBERNETES_VERSION" "$ETCD_VERSION" "$POD_CIDR" "$SERVICE_CIDR" \
    "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$RUN_DIR/genesis.new"
  store_put_new "$GENESIS" "$RUN_DIR/genesis.new" || [ $? -eq "$TAKEN" ] || return "$UNREACHABLE"
  identity_fetch "$1"
}

# identity_fetch CLUSTER: the identity into $PKI, and copies of both objects beside the state. 1 where it is not whole or
# not this cluster's, one of the answers where it could not be read.
identity_fetch() {
  local opened=$RUN_DIR/pki status=0 kept=$STATE_DIR/identity digest
  store_get "$GENESIS" "$RUN_DIR/genesis" || return "$?"
  store_get "$IDENTITY" "$RUN_DIR/pki.sealed" || return "$?"
  digest=$(sha256sum <"$RUN_DIR/pki.sealed")
  digest=${digest%% *}
  if [ "$(field cluster "$RUN_DIR/genesis")" != "$1" ] || [ "$(field identity "$RUN_DIR/genesis")" != "$digest" ]; then
    say "$IDENTITY is not the one that $GENESIS names"
    return 1
  fi
  # This process may have done it before its claim.
  if [ "$(cat "$RUN_DIR/identity" 2>/dev/null)" = "$$ $digest" ] && identity_is_kept; then return 0; fi
  unseal "$1" "$RUN_DIR/pki.sealed" "$opened.tgz" || return "$?"
  rm -rf "$opened"
  mkdir -m 700 "$opened"
  tar -C "$opened" -xzf "$opened.tgz" || status=1
  rm -f "$opened.tgz"
  [ "$status" -ne 0 ] || identity_is_complete "$opened" || status=1
  if [ "$status" -eq 0 ]; then
    mkdir -p "$PKI/etcd" "$kept"
    cp -a "$opened/." "$PKI/"
    cp "$RUN_DIR/genesis" "$kept/genesis.json"
    cp "$RUN_DIR/pki.sealed" "$kept/pki.sealed"
    echo "$$ $digest" >"$RUN_DIR/identity"
  fi
  rm -rf "$opened"
  return "$status"
}

# The ranges that the cluster was founded with, in place of what the environment says: its nodes and services have their
# addresses from them.
ranges_of_genesis() {
  local pods services genesis=$STATE_DIR/identity/genesis.json
  pods=$(field pods "$genesis")
  services=$(field services "$genesis")
  if [ -n "$pods" ] && [ -n "$services" ] && [ "$pods $services" != "$POD_CIDR $SERVICE_CIDR" ]; then
    say "the cluster was founded with $pods for pods and $services for services: that stays, whatever is asked for now"
    POD_CIDR=$pods SERVICE_CIDR=$services
    kubeadm_config "$(cloud_address)" "$(cloud_node)"
  fi
}

is_uuid() { [[ $1 =~ ^[0-9a-f-]{36}$ ]]; }

# Whether this machine's own copies are whole: a power cut may have emptied them.
identity_is_kept() {
  local kept=$STATE_DIR/identity digest
  [ -s "$kept/genesis.json" ] && [ -s "$kept/pki.sealed" ] && is_uuid "$(field cluster "$kept/genesis.json")" || return 1
  digest=$(sha256sum <"$kept/pki.sealed")
  [ "$(field identity "$kept/genesis.json")" = "${digest%% *}" ]
}

# Puts back what was taken away from the store while this master lived: it may be the last that has it.
identity_heal() { # EPOCH INSTANCE
  local kept=$STATE_DIR/identity status
  identity_is_kept || { say "this machine's copy of the identity is not whole, and is put nowhere" && return 1; }
  status=0
  store_put_new "$IDENTITY" "$kept/pki.sealed" || status=$?
  [ "$status" -ne 0 ] || alarm identity-gone "$IDENTITY was gone from the store and has been put back"
  [ "$status" -eq 0 ] || [ "$status" -eq "$TAKEN" ] || return "$status"
  status=0
  store_put_new "$GENESIS" "$kept/genesis.json" || status=$?
  [ "$status" -ne 0 ] || alarm genesis-gone "$GENESIS was gone from the store and has been put back"
  [ "$status" -eq 0 ] || [ "$status" -eq "$TAKEN" ] || return "$status"
  status=0
  epoch_record serving "$2" "$(cloud_node)" "$(grep -xsE '[0-9]{10}' "$STATE_DIR/pin" || true)" yes '' >"$RUN_DIR/claim"
  store_put_new "$(epoch_key "$1")" "$RUN_DIR/claim" || status=$?
  [ "$status" -eq 0 ] || [ "$status" -eq "$TAKEN" ] || return "$status"
}
