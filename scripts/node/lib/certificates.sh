# shellcheck shell=bash
# This machine's own certificates: when they end, who has read them, and how they are made anew. The authorities are the
# cluster's and are never renewed here.

KUBERNETES=${KEELSON_ROOT:-}/etc/kubernetes
# Who reads them, in the order in which they are restarted. kubeadm's documentation asks for it, since not all of them read a
# file again: https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/#manual-certificate-renewal
HOLDERS=(etcd kube-apiserver kube-controller-manager kube-scheduler kubelet)
# "HOLDER PROCESS": processes that ran when certificates were renewed, so they have the old ones. Written before the renewal,
# since this script may be ended at any time. What a server shows would not tell: etcd and the API server show what lies on
# the disk at once, and hold on to other things that they read with it.
OUTDATED=$STATE_DIR/outdated

RENEW_BEFORE=$((90 * 86400)) # seconds before their end

certificates_own() {
  local name
  for name in apiserver apiserver-etcd-client apiserver-kubelet-client front-proxy-client etcd/server etcd/peer etcd/healthcheck-client; do
    echo "$PKI/$name.crt"
  done
  for name in admin super-admin controller-manager scheduler kubelet; do
    echo "$KUBERNETES/$name.conf"
  done
}

certificates_all() { # with what others renew, or nobody
  certificates_own
  printf '%s\n' "$PKI"/{,etcd/,front-proxy-}ca.crt /var/lib/kubelet/pki/kubelet-client-current.pem
}

# It would read all the authorities that the machine trusts, and takes ten times as long for it.
x509() { SSL_CERT_FILE=/dev/null openssl x509 "$@"; }

# Whether a certificate ends within so many seconds. One that is there and that nobody can read does.
certificate_ends() { # FILE SECONDS
  local text=''
  [ -e "$1" ] || return 1
  case $1 in
    *.conf)
      # kubelet's may name a file, which kubelet renews by itself.
      if grep '^ *client-certificate: ' "$1" >/dev/null; then return 1; fi
      text=$(sed -n 's/^ *client-certificate-data: *//p' "$1" | base64 -d 2>/dev/null) || true ;;
    *) text=$(cat "$1") ;;
  esac
  ! x509 -noout -checkend "$2" <<<"$text" >/dev/null 2>&1
}

certificates_ending() { # SECONDS, certificates_own or certificates_all: the files, each on a line
  local file
  for file in $("$2"); do
    ! certificate_ends "$file" "$1" || echo "$file"
  done
}

certificates_renew() {
  holders | write_whole "$OUTDATED" || return 1
  kubeadm certs renew all --config "$KUBEADM_CONFIG" >/dev/null || return 1
  if certificate_ends "$KUBERNETES/kubelet.conf" "$RENEW_BEFORE"; then rm -f "$KUBERNETES/kubelet.conf"; fi
  { cat "$OUTDATED" && holders; } | sort -u | write_whole "$OUTDATED" # and what started while the files changed
}

# Takes away what ends soon, so that kubeadm's phases make it anew: only where nothing runs that has read it.
certificates_drop() {
  local file
  while read -r file; do
    rm -f "$file" "${file%.crt}.key"
  done < <(certificates_ending "$RENEW_BEFORE" certificates_own)
}

# The processes that count, each as "HOLDER PROCESS". A process' number comes again, its number and start do not, within
# one boot of the machine.
holders() {
  local name pid start boot
  boot=$(cat /proc/sys/kernel/random/boot_id)
  for name in "${HOLDERS[@]}"; do
    pid=$(holder_pid "$name") || continue
    start=$(sed -n 's/.*) \([^ ]* \)\{19\}\([0-9]*\) .*/\2/p' "/proc/$pid/stat" 2>/dev/null) || continue
    echo "$name $boot/$pid/$start"
  done
}

holder_pid() { # NAME. The arguments are kubeadm's own, since pods may run programs of the same names.
  local argument
  case $1 in
    etcd) argument=--data-dir=$ETCD_DATA ;;
    kube-apiserver) argument=--tls-cert-file=$PKI/apiserver.crt ;;
    kube-controller-manager) argument=--kubeconfig=$KUBERNETES/controller-manager.conf ;;
    kube-scheduler) argument=--kubeconfig=$KUBERNETES/scheduler.conf ;;
    *)
      argument=$(systemctl show --property MainPID --value "$1" 2>/dev/null) && [ "$argument" -gt 0 ] && echo "$argument"
      return ;;
  esac
  pgrep --oldest --full "^([^ ]*/)?$1 .*$argument( |\$)"
}

outdated() { # HOLDER: whether the process that runs now is one of those
  local now
  now=$(holders | grep "^$1 ") && grep -sFx -- "$now" "$OUTDATED" >/dev/null
}

# A static pod is started again by kubelet when its manifest says something else: here, which certificates it is for.
pod_restart() { # HOLDER
  local manifest=$MANIFESTS/$1.yaml digest
  [ -e "$manifest" ] || return 0
  digest=$(certificates_own | xargs cat 2>/dev/null | sha256sum | head -c 16)
  sed -e '/^    keelson\/certificates: /d' -e "s|^  labels:\$|&\n    keelson/certificates: \"$digest\"|" "$manifest" \
    >"$STATE_DIR/$1.yaml" && mv "$STATE_DIR/$1.yaml" "$manifest" || return 1
  # Whoever ends this master's time takes this file away first and the manifests after it: they must not come back.
  [ -e "$SERVING" ] || rm -f "$manifest"
}

holder_restart() { # HOLDER
  local before ready
  before=$(holders | grep "^$1 ") || return 0
  say "restarting $1, which has certificates of before"
  case $1 in
    kubelet) systemctl restart kubelet || return 1 ;;
    *) pod_restart "$1" || return 1 ;;
  esac
  [ -e "$SERVING" ] || return 1
  case $1 in
    etcd) ready=etcd_is_ready ;;
    kube-apiserver) ready=api_is_ready ;;
    *) ready=true ;;
  esac
  await 180 "the new $1" holder_is_another "$before" && await 120 "$1" "$ready"
}

holder_is_another() { # "HOLDER PROCESS"
  local now
  now=$(holders | grep "^${1% *} ") && [ "$now" != "$1" ]
}
