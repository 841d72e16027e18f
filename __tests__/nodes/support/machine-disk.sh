#!/usr/bin/env bash
# Holds a machine's disk, network and name for as long as its standard input is open. machine.ts runs it as the first
# process of new mount, network, UTS and PID namespaces, so that all of them end with it.
set -euo pipefail
: "${LAB:?}" "${TOOLS:?}" "${MORE_TOOLS?}" "${MINOR:?}" "${STAND_INS:?}" "${DISK:?}" "${ADDRESS:?}" "${NODE:?}" "${PORTS?}"

read -r pid _ </proc/self/stat # /proc is the host's, so this is our id there

mount -t tmpfs -o "mode=755,size=$DISK" disk "$LAB/disk"
mkdir "$LAB/disk/upper" "$LAB/disk/work"
mount -t overlay -o "lowerdir=/,upperdir=$LAB/disk/upper,workdir=$LAB/disk/work" disk "$LAB/root"
# What the host may have and a fresh machine has not, and tools that stock Ubuntu has not or that its scripts may not use.
(
  cd "$LAB/root"
  rm -rf etc/{kubernetes,keelson,cni} opt/{keelson,cni} var/lib/{etcd,kubelet,keelson,containerd}
  rm -f {usr/bin,usr/local/bin}/{jq,node,python,python3,aws,az,go}
  printf '127.0.0.1 localhost\n%s %s\n' "$ADDRESS" "$NODE" >etc/hosts
  echo "$NODE" >etc/hostname
)

# Only readable, since they are the host's own files. A command that a script replaces is only ours that starts them.
tools=$LAB/root/srv/lab/bin
mkdir -p "$tools"
kubernetes=$(readlink -f "$TOOLS/kubeadm")
echo "${kubernetes##*kubeadm-}" >"$LAB/root/srv/lab/kubernetes"
mount -t tmpfs -o mode=755 tools "$tools"
for tool in "etcd-$MINOR" "etcdctl-$MINOR" "etcdutl-$MINOR" kubeadm kubectl kube-apiserver $MORE_TOOLS; do
  name=${tool%"-$MINOR"}
  : >"$tools/$name"
  mount -o bind,ro "$TOOLS/$tool" "$tools/$name"
  # shellcheck disable=SC2016 # for the command itself
  printf '#!/bin/sh\nexec /srv/lab/bin/%s "$@"\n' "$name" >"$LAB/root/usr/local/bin/$name"
  chmod 755 "$LAB/root/usr/local/bin/$name"
done
cp "$STAND_INS"/* "$LAB/root/usr/local/bin/"
for directory in proc sys dev; do mount --rbind "/$directory" "$LAB/root/$directory"; done

hostname "$NODE"
ip link set lo up
ip address add "$ADDRESS/32" dev lo
listening=0
for port in $PORTS; do # 9000=store: the port inside, and the socket of the host's that it leads to
  socat "TCP-LISTEN:${port%=*},bind=127.0.0.1,fork,reuseaddr,backlog=64" "UNIX-CONNECT:$LAB/${port#*=}.sock" \
    </dev/null >/dev/null 2>&1 &
  listening=$((listening + 1))
done
tries=0
until [ "$(grep -c ' 0A ' /proc/self/net/tcp)" -eq "$listening" ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 1000 ] || { echo "socat does not listen" >&2 && exit 1; }
  sleep 0.01
done

# shellcheck disable=SC2016 # the inner bash expands it
exec chroot "$LAB/root" bash -c 'cd /; echo "$1"; read -r _' machine-disk "$pid"
