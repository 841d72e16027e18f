#!/usr/bin/env bash
# Makes the bundle that this script lies in the one that the machine runs, and starts the boot. Running it again changes
# nothing; the install.sh of another bundle changes over to that.
set -euo pipefail

HERE=$(dirname "$(readlink -f "$0")")
UNITS=/etc/systemd/system
# Not out of a clone of the repository, on whoever's own machine.
[[ $HERE == /opt/keelson/* ]] || { echo "install.sh: only a bundle under /opt/keelson is installed, not $HERE" >&2 && exit 2; }

# What runs keeps the files that it began with: each bundle has a directory of its own, and one link tells which counts.
ln -sfn "$HERE" "${HERE%/*}/current.new"
mv -T "${HERE%/*}/current.new" "${HERE%/*}/current"

mkdir -p "$UNITS"
rm -f "$UNITS"/keelson-*
# Its role's own, and those that all have.
for directory in "$HERE"/units/*; do
  (cd "$directory" && find . -type f -exec install -D -m 644 {} "$UNITS/{}" \;)
done

systemctl daemon-reload
systemctl enable --quiet keelson-boot.service
# It may hold for days, and cloud-init has to end.
systemctl start --no-block keelson-boot.service
