# shellcheck shell=bash
# Which versions may follow on which. A database is read by the etcd that wrote it and by the next minor; Kubernetes reads
# what itself or the minor before has stored.
# https://etcd.io/docs/v3.6/upgrades/  https://kubernetes.io/releases/version-skew-policy/

# version_follows OURS THEIRS: whether ours is theirs' minor or the next one.
version_follows() {
  local our_major our_minor their_major their_minor
  IFS=. read -r our_major our_minor _ <<<"$1"
  IFS=. read -r their_major their_minor _ <<<"$2"
  [[ $our_major$our_minor$their_major$their_minor =~ ^[0-9]+$ ]] || return 1
  [ "$our_major" = "$their_major" ] && [ $((our_minor - their_minor)) -ge 0 ] && [ $((our_minor - their_minor)) -le 1 ]
}

# Whether this machine's versions may go on with the snapshot of this manifest. One that does not say is left to be found
# damaged.
versions_follow() { # MANIFEST
  local etcd kubernetes
  etcd=$(field etcd "$1")
  kubernetes=$(field kubernetes "$1")
  if [ -n "$etcd" ] && ! version_follows "$ETCD_VERSION" "$etcd"; then
    say "etcd $ETCD_VERSION does not follow on $etcd, which took the newest snapshot"
    return 1
  fi
  if [ -n "$kubernetes" ] && ! version_follows "$KUBERNETES_VERSION" "$kubernetes"; then
    say "Kubernetes $KUBERNETES_VERSION does not follow on $kubernetes, which took the newest snapshot"
    return 1
  fi
}

# Whether this machine's Kubernetes and etcd go together: kubeadm of 1.36 writes flags into etcd's manifest that 3.5 does
# not know, and etcd of the next major is nobody's yet.
versions_fit() {
  local kubernetes etcd
  [[ $KUBERNETES_VERSION =~ ^1\.([0-9]+)\.[0-9]+$ ]] || return 1
  kubernetes=${BASH_REMATCH[1]}
  [[ $ETCD_VERSION =~ ^3\.([0-9]+)\.[0-9]+$ ]] || return 1
  etcd=${BASH_REMATCH[1]}
  [ "$etcd" -ge 5 ] && { [ "$kubernetes" -lt 36 ] || [ "$etcd" -ge 6 ]; }
}
