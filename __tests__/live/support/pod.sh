#!/usr/bin/env bash
# Becomes a container's command: in mounts of its own that nobody else sees, with the pod's name for its host, as the pod's user, with no capabilities, and with nothing
# to write on but its volumes. The kernel ends it with the test. Arguments: the command. Its environment is the container's.
set -euo pipefail
: "${POD_NAME:?}" "${POD_ROOT:?}" "${POD_USER:?}" "${POD_GROUP:?}" "${POD_GROUPS:?}"
: "${POD_MOUNTS:?}" # a file of lines: what, where in the root, ro or rw

hostname "$POD_NAME"
mount --make-rprivate /
mount --bind "$POD_ROOT" "$POD_ROOT"
while read -r source target mode; do
  mount --rbind "$source" "$POD_ROOT$target"
  [ "$mode" = rw ] || mount -o remount,bind,ro "$POD_ROOT$target"
done <"$POD_MOUNTS"
mount -o remount,bind,ro "$POD_ROOT"

root=$POD_ROOT
as=(--reuid "$POD_USER" --regid "$POD_GROUP" --groups "$POD_GROUPS" --no-new-privs --inh-caps=-all --bounding-set=-all)
export -n POD_NAME POD_ROOT POD_USER POD_GROUP POD_GROUPS POD_MOUNTS
exec chroot "$root" /runtime/setpriv "${as[@]}" --pdeathsig KILL -- "$@"
