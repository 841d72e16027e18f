#!/usr/bin/env bash
# Runs a real systemd on the units in $UNITS, with stand-ins in $SCRIPTS for the scripts that they run, and prints what
# $LOOK does meanwhile. It is the first process of namespaces of its own, and /etc, /usr and /var are overlays, so that
# nothing of the host changes. units.test.ts runs this by `unshare --mount`.
set -euo pipefail
: "${UNITS:?}" "${SCRIPTS:?}" "${ENVIRONMENT:?}" "${LOOK:?}"

if [ "${1:-}" != inside ]; then
  mount -t cgroup2 cgroup /mnt
  mkdir "/mnt/keelson-lab.$$"
  echo "$$" >"/mnt/keelson-lab.$$/cgroup.procs"
  unshare --mount --pid --net --uts --ipc --cgroup --fork --kill-child bash --norc "$0" inside || true # its first process is killed
  echo "$$" >/mnt/cgroup.procs
  find "/mnt/keelson-lab.$$" -depth -type d -exec rmdir {} +
  exit
fi

umount -R /sys/fs/cgroup /mnt
mount -t cgroup2 cgroup /sys/fs/cgroup
mount -t proc proc /proc
mount -t tmpfs run /run
mount -t tmpfs opt /opt
for directory in etc usr var; do
  mkdir -p "/opt/$directory/upper" "/opt/$directory/work"
  mount -t overlay -o "lowerdir=/$directory,upperdir=/opt/$directory/upper,workdir=/opt/$directory/work" overlay "/$directory"
done
mkdir -p /etc/keelson /opt/keelson /opt/units
cp -r "$SCRIPTS" /opt/keelson/current
printf '%s\n' "$ENVIRONMENT" >/etc/keelson/environment
ip link set lo up

# Only these units are known, so that none of the host's is started.
cp -r "$UNITS"/* "${UNITS%/*}"/both/* /opt/units
for target in sysinit basic multi-user shutdown network-online time-sync timers sockets; do
  printf '[Unit]\nDefaultDependencies=no\n' >"/opt/units/$target.target"
done
printf '[Unit]\nDefaultDependencies=no\nWants=keelson-boot.service\n' >/opt/units/default.target

{
  until systemctl is-active --quiet default.target 2>/dev/null; do sleep 0.1; done
  bash --norc -euc "$LOOK" || true
  systemctl poweroff --force --force 2>/dev/null
} &
export SYSTEMD_UNIT_PATH=/opt/units container=lab
exec /lib/systemd/systemd --system --log-target=null --show-status=no </dev/null >/dev/null 2>&1
