# shellcheck shell=bash
# containerd, and what it and kubelet want of the kernel.

CONTAINERD_CONFIG=${KEELSON_ROOT:-}/etc/containerd/config.toml

# What the kernel and containerd have to be told, in files, so that it holds after the next boot too.
# https://kubernetes.io/docs/setup/production-environment/container-runtimes/
containerd_configure() { # IMAGE of the pause container
  local root=${KEELSON_ROOT:-}
  mkdir -p "$root/etc/modules-load.d" "$root/etc/sysctl.d" "${CONTAINERD_CONFIG%/*}"
  printf 'overlay\nbr_netfilter\n' >"$root/etc/modules-load.d/keelson.conf"
  printf '%s = 1\n' net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.bridge.bridge-nf-call-ip6tables \
    >"$root/etc/sysctl.d/90-keelson.conf"
  write_whole "$CONTAINERD_CONFIG" <<TOML || return 1
version = 3

[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = '$1'

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
  runtime_type = 'io.containerd.runc.v2'

[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
  SystemdCgroup = true
TOML
  systemctl restart systemd-modules-load systemd-sysctl || say "the kernel's settings come with the next boot"
  systemctl enable containerd && systemctl restart containerd
}

containerd_runs() {
  local tries
  systemctl start containerd || return 1
  for ((tries = 0; tries < 30; tries++)); do
    ! ctr -n k8s.io images ls -q >/dev/null 2>&1 || return 0
    sleep 1
  done
  return 1
}
