# shellcheck shell=bash
# Kubernetes' programs and containerd, as Debian packages: from the store where it keeps them, else from their hosts, and
# installed in one way.
# All of them lie in one directory before any is installed, so that a machine which is ended in between goes on without
# asking again.

APT_DIR=${KEELSON_ROOT:-}/etc/apt
POLICY=${KEELSON_ROOT:-}/usr/sbin/policy-rc.d
PINNED=(kubeadm kubelet kubectl containerd.io)
# A pool's may be older than its control plane's.
KUBELET_VERSION=${KUBELET_VERSION:-${KUBERNETES_VERSION:-}}
# Kubernetes 1.36 and later work with no older one:
# https://kubernetes.io/blog/2025/08/27/kubernetes-v1-34-release/#kubernetes-to-end-containerd-1-x-support-in-v1-36
CONTAINERD_VERSION=${CONTAINERD_VERSION:-2.*}

programs_are_here() {
  [ "$(kubeadm version -o short 2>/dev/null)" = "v$KUBERNETES_VERSION" ] &&
    [ "$(kubelet --version 2>/dev/null)" = "Kubernetes v$KUBELET_VERSION" ] &&
    [[ "$(kubectl version --client 2>/dev/null) " =~ ^Client\ Version:\ v"$KUBERNETES_VERSION"[[:space:]] ]] &&
    [[ $(containerd --version 2>/dev/null) =~ \ v?[2-9]\. ]] && runc --version >/dev/null 2>&1
}

debs_install() { # LIST of what the store keeps, which need not be there
  local way debs=$PACKAGES_DIR/debs
  for way in left kept host; do
    "debs_$way" "$1" || continue
    [ "$way" = left ] || mv "$debs.part" "$debs" || return 1
    if debs_unpack "$debs" && programs_are_here; then return 0; fi
    say "the packages ($way) could not be installed"
    rm -rf "$debs"
  done
  say "neither the store nor the hosts gave the packages"
  return "$UNREACHABLE"
}

debs_left() { [ -d "$PACKAGES_DIR/debs" ]; } # by a try that was ended

debs_kept() { # LIST
  rm -rf "$PACKAGES_DIR/debs.part"
  mkdir -p "$PACKAGES_DIR/debs.part" && [ -e "$1" ] && grep '"package"' "$1" >/dev/null &&
    fetch_kept package "$1" "$PACKAGES_DIR/debs.part"
}

# What `debs_kept` has left there and is whole, apt does not fetch again.
debs_host() {
  local part=$PACKAGES_DIR/debs.part name names=()
  mkdir -p "$part/partial"
  for name in "${PINNED[@]}"; do
    case $name in
      containerd.io) names+=("$name=$CONTAINERD_VERSION") ;;
      kubelet) names+=("$name=$KUBELET_VERSION-*") ;;
      *) names+=("$name=$KUBERNETES_VERSION-*") ;;
    esac
  done
  debs_sources || return "$UNREACHABLE"
  dpkg --configure -a >&2 || true
  # Other sources may not answer; whether what is needed can be had shows next.
  apt_get update || say "not all sources of packages answer"
  apt_get install --yes --download-only --allow-downgrades --allow-change-held-packages --fix-broken \
    -o "Dir::Cache::archives=$part" "${names[@]}" || return "$UNREACHABLE"
  rm -rf "$part/partial" "$part/lock"
}

apt_get() { # VERB ARGUMENTS...
  DEBIAN_FRONTEND=noninteractive apt-get --quiet --quiet -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 \
    -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 "$@" >&2 </dev/null
}

# The repositories of Kubernetes (flat, one for each minor, with its key beside it) and of containerd, as their documentation
# says:
# https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm/
# https://docs.docker.com/engine/install/ubuntu/
debs_sources() {
  local kubernetes=${PACKAGES_URL:-} containerd=${CONTAINERD_PACKAGES_URL:-} codename
  local kubelet=${KUBELET_PACKAGES_URL:-$kubernetes}
  if [ -z "$kubernetes" ] || [ -z "$containerd" ]; then
    say "no hosts of packages are named"
    return 1
  fi
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  mkdir -p "$APT_DIR/keyrings" "$APT_DIR/sources.list.d"
  debs_source kubernetes "${kubernetes%/}/Release.key" "${kubernetes%/}/ /" || return 1
  [ "$kubelet" = "$kubernetes" ] || debs_source kubelet "${kubelet%/}/Release.key" "${kubelet%/}/ /" || return 1
  debs_source containerd "${containerd%/}/gpg" "${containerd%/} $codename stable" || return 1
}

debs_source() { # NAME KEY'S-URL SOURCE
  local key=$APT_DIR/keyrings/$1.asc
  "${CURL[@]}" --location --fail --max-time 60 --retry 2 --output "$key.new" "$2" && mv "$key.new" "$key" || return 1
  chmod 644 "$key"
  write_whole "$APT_DIR/sources.list.d/$1.list" <<<"deb [signed-by=$key] $3"
}

# All at once, so that their order does not matter. What the machine's image has newer stays, but for what is pinned.
debs_unpack() { # DIRECTORY
  local deb name version here debs=() status=0
  for deb in "$1"/*.deb; do
    name=$(dpkg-deb --field "$deb" Package) && version=$(dpkg-deb --field "$deb" Version) || return 1
    here=$(dpkg-query --show --showformat '${Version}' "$name" 2>/dev/null) || here=''
    if [[ " ${PINNED[*]} " == *" $name "* ]] || [ -z "$here" ] || dpkg --compare-versions "$here" lt "$version"; then
      debs+=("$deb")
    fi
  done
  if [ "${#debs[@]}" -gt 0 ]; then
    services_wait || return 1
    dpkg --force-confdef --force-confold --install "${debs[@]}" >&2 </dev/null || status=1
    services_wait_no_more
  fi
  [ "$status" -eq 0 ] && apt-mark hold "${PINNED[@]}" >/dev/null && systemctl disable kubelet && systemctl daemon-reload
}

# Packages start nothing while they are installed: containerd has no configuration yet, and kubelet must not run before
# the boot has decided that it may.
services_wait() {
  [ ! -e "$POLICY" ] || is_our_policy || return 0
  printf '#!/bin/sh\n# keelson: nothing starts while packages are installed\nexit 101\n' >"$POLICY" && chmod 755 "$POLICY"
}

services_wait_no_more() { ! is_our_policy || rm -f "$POLICY"; }

is_our_policy() { grep -s '^# keelson: ' "$POLICY" >/dev/null; }
