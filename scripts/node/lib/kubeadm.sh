# shellcheck shell=bash
# What kubeadm is told, and what is left to its phases: certificates of this machine, static pods, the cluster's own objects.
# shellcheck disable=SC2034 # used by those who source this

KUBEADM_CONFIG=$STATE_DIR/kubeadm.yaml
MANIFESTS=${KEELSON_ROOT:-}/etc/kubernetes/manifests
API=https://127.0.0.1:6443

# Keys are elliptic, since they are made in no time and are small. The API's name stands in every certificate and kubeconfig,
# never an address: masters come and go.
kubeadm_config() { # INSTANCE'S ADDRESS, NODE
  write_whole "$KUBEADM_CONFIG" <<YAML
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint:
  advertiseAddress: $1
  bindPort: 6443
nodeRegistration:
  name: $2
  criSocket: unix:///run/containerd/containerd.sock
  kubeletExtraArgs:
    - {name: cloud-provider, value: external}
    - {name: node-ip, value: $1}
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
clusterName: $CLUSTER
kubernetesVersion: v$KUBERNETES_VERSION
controlPlaneEndpoint: $API_NAME:6443
encryptionAlgorithm: ECDSA-P256
networking:
  podSubnet: $POD_CIDR
  serviceSubnet: $SERVICE_CIDR
etcd:
  local:
    dataDir: /var/lib/etcd
    imageTag: $ETCD_VERSION-0
apiServer:
  certSANs: [$API_NAME, ${PUBLIC_API_NAME:+$PUBLIC_API_NAME, }127.0.0.1]
  extraArgs:
    # It lies among the certificates, which the pod has mounted already.
    - {name: encryption-provider-config, value: $PKI/encryption.yaml}
controllerManager:
  extraArgs:
    - {name: cloud-provider, value: external}
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: systemd
rotateCertificates: true
YAML
}

kubeadm_phase() { kubeadm init phase "$@" --config "$KUBEADM_CONFIG" >/dev/null; }

kube() { kubectl --kubeconfig /etc/kubernetes/super-admin.conf --server "$API" --request-timeout 10s "$@"; }

# Without a process: what is waited for is asked often, and is not even there for most of the time.
listens() { (: <>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; } # PORT

etcd_is_ready() { listens 2379 && etcd_ctl endpoint health --command-timeout 3s; }
# Everybody may ask that: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles
api_is_ready() { listens 6443 && curl --disable --silent --fail --noproxy '*' --cacert "$PKI/ca.crt" --max-time 10 "$API/readyz"; }
api_is_stopped() { ! curl --disable --silent --noproxy '*' --insecure --max-time 2 "$API/livez" >/dev/null; }
etcd_is_stopped() { ! etcd_is_ready; }
