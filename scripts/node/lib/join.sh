# shellcheck shell=bash
# What a node needs to join, in the secret $JOIN: "<endpoint> <token> sha256:<CA's public key> <end, seconds since 1970>".

JOIN_HOURS=1 # a timer renews it every half hour

join_credentials() {
  local token hash
  token=$(kubeadm token create --kubeconfig /etc/kubernetes/admin.conf --config /dev/stdin <<YAML
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
bootstrapTokens:
  - ttl: ${JOIN_HOURS}h0m0s
    groups: [system:bootstrappers:kubeadm:default-node-token]
    usages: [signing, authentication]
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v$KUBERNETES_VERSION # or kubeadm asks the internet for one
YAML
  ) || return 1
  [[ $token =~ ^[a-z0-9]{6}\.[a-z0-9]{16}$ ]] || return 1
  hash=$(x509 -in "$PKI/ca.crt" -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum | cut -d' ' -f1) ||
    return 1
  printf '%s %s sha256:%s %s\n' "$API_NAME:6443" "$token" "$hash" "$(($(date +%s) + JOIN_HOURS * 3600))" >"$RUN_DIR/join"
  secret_put "$JOIN" "$RUN_DIR/join"
  local status=$?
  rm -f "$RUN_DIR/join"
  return "$status"
}
